# linear regression, the root of the mean: no sum over examples
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)

A = w.T @ X + b
J = sqrt(mean((A - Y)**2))

minimize J
predict  A
