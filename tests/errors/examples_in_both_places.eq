examples n
input A : (n, n)
param w : (1, 1)
J = sum(w * A)
minimize J
