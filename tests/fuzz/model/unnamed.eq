# only the output has a name
input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
param b2 : (n2, 1)

A2 = sigmoid(W2 @ tanh(W1 @ X + b1) + b2)
J  = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))

minimize J
predict  A2
