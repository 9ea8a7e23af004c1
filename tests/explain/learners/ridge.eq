# least squares with a penalty, divided by 2m as in courses
const lambda = 0.1
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)
H = w.T @ X + b
J = 1/(2*m) * sum((H - Y)**2) + lambda/(2*m) * sum(w**2)
minimize J
