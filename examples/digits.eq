# digits.eq: handwritten digits, one wide relu layer with dropout
size  n1 = 256                        # hidden units; n0, k and m come from the data

input X  : (n0, m)                    # an image per column, its pixels from 0 to 16
label Y  : (k, m) onehot
param W1 : (n1, n0) ~ he
param b1 : (n1, 1)  ~ zeros
param W2 : (k, n1)  ~ xavier
param b2 : (k, 1)   ~ zeros

Z1 = W1 @ X + b1
A1 = relu(Z1)
D1 = dropout(A1, 0.5)                 # half of the units at a time: 256 of them know 1437 images by heart
Z2 = W2 @ D1 + b2
A2 = softmax(Z2)
L  = -sum(Y * log(A2), axis=0)
J  = 1/m * sum(L)

minimize J
predict  A2
