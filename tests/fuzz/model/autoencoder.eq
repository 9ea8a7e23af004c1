# an autoencoder with tied weights: W stands in two layers
input X : (n0, m)
param W : (n1, n0)
param b : (n1, 1)
param c : (n0, 1)

Z1 = W @ X + b
A1 = tanh(Z1)
Z2 = W.T @ A1 + c
A2 = sigmoid(Z2)
L  = -(X * log(A2) + (1 - X) * log(1 - A2))
J  = 1/m * sum(L)

minimize J
predict  A2
