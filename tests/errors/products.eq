input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
A = W1 @ Y + b1
B = W1 @ 2
C = X @ X
E = b1 @ Y
G = X @ W1
H = (W1 @ X) @ (W2 @ X)
I = np.dot(W1, Y)
J = sum(W1 @ X)
minimize J
