# delta
size n1 = 4
input X : (m, n0)
label Y : (m, 1)
param W1 : (n0, n1)
param W2 : (n1, 1)
Z1 = X @ W1
A1 = sigmoid(Z1)
Z2 = A1 @ W2
A2 = sigmoid(Z2)
J = sum((A2 - Y)**2)
minimize J
predict A2
