# gan.eq: a generative adversarial network: the discriminator's cost; the generator is W, with - log D(G(z)) for its own
size h = 4
input X : (n, m)
input Z : (k, m)
param V : (h, n) ~ xavier
param c : (h, 1)
param w : (1, h) ~ xavier
param W : (n, k) ~ xavier
G = W @ Z
D = w @ tanh(V @ X + c)
F = w @ tanh(V @ G + c)
J = -1/m * sum(log(sigmoid(D)) + log(1 - sigmoid(F)))
minimize J
