# rows_logistic.eq: sigmoid 1; for binary classification

input X  : (m, n0)                    # one example per row
label Y  : (m, 1)                     # 0 or 1
param W1 : (n0, 1) ~ xavier
param b1 : (1, 1)  ~ zeros

Z1 = X @ W1 + b1
A1 = sigmoid(Z1)
L  = -(Y * log(A1) + (1 - Y) * log(1 - A1))
J  = 1/m * sum(L)

minimize J
predict  A1
