# logistic regression
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)

Z = w.T @ X + b
A = sigmoid(Z)
L = -(Y * log(A) + (1 - Y) * log(1 - A))
J = 1/m * sum(L)

minimize J
predict  A
