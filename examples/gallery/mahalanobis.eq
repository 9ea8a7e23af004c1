# mahalanobis.eq: metric learning: pairs that are alike lie close, others at least a margin apart
size k = 2
input X1 : (n, m)
input X2 : (n, m)
label Y  : (1, m)
param L  : (k, n) ~ normal(0.5)
D = sum((L @ (X1 - X2))**2, axis=0)
J = 1/m * sum(Y * D + (1 - Y) * maximum(0, 1 - D))
minimize J
