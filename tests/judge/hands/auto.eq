# an autoencoder, sigmoid in and out, the mean square
input X : (n0, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n0, n1)
param b2 : (n0, 1)
H = sigmoid(W1 @ X + b1)
R = sigmoid(W2 @ H + b2)
J = 1/m * sum((R - X)**2)
minimize J
predict R
