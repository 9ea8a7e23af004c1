# two_layer.eq: the two-layer network for binary classification
size  n1 = 4                          # hidden units; n0, n2 and m come from the data

input X  : (n0, m)                    # one example per column
label Y  : (n2, m)
param W1 : (n1, n0) ~ xavier
param b1 : (n1, 1)  ~ zeros
param W2 : (n2, n1) ~ xavier
param b2 : (n2, 1)  ~ zeros

Z1 = W1 @ X + b1
A1 = tanh(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J  = 1/m * sum(L)

minimize J
predict  A2
