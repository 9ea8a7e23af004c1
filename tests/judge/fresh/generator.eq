# generator
input X : (m, n0)
label Y : (m, 1)
param W1 : (n0, 4)
param b1 : (1, 4)
param W2 : (4, 1)
param b2 : (1, 1)
Z1 = X @ W1 + b1
A1 = sigmoid(Z1)
Z2 = A1 @ W2 + b2
A2 = sigmoid(Z2)
L = -(Y*log(A2) + (1 - Y)*log(1 - A2))
J = 1/m * sum(L)
minimize J
predict A2
