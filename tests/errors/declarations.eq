input X
input Y : n0, m
label : (n2, m)
param W1 : (n1)
param W2 : (n1, n0, n2)
param W4 : (n1, 0)
param W5 : (1.5, n1)
param W6 : (n1, )
param b  : (n1, 1)
param c  : (b, 1)
param X  : (n1, n0) extra
param n1 : (n0, 1)
param exp : (n0, 1)
param b  : (n0, 1)
input V  : (n0, m) onehot
Q : (n0, m)
J = sum(b)
minimize J
param W3 : (n1, n0
