# a recurrent net over three steps, an answer at the end
input X1 : (n0, m)
input X2 : (n0, m)
input X3 : (n0, m)
label Y : (K, m)
param Wx : (5, n0)
param Wh : (5, 5)
param b : (5, 1)
param Wy : (K, 5)
param c : (K, 1)
H1 = tanh(Wx @ X1 + b)
H2 = tanh(Wx @ X2 + Wh @ H1 + b)
H3 = tanh(Wx @ X3 + Wh @ H2 + b)
A = sigmoid(Wy @ H3 + c)
J = -1/m * sum(Y*log(A) + (1 - Y)*log(1 - A))
minimize J
predict A
