import numpy as np

class MSE:
    @staticmethod
    def loss(y_true, y_pred):
        return np.mean(np.power(y_true - y_pred, 2))
    @staticmethod
    def grad(y_true, y_pred):
        return 2 * (y_pred - y_true) / y_true.size

def tanh(x):
    return np.tanh(x)

def tanh_prime(x):
    return 1 - np.tanh(x) ** 2

def train(X, Y, hidden=4, lr=0.1, epochs=10):
    W1 = np.random.rand(X.shape[1], hidden) - 0.5
    b1 = np.random.rand(1, hidden) - 0.5
    W2 = np.random.rand(hidden, Y.shape[1]) - 0.5
    b2 = np.random.rand(1, Y.shape[1]) - 0.5
    for e in range(epochs):
        z1 = X @ W1 + b1
        a1 = tanh(z1)
        z2 = a1 @ W2 + b2
        a2 = tanh(z2)
        error = MSE.grad(Y, a2)
        error = error * tanh_prime(z2)
        dW2 = a1.T @ error
        db2 = error.sum(axis=0, keepdims=True)
        error = error @ W2.T
        error = error * tanh_prime(z1)
        dW1 = X.T @ error
        db1 = error.sum(axis=0, keepdims=True)
        W1 -= lr * dW1
        b1 -= lr * db1
        W2 -= lr * dW2
        b2 -= lr * db2
    return W1, b1, W2, b2
