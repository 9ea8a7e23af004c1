input X : (n0, m)
param größe : (n0, 1)
λ1	= X +	η
α = λ * X
J = sum(X)
minimize J
