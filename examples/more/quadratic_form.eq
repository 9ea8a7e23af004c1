# the Rayleigh quotient of a symmetric matrix: no examples, and nothing but matrices
symmetric S : (n, n)
param x : (n, 1)

J = x.T @ S @ x / (x.T @ x)

minimize J
