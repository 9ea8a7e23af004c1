// a network, as people write it who come from elsewhere
input x : (2, 1)
param b1 : (n1,)
param alpha
param W : (3, 2)
f = lambda z: z
Z = W @ x;
A = max(0.01 * W, W)
def g(z):
L = ln(W @ x)
J = (W @ x)**2
minimize J
