input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, m)
param W2 : (n2, n1)
Z = W1 @ X + b1
J = 1/m * sum(Z)
minimize J
