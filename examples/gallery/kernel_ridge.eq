# kernel_ridge.eq: kernel ridge regression: a weight for each example of the training data
const gamma = 0.5
const lambda = 0.1
input X : (n, d)
label y : (n, 1)
param a : (n, 1) ~ normal(0.1)
examples none
Q = sum(X**2, axis=1)
K = exp(-gamma * (Q + Q.T - 2 * X @ X.T))
F = K @ a
J = 1/2 * sum((F - y)**2) + lambda/2 * a.T @ F
minimize J
