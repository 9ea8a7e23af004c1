# an activation with a slope that is learned, and one of two arguments
input X : (n0, m)
label Y : (1, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param a : (1, 1)
param beta : (n1, 1)
param W2 : (1, n1)
prelu(z, s) = where(z > 0, z, s*z)
swish1(z, s) = z * sigmoid(s * z)
Z1 = W1 @ X + b1
A1 = prelu(Z1, a)
B1 = swish1(A1, beta)
Z2 = W2 @ B1
A2 = sigmoid(Z2)
J = -1/m * sum(Y*log(A2) + (1-Y)*log(1-A2))
minimize J
