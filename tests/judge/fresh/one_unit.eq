# one_unit
input X : (m, n0)
label Y : (m, 1)
param w : (n0, 1)
param b : (1, 1)
Z1 = X @ w + b
A1 = sigmoid(Z1)
L = -(Y*log(A1) + (1 - Y)*log(1 - A1))
J = 1/m * sum(L)
minimize J
predict A1
