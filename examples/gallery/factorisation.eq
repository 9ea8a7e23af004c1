# factorisation.eq: matrix factorisation: only the entries with W = 1 were observed
const lambda = 0.01
size k = 2
input M : (p, q)
input W : (p, q)
param U : (p, k) ~ normal(0.3)
param V : (q, k) ~ normal(0.3)
examples none
R = W * (U @ V.T - M)
J = 1/2 * sum(R**2) + lambda/2 * (sum(U**2) + sum(V**2))
minimize J
