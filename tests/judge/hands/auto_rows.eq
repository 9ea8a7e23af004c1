# an autoencoder, relu and a linear output, half the mean square, rows
input X : (m, n0)
param W1 : (n0, n1)
param b1 : (1, n1)
param W2 : (n1, n0)
param b2 : (1, n0)
H = relu(X @ W1 + b1)
R = H @ W2 + b2
J = 1/(2*m) * sum((R - X)**2)
minimize J
predict R
