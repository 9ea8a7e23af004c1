# torch
input X : (m, n0)
label Y : (m, 3) onehot
param W1 : (n0, 4)
param b1 : (1, 4)
param W2 : (4, 3)
param b2 : (1, 3)
Z1 = X @ W1 + b1
A1 = relu(Z1)
Z2 = A1 @ W2 + b2
A2 = softmax(Z2, axis=1)
L = -Y*log(A2)
J = 1/m * sum(L)
minimize J
predict A2
