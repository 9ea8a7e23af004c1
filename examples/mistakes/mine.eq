# mine.eq: three mistakes
dZ2 = A2 - Y
dW2 = dZ2 @ A1.T
db2 = 1/m * sum(dZ2, axis=1, keepdims=True)
dZ1 = W2.T @ dZ2 * (1 - A1)
dW1 = 1/m * dZ1 @ X.T
db1 = 1/m * sum(dZ1)
