# a normal distribution fitted to the columns of X: minus the logarithm of its likelihood, for each example
input X  : (n, m)
param mu : (n, 1)
symmetric param P : (n, n)       # the precision, the inverse of the covariance

R  = X - mu
L  = 1/2 * sum(R * (P @ R), axis=0) - 1/2 * logdet(P)
J  = 1/m * sum(L)

minimize J
