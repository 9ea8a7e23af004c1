# linear regression, the mean of the squares
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)

A = w.T @ X + b
J = 1/m * sum((A - Y)**2)

minimize J
predict  A
