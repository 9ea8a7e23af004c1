# nothing on the way has a name: the deviation stands at two places, and the root is divided by
input x : (n0, 1)
label y : (n1, 1)
param W : (n1, n0)
param g : (n1, 1)
z = W @ x
a = g * (z - mean(z)) / sqrt(mean((z - mean(z))**2) + 1e-5)
J = sum((a - y)**2)
minimize J
