# a row and a column of the same matrix: their product has no shape
input X : (n, m)
param W : (n, n)

Z = W @ X
U = sum(Z**2, axis=1)
V = sum(Z, axis=0)
J = 1/m * (sum(Z/U) + sum(V**2))

minimize J
