# what slices, concat, pad and kron refuse
input X : (n, m)
input K : (2, 3)
param Z : (5, k)
param a : (1, 1)
param E : (n - n, 3)
param F : (n*n*n*n*n, 3)
param G : (1 - n, 1)
A1 = Z[3, :]
A2 = Z[:, -1]
A3 = Z[0:7, :]
A4 = Z[-9:, :]
A5 = Z[2:2, :]
A6 = Z[k - n:, :]
A7 = Z[::2, :]
A8 = Z[0:a, :]
A9 = Z[0:1, 0:1, 0:1]
B1 = 3[0:1, :]
B2 = (1:2)
B3 = Z[0:q, :]
B4 = Z[0:1 - n*n, :]
B5 = pad(Z, 3 - n, 4)
C1 = concat(Z, K)
C2 = concat(X, K, axis=1)
C3 = concat(Z, 3)
C4 = concat(Z, X.T, axis=0)
C5 = concat(K, K.T)
C6 = concat(K, ones(2, 4))
D1 = pad(Z, 1)
D2 = pad(Z, -1, 2)
D3 = pad(2, 1, 1)
E1 = kron(Z, 3)
E2 = block_sum(Z, K)
E3 = ones(0, 2)
E4 = concat()
J = sum(X)
minimize J
