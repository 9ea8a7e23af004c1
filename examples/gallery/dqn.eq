# dqn.eq: deep Q-learning: the value of the action that was taken (U, one-hot) against a target that is held fixed
size h = 5
input X : (n, m)
input U : (k, m)
label T : (1, m)
param W1 : (h, n) ~ he
param b1 : (h, 1)
param W2 : (k, h) ~ xavier
Q = W2 @ relu(W1 @ X + b1)
D = sum(U * Q, axis=0) - T
J = 1/m * sum(where(abs(D) < 1, 1/2 * D**2, abs(D) - 1/2))
minimize J
predict Q
