input X  : (n0, m)
label Y  : (n2, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (n2, n1)
X
W1 X
let A = X
A =
= X
(X) = Y
2 * X
A + B = X
predict Z9
predict Weights
predict 2
J = sum(X)
minimize J
minimize J
