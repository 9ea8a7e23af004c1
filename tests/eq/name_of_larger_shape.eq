# C has a value for each example and sigmoid(b) has not: db does not speak of C - A
input X : (n0, m)
param W : (n1, n0)
param b : (n1, 1)
param V : (n1, n1)

A = W @ X + b
C = A - 1/(1 + exp(-b))
U = b * A
Z = V @ C
J = 1/m * sum(sin(A)) + 1/m * sum(sin(U)) + 1/m * sum(tanh(Z))

minimize J
