# tanh twice, the mean of the squares of all entries
input X : (m, n0)
label Y : (m, K)
param W1 : (n0, n1)
param b1 : (1, n1)
param W2 : (n1, K)
param b2 : (1, K)
Z1 = X @ W1 + b1
A1 = tanh(Z1)
Z2 = A1 @ W2 + b2
A2 = tanh(Z2)
J = mean((A2 - Y)**2)
minimize J
predict A2
