# what has a form in books: a quadratic form, roots, powers, log-sum-exp
input A : (n, n)
input y : (n, 1)
param x : (n, 1)
param s : (n, 1)
param t : (n, 1)
J = x.T @ A @ x + sum(s / sqrt(s)) + sum(y * s**1.5) + log(sum(exp(x))) + sum(y * sqrt(t)**2)
minimize J
