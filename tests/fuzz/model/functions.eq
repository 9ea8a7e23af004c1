input X : (n, m)
param W : (k, n)
Z = sqrt(log(exp(W X)))
J = mean(abs(Z)) + max(Z)
minimize J
