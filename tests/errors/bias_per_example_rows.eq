size m = 5
input X : (m, n)
label Y : (m, 1)
param W : (n, n)
param b : (m, n)
Z = X @ W + b
J = 1/m * sum(Z)
minimize J
