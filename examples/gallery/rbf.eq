# rbf.eq: a network of radial basis functions: a row of centres against a column of points
size k = 4
input X : (n, m)
label Y : (1, m)
param C : (k, n) ~ normal(1)
param w : (1, k) ~ normal(0.5)
D = sum(C**2, axis=1) + sum(X**2, axis=0) - 2 * C @ X
A = exp(-D / 2)
F = w @ A
J = 1/(2*m) * sum((F - Y)**2)
minimize J
predict F
