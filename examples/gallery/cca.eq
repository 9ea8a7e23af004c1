# cca.eq: canonical correlation of one direction in each of two views
input X : (p, m)
input Y : (q, m)
param u : (p, 1) ~ normal(0.5)
param v : (q, 1) ~ normal(0.5)
A = u.T @ X
B = v.T @ Y
J = -sum(A * B) / (norm(A) * norm(B))
minimize J
