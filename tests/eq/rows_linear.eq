# rows_linear.eq: tanh 5, linear 2; for regression
size  n1 = 5, n2 = 2                  # units of the layers; n0 and m come from the data

input X  : (m, n0)                    # one example per row
label Y  : (m, n2)
param W1 : (n0, n1) ~ xavier
param b1 : (1, n1)  ~ zeros
param W2 : (n1, n2) ~ xavier
param b2 : (1, n2)  ~ zeros

Z1 = X @ W1 + b1
A1 = tanh(Z1)
Z2 = A1 @ W2 + b2
L  = 1/2 * (Z2 - Y)**2
J  = 1/m * sum(L)

minimize J
predict  Z2
