input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
A = Y log(Y)
B = 1/m m
C = W1(X + b1)
E = X Y
G = sigmoidd(X)
J = sum(X)
minimize J
