# two layers, tanh and sigmoid
input X : (n0, m)
label Y : (K, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (K, n1)
param b2 : (K, 1)
Z1 = W1 @ X + b1
A1 = tanh(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L = -(Y*log(A2) + (1 - Y)*log(1 - A2))
J = 1/m * sum(L)
minimize J
predict A2
