# a hidden layer of relu, a linear output, the mean square
input X : (n0, m)
label Y : (K, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (K, n1)
param b2 : (K, 1)
Z1 = W1 @ X + b1
A1 = relu(Z1)
P = W2 @ A1 + b2
L = (P - Y)**2
J = 1/m * sum(L)
minimize J
predict P
