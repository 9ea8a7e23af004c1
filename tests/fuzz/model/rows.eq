# examples are rows
input X  : (m, n0)
label Y  : (m, n2)
param W1 : (n0, n1)
param b1 : (1, n1)
param W2 : (n1, n2)
param b2 : (1, n2)

Z1 = X @ W1 + b1
A1 = tanh(Z1)
Z2 = A1 @ W2 + b2
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J  = 1/m * sum(L)

minimize J
predict  A2
