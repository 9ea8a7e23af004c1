# names that are functions' since there are functions of these names: a model's own hide them
const clip = 2
input  X    : (n, m)
param  norm : (k, n)
param  mish : (k, 1)
tan(z) = z/(1 + abs(z))
A = tan(norm @ X + mish)
J = clip/m * sum(A**2)
minimize J
