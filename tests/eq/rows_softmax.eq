# rows_softmax.eq: relu 6, relu 5, softmax 4; for classification
size  n1 = 6, n2 = 5, n3 = 4          # units of the layers; n0 and m come from the data
const lambda = 0.1                    # the weight of the penalty
const keep = 0.8                      # the part of the hidden units that dropout keeps

input X  : (m, n0)                    # one example per row
label Y  : (m, n3) onehot             # each row has a single 1: the example's class
param W1 : (n0, n1) ~ he
param b1 : (1, n1)  ~ zeros
param W2 : (n1, n2) ~ he
param b2 : (1, n2)  ~ zeros
param W3 : (n2, n3) ~ xavier
param b3 : (1, n3)  ~ zeros

Z1 = X @ W1 + b1
A1 = relu(Z1)
D1 = dropout(A1, keep)
Z2 = D1 @ W2 + b2
A2 = relu(Z2)
D2 = dropout(A2, keep)
Z3 = D2 @ W3 + b3
A3 = softmax(Z3)
L  = -sum(Y * log(A3), axis=1)
R  = lambda/(2*m) * (sum(W1**2) + sum(W2**2) + sum(W3**2))   # L2: weights only, no biases
J  = 1/m * sum(L) + R

minimize J
predict  A3
