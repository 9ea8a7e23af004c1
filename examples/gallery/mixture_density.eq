# mixture_density.eq: a mixture density network: k Gaussians for each example, weights, means and logarithmic widths from one layer
size k = 3
input X : (n, m)
label Y : (1, m)
param W : (3*k, n) ~ xavier
param b : (3*k, 1)
Z = W @ X + b
A = log_softmax(Z[0:k, :], axis=0)
Mu = Z[k:2*k, :]
S = Z[2*k:, :]
P = A - S - (Y - Mu)**2 / (2 * exp(2 * S))
J = -1/m * sum(log(sum(exp(P), axis=0)))
minimize J
