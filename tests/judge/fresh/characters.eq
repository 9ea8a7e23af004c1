# characters
input X1 : (n0, m)
input X2 : (n0, m)
input X3 : (n0, m)
input H0 : (6, m)
label Y1 : (n0, m) onehot
label Y2 : (n0, m) onehot
label Y3 : (n0, m) onehot
param Wxh : (6, n0)
param Whh : (6, 6)
param Why : (n0, 6)
param bh : (6, 1)
param by : (n0, 1)
H1 = tanh(Wxh @ X1 + Whh @ H0 + bh)
H2 = tanh(Wxh @ X2 + Whh @ H1 + bh)
H3 = tanh(Wxh @ X3 + Whh @ H2 + bh)
P1 = softmax(Why @ H1 + by)
P2 = softmax(Why @ H2 + by)
P3 = softmax(Why @ H3 + by)
J = -sum(Y1*log(P1)) - sum(Y2*log(P2)) - sum(Y3*log(P3))
minimize J
