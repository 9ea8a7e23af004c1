examples n
input X  : (n0, n)
param W : (n1, n0)
param b : (n1, n)
J = sum((W @ X + b)**2)
minimize J
