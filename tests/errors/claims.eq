input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
Z1 = W1 @ X + b1
dZ1 = Z1
J = sum(Z1)
dQ = Z1
minimize J
dZ1 = ones(n1, m)
db7 = 3
Z2 = W2 @ Z1
dW1 = dZ1 @
dW1
dW1 = dZ1 @ X
db1 = dz1
