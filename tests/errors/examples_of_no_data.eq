examples k
examples m
input X : (n0, m)
param W : (k, n0)
J = 1/m * sum(W @ X)
minimize J
