input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
B = tanh(X))
C = ()
E = (X, Y)
H = X +
I = * X
M = X.t
N = X.max()
O = tanh
P = X = Y
R = X, Y
S = (X + Y))
T = X]
A = tanh((X)
J = sum(X)
minimize J
