# rows
input X : (m, n0)
label Y : (m, 1)
param W1 : (n0, 8)
param b1 : (1, 8)
param W2 : (8, 1)
param b2 : (1, 1)
Z1 = X @ W1 + b1
A1 = leaky_relu(Z1, 0.01)
Z2 = A1 @ W2 + b2
J = 1/m * sum((Z2 - Y)**2)
minimize J
predict Z2
