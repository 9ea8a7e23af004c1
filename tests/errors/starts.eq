param A : (n, n) ~
param B : (n, n) ~ xaver
param C : (n, n) ~ zeros(1)
param E : (n, n) ~ normal(1, 2)
param F : (n, n) ~ uniform(1, 2, 3)
param H : (n, n) ~ normal(A)
param W : (n, n)
param I : (n, n) ~ normal(W)
param K : (n, n) ~ normal(n)
param L : (n, n) ~ normal(-0.1/2) zeros
param M : (n, n) ~ normal(2 * )
param O : (n, n) ~ constant
param Q : (n, n) ~ orthogonal(1, 2)
J = sum(W)
minimize J
param G : (n, n) ~ normal(0.1
