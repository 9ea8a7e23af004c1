input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
A = W1 * X
B = W1 @ X + b1.T
C = b1 * Y
E = maximum(W1, Y)
G = where(W1 > 0, X, Y)
H = where(X > 0, W1, X)
I = np.multiply(W1, X)
K = W1 ** X
L = W1 == X
M = W1 + X.T - b1.T
N = b1 * (Y + 1)
O = sum(X, axis=0) + b1
P = X * b1.T
J = sum(W1)
minimize J
