# lists
input X : (n0, m)
label Y : (3, m)
param W1 : (4, n0)
param b1 : (4, 1)
param W2 : (3, 4)
param b2 : (3, 1)
Z1 = W1 @ X + b1
A1 = sigmoid(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L = 1/2*(A2 - Y)**2
J = 1/m * sum(L)
minimize J
predict A2
