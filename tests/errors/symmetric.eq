symmetric input S : (n, k)
symmetric P : (2, 3)
symmetric param : (n, n)
symmetric
symmetric label L : (n, n) ~ zeros
symmetric size n = 3
input X : (n, m)
J = 1/m * sum(S @ X)
minimize J
