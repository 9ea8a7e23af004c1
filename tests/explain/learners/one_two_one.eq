# one example, two inputs, two hidden units, one output, half the squared error
input x : (2, 1)
label y : (1, 1)
param W1 : (2, 2)
param b1 : (2, 1)
param W2 : (1, 2)
param b2 : (1, 1)
z1 = W1 @ x + b1
a1 = sigmoid(z1)
z2 = W2 @ a1 + b2
a2 = sigmoid(z2)
J = 1/2 * (a2 - y)**2
minimize J
