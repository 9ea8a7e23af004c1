# softmax, by the logarithm below it, the largest taken out first
input X : (n, m)
label Y : (k, m) onehot
param W : (k, n)
param b : (k, 1)
Z = W @ X + b
M = max(Z, axis=0)
J = 1/m * (sum(M + log(sum(exp(Z - M), axis=0))) - sum(Y * Z))
minimize J
