# several mistakes are reported in one run, and what follows from one is not
input X  : (n0, m)
label Y  : (1, m)
param W1 : (n1, n0) ~ xavierr
param b1 : (n1, 1)

Z1 = W1 @ X + b1
A1 = tanh(Z1)
Z2 = W2 @ A1
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2)
J  = 1/m * sum(L)

minimize J
