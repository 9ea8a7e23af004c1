# logistic regression
input X : (n0, m)
label Y : (K, m)
param W : (K, n0)
param b : (K, 1)
Z = W @ X + b
A = sigmoid(Z)
L = -(Y*log(A) + (1 - Y)*log(1 - A))
J = 1/m * sum(L)
minimize J
predict A
