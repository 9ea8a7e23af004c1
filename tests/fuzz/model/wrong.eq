input X : (n, m)
param W : (k, n)
W1, b[1], dZ = 3 ; @ ** .T.T.T'''
predict A
foo bar
