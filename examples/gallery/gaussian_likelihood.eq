# gaussian_likelihood.eq: the likelihood of Gaussian data by a covariance matrix
input X : (n, m)
param mu : (n, 1)
symmetric param S : (n, n)
param c : (1, 1) ~ constant(3)
R = X - mu
C = S @ S + c**2 * eye(n)
J = 1/2 * logdet(C) + 1/(2*m) * sum(R * solve(C, R))
minimize J
