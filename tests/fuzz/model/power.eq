input X : (n, m)
param W : (k, n)
J = sum((W X)**(W X)) / 0
minimize J
