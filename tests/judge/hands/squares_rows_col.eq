# two sigmoid layers, half the mean square
input X : (n0, m)
label Y : (K, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (K, n1)
param b2 : (K, 1)
Z1 = W1 @ X + b1
A1 = sigmoid(Z1)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
J = 1/(2*m) * sum((A2 - Y)**2)
minimize J
predict A2
