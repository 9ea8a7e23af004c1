# the deviation has no name: sums of it are 0
input X : (n0, m)
label Y : (1, m)
param W1 : (n1, n0)
param gamma : (n1, 1)
param beta : (n1, 1)
param w2 : (1, n1)
const eps = 1e-5
Z = W1 @ X
mu = mean(Z, axis=1)
s2 = mean((Z - mu)**2, axis=1)
Zn = (Z - mu) / sqrt(s2 + eps)
B = gamma * Zn + beta
A = relu(B)
Yh = sigmoid(w2 @ A)
J = -1/m * sum(Y * log(Yh) + (1 - Y) * log(1 - Yh))
minimize J
