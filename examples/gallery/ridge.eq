# ridge.eq: ridge regression: least squares with a penalty on large weights
const lambda = 0.1
input X : (n, m)
label Y : (1, m)
param w : (n, 1) ~ normal(0.1)
param b : (1, 1)
F = w.T @ X + b
J = 1/(2*m) * sum((F - Y)**2) + lambda/2 * sum(w**2)
minimize J
predict F
