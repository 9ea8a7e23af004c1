# a gated unit: one branch opens and closes the other
input X : (n0, m)
label Y : (1, m)
param U : (n1, n0)
param V : (n1, n0)
param w : (n1, 1)
G = sigmoid(U @ X)
C = tanh(V @ X)
H = G * C
A = sigmoid(w.T @ H)
L = -(Y * log(A) + (1 - Y) * log(1 - A))
J = 1/m * sum(L)
minimize J
