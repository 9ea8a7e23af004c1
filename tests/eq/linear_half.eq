# linear regression, with the 1/2 that cancels the 2
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)

A = w.T @ X + b
J = 1/(2*m) * sum((A - Y)**2)

minimize J
predict  A
