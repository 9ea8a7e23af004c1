# softmax regression, rows
input X : (m, n0)
label Y : (m, k) onehot
param W : (n0, k)
param b : (1, k)
Z = X @ W + b
P = softmax(Z, axis=1)
J = -1/m * sum(Y*log(P))
minimize J
predict P
