# autoencoder.eq: an autoencoder: two units describe what comes in
size k = 2
input X : (n, m)
param W1 : (k, n) ~ xavier
param b1 : (k, 1)
param W2 : (n, k) ~ xavier
param b2 : (n, 1)
Z = tanh(W1 @ X + b1)
X1 = W2 @ Z + b2
J = 1/(2*m) * sum((X1 - X)**2)
minimize J
predict X1
