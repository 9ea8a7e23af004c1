# a line through points, each a number
input x : (1, m)
label y : (1, m)
param w : (1, 1)
param b : (1, 1)
z = w*x + b
J = 1/(2*m) * sum((z - y)**2)
minimize J
