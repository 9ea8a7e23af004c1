# logistic regression, the weights as a column
input X : (n0, m)
label Y : (1, m)
param w : (n0, 1)
param b : (1, 1)
Z = w.T @ X + b
A = sigmoid(Z)
J = -1/m * sum(Y*log(A) + (1 - Y)*log(1 - A))
minimize J
predict A
