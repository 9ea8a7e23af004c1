import numpy as np
class Net:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.lr = lr
        self.W1 = np.random.randn(n_hidden, n_in) * 0.1
        self.b1 = np.zeros((n_hidden, 1))
        self.W2 = np.random.randn(n_out, n_hidden) * 0.1
        self.b2 = np.zeros((n_out, 1))
    def forward(self, X):
        self.Z1 = self.W1 @ X + self.b1
        self.A1 = np.tanh(self.Z1)
        self.Z2 = self.W2 @ self.A1 + self.b2
        self.A2 = 1 / (1 + np.exp(-self.Z2))
        return self.A2
    def fit(self, X, Y, epochs=1000):
        m = X.shape[1]
        for i in range(epochs):
            A2 = self.forward(X)
            dZ2 = A2 - Y
            dW2 = dZ2 @ self.A1.T / m
            db2 = dZ2.sum(axis=1, keepdims=True) / m
            dZ1 = (self.W2.T @ dZ2) * (1 - self.A1**2)
            dW1 = dZ1 @ X.T / m
            db1 = dZ1.sum(axis=1, keepdims=True) / m
            self.W2 -= self.lr * dW2
            self.b2 -= self.lr * db2
            self.W1 -= self.lr * dW1
            self.b1 -= self.lr * db1
        return self
