# classes
input X : (m, n0)
label Y : (m, 4) onehot
param W1 : (n0, 4)
param b1 : (1, 4)
Z1 = X @ W1 + b1
A1 = softmax(Z1, axis=1)
L = -Y*log(A1)
J = 1/m * sum(L)
minimize J
predict A1
