size m = 5
input X : (n0, m)
param W : (1, n0)
J = 1/m * sum((W @ X)**2)
minimize J
