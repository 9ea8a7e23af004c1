input X : (n, m)
param W : (k, n)
function g
Z = g(W X) g'(W X)
J = 1/m sum(Z)
minimize J
