# dropout.eq: relu 4, sigmoid 1; for binary classification
size  n1 = 4                          # units of the layers; n0 and m come from the data
const keep = 0.8                      # the part of the hidden units that dropout keeps

input X  : (n0, m)                    # one example per column
label Y  : (1, m)                     # 0 or 1
param W1 : (n1, n0) ~ he
param b1 : (n1, 1)  ~ zeros
param W2 : (1, n1)  ~ xavier
param b2 : (1, 1)   ~ zeros

Z1 = W1 @ X + b1
A1 = relu(Z1)
D1 = dropout(A1, keep)
Z2 = W2 @ D1 + b2
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J  = 1/m * sum(L)

minimize J
predict  A2
