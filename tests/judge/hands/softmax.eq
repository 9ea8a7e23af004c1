# a hidden layer of relu, softmax
input X : (n0, m)
label Y : (k, m) onehot
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (k, n1)
param b2 : (k, 1)
Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
A2 = softmax(Z2)
L = -sum(Y*log(A2), axis=0)
J = 1/m * sum(L)
minimize J
predict A2
