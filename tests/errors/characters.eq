input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
A = X^2
B = X × Y
C = X · Y
E = X ⊙ Y
G = X & Y
H = !X
I = X $ Y
K = "X"
L = X % 2
J = sum(X)
minimize J
