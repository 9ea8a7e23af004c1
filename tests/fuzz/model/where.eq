input X : (n, m)
param W : (k, n)
Z = where(W X > 0, W X, 0.1 W X)
J = sum(Z)
minimize J
