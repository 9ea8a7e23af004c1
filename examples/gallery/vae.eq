# vae.eq: a variational autoencoder: the encoder gives means and logarithmic variances, E is standard normal noise
size k = 2
input X : (n, m)
input E : (k, m)
param We : (2*k, n) ~ xavier
param be : (2*k, 1)
param Wd : (n, k) ~ xavier
param bd : (n, 1)
H = We @ X + be
Mu = H[0:k, :]
S = H[k:, :]
Z = Mu + exp(S / 2) * E
X1 = Wd @ Z + bd
KL = -1/2 * (1 + S - Mu**2 - exp(S))
J = 1/(2*m) * sum((X1 - X)**2) + 1/m * sum(KL)
minimize J
