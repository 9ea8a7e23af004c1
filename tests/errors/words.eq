input X : (n0, m)
label : (1, m)
input
param (n1, n0)
param W : (1, n0) ~ zeros(1)
param V : (1, n0) ~ normal(0.1 : 2)
size 3 = 4
size m = 5
const 3
function
examples
A = quux(W @ X)
B = tann(W @ X)
C = X(W)
swish(z) = quux(z)
size = 3
predict 2
predict
minimize
