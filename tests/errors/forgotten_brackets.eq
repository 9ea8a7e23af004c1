input X : (n0, m
label Y : (1, m)
param W : (1, n0) ~ normal(0.1
param b : (1, 1)
A = tanh(W @ X + b
B = sigmoid(A +
C = sum(A,
        axis=1)
D[2] = (A * (B - 1)
# a comment
E = sum(A,

    axis=0

f(z) = (z * 2
g = dropout(A, 0.5
    + (2)
const k = (2
J = sum(A)
minimize J
