# deep.eq: three relu layers and a sigmoid, for binary classification
size  n1 = 20, n2 = 7, n3 = 5         # hidden units; n0 and m come from the data

input X  : (n0, m)                    # one example per column
label Y  : (1, m)
param W1 : (n1, n0) ~ he
param b1 : (n1, 1)  ~ zeros
param W2 : (n2, n1) ~ he
param b2 : (n2, 1)  ~ zeros
param W3 : (n3, n2) ~ he
param b3 : (n3, 1)  ~ zeros
param W4 : (1, n3)  ~ xavier
param b4 : (1, 1)   ~ zeros

Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
A2 = relu(Z2)
Z3 = W3 @ A2 + b3
A3 = relu(Z3)
Z4 = W4 @ A3 + b4
A4 = sigmoid(Z4)
L  = -(Y * log(A4) + (1 - Y) * log(1 - A4))
J  = 1/m * sum(L)

minimize J
predict  A4
