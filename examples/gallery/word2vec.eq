# word2vec.eq: skip-gram with negative samples: C is the context of X, N are words that are not (one-hot columns)
size k = 3
input X : (n, m)
input C : (n, m)
input N : (n, m)
param E : (k, n) ~ normal(0.3)
param O : (k, n) ~ normal(0.3)
V = E @ X
P = sum(V * (O @ C), axis=0)
Q = sum(V * (O @ N), axis=0)
J = -1/m * sum(log(sigmoid(P)) + log(sigmoid(-Q)))
minimize J
