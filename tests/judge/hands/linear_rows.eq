# linear regression, half the mean square
input X : (m, n0)
label Y : (m, K)
param W : (n0, K)
param b : (1, K)
P = X @ W + b
L = (P - Y)**2
J = 1/(2*m) * sum(L)
minimize J
predict P
