# softmax.eq: two layers for several classes, softmax with cross-entropy
size  n1 = 32                         # hidden units; n0, k and m come from the data

input X  : (n0, m)                    # one example per column
label Y  : (k, m) onehot              # each column has a single 1: the example's class
param W1 : (n1, n0) ~ he
param b1 : (n1, 1)  ~ zeros
param W2 : (k, n1)  ~ xavier
param b2 : (k, 1)   ~ zeros

Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
A2 = softmax(Z2)
L  = -sum(Y * log(A2), axis=0)
J  = 1/m * sum(L)

minimize J
predict  A2
