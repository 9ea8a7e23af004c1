# logistic regression, examples are rows
input X : (m, n0)
label Y : (m, K)
param W : (n0, K)
param b : (1, K)
Z = X @ W + b
A = sigmoid(Z)
L = -(Y*log(A) + (1 - Y)*log(1 - A))
J = 1/m * sum(L)
minimize J
predict A
