# two layers with a penalty
const lam = 0.1
input X : (m, n0)
label Y : (m, K)
param W1 : (n0, n1)
param b1 : (1, n1)
param W2 : (n1, K)
param b2 : (1, K)
Z1 = X @ W1 + b1
A1 = sigmoid(Z1)
Z2 = A1 @ W2 + b2
A2 = sigmoid(Z2)
J = -1/m * sum(Y*log(A2) + (1 - Y)*log(1 - A2)) + lam/(2*m) * (sum(W1**2) + sum(W2**2))
minimize J
predict A2
