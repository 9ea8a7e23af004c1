# one training example, in the spelling of the slides
input x  : (n0, 1)
label y  : (1, 1)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (1, n1)
param b2 : (1, 1)

z1 = W1 x + b1
a1 = tanh(z1)
z2 = W2 a1 + b2
a2 = sigmoid(z2)
l  = -(y * log(a2) + (1 - y) * log(1 - a2))
J  = sum(l)

minimize J
predict  a2
