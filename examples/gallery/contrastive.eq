# contrastive.eq: contrastive loss: each example's two views find each other among all others
const tau = 0.5
size k = 3
input X1 : (n, m)
input X2 : (n, m)
param W  : (k, n) ~ xavier
A = W @ X1
B = W @ X2
U = A / norm(A, axis=0)
V = B / norm(B, axis=0)
S = U.T @ V / tau
J = -1/m * trace(log_softmax(S, axis=1))
minimize J
