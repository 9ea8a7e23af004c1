input X : (n0, m)
param W : (n0, n0)
f(z) = z * w
f2(z) =
f4(z, z) = z
f5(a, b, c, d) = a
f6(2) = 2
tanh(z) = z
X(z) = z
function X
function
function g h
f7(z) = z @ z
f8(a, b) = a * b
A = f8(X, W)
B = f8(X)
C = f(X)
E = foo (X)
J = sum(X)
minimize J
f3(z = z
