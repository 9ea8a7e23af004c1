# multinomial regression, examples are rows
input X : (m, n)
label Y : (m, k) onehot
param W : (n, k)
param b : (1, k)
Z = X @ W + b
P = softmax(Z)
J = -1/m * sum(Y * log(P))
minimize J
