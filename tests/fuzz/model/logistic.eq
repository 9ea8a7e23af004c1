# logistic.eq: logistic regression, the network with one unit
input X : (n, m)                      # one example per column
label Y : (1, m)
param w : (n, 1) ~ zeros
param b : (1, 1) ~ zeros

Z = w.T @ X + b
A = sigmoid(Z)
L = -(Y * log(A) + (1 - Y) * log(1 - A))
J = 1/m * sum(L)

minimize J
predict  A
