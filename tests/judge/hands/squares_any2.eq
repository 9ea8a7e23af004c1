# two sigmoid layers, half the sum of squares
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
L = 1/2 * (A2 - Y)**2
J = sum(L)
minimize J
predict A2
