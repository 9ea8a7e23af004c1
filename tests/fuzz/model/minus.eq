input X : (n, m)
param W : (k, n)
J = sum(-(-(-(-(-(W X)))))**-2)
minimize J
