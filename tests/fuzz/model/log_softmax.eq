# the same with log_softmax
input X  : (n0, m)
label Y  : (n2, m) onehot
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
param b2 : (n2, 1)

Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
L  = -sum(Y * log_softmax(Z2), axis=0)
J  = 1/m * sum(L)

minimize J
predict  Z2
