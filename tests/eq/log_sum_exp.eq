# softmax, by the logarithm below it
input X : (n, m)
label Y : (k, m) onehot
param W : (k, n)
param b : (k, 1)
Z = W @ X + b
J = 1/m * (sum(log(sum(exp(Z), axis=0))) - sum(Y * Z))
minimize J
