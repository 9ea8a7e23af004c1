# lstm.eq: one step of an LSTM cell: the four gates are rows of one product
size  n = 3
input X  : (k, m)                     # what comes in
input H0 : (n, m)                     # what the cell put out before, and remembers
input C0 : (n, m)
label Y  : (n, m)
param W  : (4*n, n + k) ~ xavier
param b  : (4*n, 1)

Z  = W @ concat(H0, X) + b
I  = sigmoid(Z[0:n, :])               # how much of the new is let in,
F  = sigmoid(Z[n:2*n, :])             # of the old kept,
O  = sigmoid(Z[2*n:3*n, :])           # put out
G  = tanh(Z[3*n:, :])                 # the new
C1 = F * C0 + I * G
H1 = O * tanh(C1)
J  = 1/(2*m) * sum((H1 - Y)**2)

minimize J
predict  H1
