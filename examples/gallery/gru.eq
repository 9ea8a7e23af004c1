# gru.eq: one step of a GRU cell
size n = 3
input X  : (k, m)
input H0 : (n, m)
label Y  : (n, m)
param W  : (2*n, n + k) ~ xavier
param b  : (2*n, 1)
param V  : (n, n + k) ~ xavier
param c  : (n, 1)
G = sigmoid(W @ concat(H0, X) + b)
R = G[0:n, :]
U = G[n:, :]
N = tanh(V @ concat(R * H0, X) + c)
H1 = (1 - U) * N + U * H0
J = 1/(2*m) * sum((H1 - Y)**2)
minimize J
predict H1
