examples m
input X : (n0, m)
label y : (m, 1)
param w : (n0, 1)
J = 1/m * sum((X.T @ w - y)**2)
minimize J
