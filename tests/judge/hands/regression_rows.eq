# a hidden layer of tanh, a linear output, the mean square, rows
input X : (m, n0)
label Y : (m, K)
param W1 : (n0, n1)
param b1 : (1, n1)
param W2 : (n1, K)
param b2 : (1, K)
Z1 = X @ W1 + b1
A1 = tanh(Z1)
P = A1 @ W2 + b2
L = (P - Y)**2
J = 1/m * sum(L)
minimize J
predict P
