# batch normalisation, written out: the examples affect each other
input X     : (n0, m)
label Y     : (1, m)
param W1    : (n1, n0)
param gamma : (n1, 1)
param beta  : (n1, 1)
param W2    : (1, n1)
param b2    : (1, 1)
const eps = 1e-5

Z1 = W1 @ X
mu = mean(Z1, axis=1)
C1 = Z1 - mu
v  = mean(C1**2, axis=1)
N1 = C1 / sqrt(v + eps)
U1 = gamma * N1 + beta
A1 = relu(U1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J  = 1/m * sum(L)

minimize J
predict  A2
