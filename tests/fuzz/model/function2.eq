input X : (n, m)
param W : (k, n)
f(a, b) = a*b/(a+b)**3
J = sum(f(W X, exp(W X)))
minimize J
