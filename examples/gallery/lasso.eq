# lasso.eq: lasso: the penalty is the sum of the weights without their signs, which makes some of them 0
const lambda = 0.1
input X : (n, m)
label Y : (1, m)
param w : (n, 1) ~ normal(0.1)
F = w.T @ X
J = 1/(2*m) * sum((F - Y)**2) + lambda * norm(w, 1)
minimize J
predict F
