# poisson.eq: Poisson regression: counts whose logarithmic mean is linear
input X : (n, m)
label Y : (1, m)
param w : (n, 1) ~ normal(0.1)
param b : (1, 1)
Eta = w.T @ X + b
Mu = exp(Eta)
J = 1/m * sum(Mu - Y * Eta)
minimize J
predict Mu
