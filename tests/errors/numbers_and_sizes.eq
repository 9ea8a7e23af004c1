input X : (n0, m)
size n1 = 4, n1 = 5
size n0
size n5 = 4, 2 = 3
size n0 = 2.5
size n0 = many
size X = 3
size 3 = 4
size n2 = 0
const a
const b = X
const c = m
const d = 1/
const e = 1 2 3
const X = 2
examples
examples 2 3
param W : (n0, n0)
J = sum(W @ X)
minimize J
