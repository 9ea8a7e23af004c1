# a hidden layer of relu, softmax, rows, a penalty
const reg = 0.001
input X : (m, n0)
label Y : (m, k) onehot
param W1 : (n0, n1)
param b1 : (1, n1)
param W2 : (n1, k)
param b2 : (1, k)
Z1 = X @ W1 + b1
A1 = relu(Z1)
Z2 = A1 @ W2 + b2
A2 = softmax(Z2, axis=1)
J = -1/m * sum(Y*log(A2)) + 1/2*reg*(sum(W1**2) + sum(W2**2))
minimize J
predict A2
