# focal.eq: focal loss: what is predicted well counts little
input X : (n, m)
label Y : (1, m)
param w : (1, n) ~ xavier
param b : (1, 1)
P = sigmoid(w @ X + b)
J = -1/m * sum(Y * (1 - P)**2 * log(P) + (1 - Y) * P**2 * log(1 - P))
minimize J
predict P
