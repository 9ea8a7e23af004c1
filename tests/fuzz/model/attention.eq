# attention within one sequence of T tokens, each a column
input X  : (d, T)
label Y  : (d, T)
param Wq : (k, d)
param Wk : (k, d)
param Wv : (d, d)

Q = Wq @ X
K = Wk @ X
V = Wv @ X
S = K.T @ Q / sqrt(k)
A = softmax(S, axis=0)
O = V @ A
J = 1/T * sum((O - Y)**2)

minimize J
predict  O
