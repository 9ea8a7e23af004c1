size n = 3
input X : (n, m)
param W : (k, n)
J = sum(ones(n, m) * softmax(X, axis=0), axis=1)
minimize J
derive dW = 0
