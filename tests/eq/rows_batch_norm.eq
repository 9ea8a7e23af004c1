# batch normalisation written out, examples as rows
const eps = 0.001
input X     : (m, n0)
label Y     : (m, 1)
param W1    : (n0, n1)
param gamma : (1, n1)
param beta  : (1, n1)
param W2    : (n1, 1)
param b2    : (1, 1)

Z1 = X @ W1
mu = mean(Z1, axis=0)
C1 = Z1 - mu
v  = mean(C1**2, axis=0)
N1 = C1 / sqrt(v + eps)
U1 = gamma * N1 + beta
A1 = relu(U1)
Z2 = A1 @ W2 + b2
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J  = 1/m * sum(L)

minimize J
predict  A2
