# three layers, relu, relu, sigmoid
input X : (n0, m)
label Y : (K, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
param b2 : (n2, 1)
param W3 : (K, n2)
param b3 : (K, 1)
Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
A2 = relu(Z2)
Z3 = W3 @ A2 + b3
A3 = sigmoid(Z3)
L = -(Y*log(A3) + (1 - Y)*log(1 - A3))
J = 1/m * sum(L)
minimize J
predict A3
