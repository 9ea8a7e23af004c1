# elementwise functions that no other model has
input X : (n0, m)
label Y : (n2, m)
param W : (n2, n0) ~ xavier
param b : (n2, 1)
Z  = W @ X + b
A1 = atan(Z) + softsign(Z)
A2 = mish(A1) + clip(Z, -1, 0.5)
J  = 1/m * sum(log(cosh(A2 - Y)))
minimize J
