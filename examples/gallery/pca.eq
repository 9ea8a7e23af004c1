# pca.eq: principal components: the projection that loses least
size k = 2
input X : (n, m)
param W : (n, k) ~ normal(0.3)
Z = W.T @ X
R = W @ Z - X
J = 1/(2*m) * sum(R**2)
minimize J
predict Z
