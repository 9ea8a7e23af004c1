# a layer whose units are brought to mean 0 and variance 1 over the examples
const eps = 0.01
input X : (n0, m)
label Y : (1, m)
param W1 : (n1, n0)
param gamma : (n1, 1)
param w2 : (1, n1)
Z1 = W1 @ X
mu = mean(Z1, axis=1)
C = Z1 - mu
v = mean(C**2, axis=1)
N = C / sqrt(v + eps)
A1 = tanh(gamma * N)
A2 = sigmoid(w2 @ A1)
J = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))
minimize J
