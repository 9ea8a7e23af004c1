# two sigmoid layers of two units and one, half the square, one example
input X : (2, m)
label Y : (1, m)
param W1 : (2, 2)
param b1 : (2, 1)
param W2 : (1, 2)
param b2 : (1, 1)
A1 = sigmoid(W1 @ X + b1)
A2 = sigmoid(W2 @ A1 + b2)
J = 1/2 * sum((A2 - Y)**2)
minimize J
predict A2
