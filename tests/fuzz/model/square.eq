input X : (n, m)
param W : (k, n)
Z = W X
J = sum(Z**2)/m
minimize J
