# kalman.eq: the negative logarithmic likelihood of one step of a Kalman filter
input x : (n, 1)
input y : (q, 1)
symmetric input P0 : (n, n)
param F : (n, n) ~ normal(0.5)
param H : (q, n) ~ normal(0.5)
param l : (n, 1)
param r : (q, 1)
examples none
P = F @ P0 @ P0 @ F.T + diag(exp(l))
S = H @ P @ H.T + diag(exp(r))
V = y - H @ F @ x
J = 1/2 * logdet(S) + 1/2 * V.T @ solve(S, V)
minimize J
