input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
const keep = 2
drop(z) = dropout(z, 0.5)
A = dropout(X)
B = dropout(X, 0)
C = dropout(X, keep)
E = dropout(X, Y)
G = dropout(1/m, 0.5)
H = dropout(X, 1.5)
I = dropout(X, 0.5) + Z
K = tanh(X)
J = sum(K)
minimize J
dK = dropout(K, 0.5)
