# an L2 penalty on the weights
const lambda = 0.7
input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
param b2 : (n2, 1)

Z1 = W1 @ X + b1
A1 = tanh(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J  = 1/m * sum(L) + lambda/(2*m) * (sum(W1**2) + sum(W2**2))

minimize J
predict  A2
