# words of statements, mistyped; what they would have declared is not reported again
symetric S : (n, n)
inptu Y : (n, 1)
param x : (n, 1)
constt c = 2
J = c * x.T @ S @ (x - Y)
minimise J
