input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
const alpha = 1
Z1 = W1 @ X + A1
A1 = tanh(W1 @ X)
Z2 = W2 @ A2
Z3 = W2 @ dA1
Z4 = zzz + w1
Z5 = Z2 + Z3
A1 = sigmoid(A1)
tanh = A1
n1 = A1
J = Alpha * sum(A1)
minimize J
