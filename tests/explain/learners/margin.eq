# a support vector machine: labels are -1 or 1
const C = 0.5
input X : (n, m)
label y : (1, m)
param w : (n, 1)
param b : (1, 1)
f = w.T @ X + b
h = maximum(0, 1 - y * f)
J = 1/m * sum(h) + C/2 * (w.T @ w)
minimize J
