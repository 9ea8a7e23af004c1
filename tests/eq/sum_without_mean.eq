# linear regression, a sum without 1/m
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)

A = w.T @ X + b
L = (A - Y)**2
J = sum(L)

minimize J
predict  A
