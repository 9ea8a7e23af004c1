# returned
input X : (n0, m)
label Y : (1, m)
const lam = 0.3
param W1 : (4, n0)
param b1 : (4, 1)
param W2 : (1, 4)
param b2 : (1, 1)
Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L = -(Y*log(A2) + (1 - Y)*log(1 - A2))
J = 1/m * sum(L) + lam/(2*m) * (sum(W1**2) + sum(W2**2))
minimize J
predict A2
