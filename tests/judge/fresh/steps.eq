# steps
input X1 : (n0, m)
input X2 : (n0, m)
input X3 : (n0, m)
label Y : (1, m)
size n = 4
param Wx : (n, n0)
param Wh : (n, n)
param bh : (n, 1)
param Wy : (1, n)
param by : (1, 1)
H1 = tanh(Wx @ X1 + bh)
H2 = tanh(Wx @ X2 + Wh @ H1 + bh)
H3 = tanh(Wx @ X3 + Wh @ H2 + bh)
Z = Wy @ H3 + by
A = sigmoid(Z)
L = -(Y * log(A) + (1 - Y) * log(1 - A))
J = 1/m * sum(L)
minimize J
predict A
