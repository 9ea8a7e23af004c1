import numpy as np

def sigmoid(z):
    return 1/(1+np.exp(-z))

def gradients(W1, b1, W2, b2, X, Y):
    m = X.shape[1]
    dW1 = np.zeros(W1.shape); db1 = np.zeros(b1.shape)
    dW2 = np.zeros(W2.shape); db2 = np.zeros(b2.shape)
    J = 0
    for i in range(m):
        x = X[:, i].reshape(-1, 1)
        y = Y[:, i].reshape(-1, 1)
        # forward for ONE example
        a1 = np.tanh(W1.dot(x) + b1)
        a2 = sigmoid(W2.dot(a1) + b2)
        J += -(y * np.log(a2) + (1 - y) * np.log(1 - a2)).sum()
        # backward for ONE example
        d2 = a2 - y
        d1 = W2.T.dot(d2) * (1 - a1 ** 2)
        dW2 += d2.dot(a1.T)
        db2 += d2
        dW1 += d1.dot(x.T)
        db1 += d1
    dW1 /= m
    db1 /= m
    dW2 /= m
    db2 /= m
    J /= m
    return dW1, db1, dW2, db2
