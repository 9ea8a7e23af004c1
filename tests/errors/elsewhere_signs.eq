% a network
input X : (n0, m)
A = \tanh(X)
J = sum(A)
minimize J
