# two residual blocks with one matrix in both
input X : (n, m)
label Y : (n, m)
param W : (n, n)
H1 = X + relu(W @ X)
H2 = H1 + relu(W @ H1)
J = 1/m * sum((H2 - Y)**2)
minimize J
