# linear regression, with the 1/2 in the loss
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)

A = w.T @ X + b
L = 1/2 * (A - Y)**2
J = 1/m * sum(L)

minimize J
predict  A
