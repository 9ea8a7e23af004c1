# ppo.eq: PPO's clipped loss: R is the ratio of the new policy to the old one, A the advantage
const epsilon = 0.2
input X : (n, m)
input U : (k, m)
input P0 : (1, m)
input A : (1, m)
param W : (k, n) ~ xavier
L = log_softmax(W @ X, axis=0)
R = exp(sum(U * L, axis=0) - P0)
J = -1/m * sum(minimum(R * A, clip(R, 1 - epsilon, 1 + epsilon) * A))
minimize J
