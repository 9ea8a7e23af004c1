# Nielsen
size n1 = 4, n2 = 3
input X : (n0, m)
label Y : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
param b2 : (n2, 1)
Z1 = W1 @ X + b1
A1 = sigmoid(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L = 1/2*(A2 - Y)**2
J = 1/m * sum(L)
minimize J
predict A2
