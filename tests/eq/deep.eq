# four layers, relu inside
input X  : (n0, m)
label Y  : (1, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
param b2 : (n2, 1)
param W3 : (n3, n2)
param b3 : (n3, 1)
param W4 : (1, n3)
param b4 : (1, 1)

Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
A2 = relu(Z2)
Z3 = W3 @ A2 + b3
A3 = relu(Z3)
Z4 = W4 @ A3 + b4
A4 = sigmoid(Z4)
L  = -(Y * log(A4) + (1 - Y) * log(1 - A4))
J  = 1/m * sum(L)

minimize J
predict  A4
