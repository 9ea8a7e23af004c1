# attention.eq: attention with two heads over the positions of one sequence: columns of X are positions
size h = 2
input X : (d, t)
input T : (d, t)
param Wq : (2*h, d) ~ xavier
param Wk : (2*h, d) ~ xavier
param Wv : (2*h, d) ~ xavier
param Wo : (d, 2*h) ~ xavier
examples none
Q = Wq @ X
K = Wk @ X
V = Wv @ X
A1 = softmax(K[0:h, :].T @ Q[0:h, :] / sqrt(h), axis=0)
A2 = softmax(K[h:, :].T @ Q[h:, :] / sqrt(h), axis=0)
O = Wo @ concat(V[0:h, :] @ A1, V[h:, :] @ A2)
J = 1/2 * sum((O - T)**2)
minimize J
