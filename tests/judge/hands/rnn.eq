# a recurrent net over three steps, an answer at each
input X1 : (n0, m)
input X2 : (n0, m)
input X3 : (n0, m)
label Y1 : (K, m)
label Y2 : (K, m)
label Y3 : (K, m)
param Wx : (5, n0)
param Wh : (5, 5)
param b : (5, 1)
param Wy : (K, 5)
param c : (K, 1)
H1 = tanh(Wx @ X1 + b)
H2 = tanh(Wx @ X2 + Wh @ H1 + b)
H3 = tanh(Wx @ X3 + Wh @ H2 + b)
O1 = Wy @ H1 + c
O2 = Wy @ H2 + c
O3 = Wy @ H3 + c
J = 1/(2*m) * (sum((O1 - Y1)**2) + sum((O2 - Y2)**2) + sum((O3 - Y3)**2))
minimize J
predict O3
