# residual_norm.eq: a residual block with layer normalisation in front, as transformers have it
size h = 6
input X : (n, m)
label Y : (n, m)
param g  : (n, 1) ~ ones
param b  : (n, 1)
param W1 : (h, n) ~ xavier
param b1 : (h, 1)
param W2 : (n, h) ~ xavier
C = X - mean(X, axis=0)
S = sqrt(mean(C**2, axis=0) + 0.00001)
N = g * C / S + b
F = X + W2 @ gelu(W1 @ N + b1)
J = 1/(2*m) * sum((F - Y)**2)
minimize J
predict F
