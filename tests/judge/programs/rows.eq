# cs231n: rows
size h = 6, K = 3
input X : (N, D)
label Y : (N, K) onehot
param W : (D, h)
param b : (1, h)
param W2 : (h, K)
param b2 : (1, K)
Z1 = X @ W + b
H = relu(Z1)
S = H @ W2 + b2
P = softmax(S)
L = -sum(Y * log(P), axis=1)
J = 1/N * sum(L)
minimize J
predict P
