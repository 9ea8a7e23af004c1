# crf.eq: a chain of three labels (one-hot columns of Y): the score of the labels against that of all
size k = 3
input X : (n, 3)
label Y : (k, 3)
param W : (k, n) ~ xavier
param T : (k, k)
examples none
S = W @ X
A1 = S[:, 0:1]
A2 = S[:, 1:2] + log(sum(exp(T + A1), axis=0)).T
A3 = S[:, 2:3] + log(sum(exp(T + A2), axis=0)).T
Good = sum(Y * S) + sum(Y[:, 0:2] * (T @ Y[:, 1:3]))
J = log(sum(exp(A3))) - Good
minimize J
