# attention of three queries on m keys
input Q : (3, d)
input K : (m, d)
input V : (m, d)
label T : (3, d)
param W : (d, d)
S = Q @ W @ K.T
P = softmax(S, axis=1)
O = P @ V
J = sum((O - T)**2)
minimize J
