import numpy as np

class MLP:
    def __init__(self, layers, alpha=0.1):
        self.W = {}
        self.b = {}
        self.L = len(layers) - 1
        self.alpha = alpha
        for i in range(1, self.L + 1):
            self.W[i] = np.random.randn(layers[i], layers[i-1]) * np.sqrt(2 / layers[i-1])
            self.b[i] = np.zeros((layers[i], 1))

    def softmax(self, z):
        e = np.exp(z - np.max(z, axis=0, keepdims=True))
        return e / np.sum(e, axis=0, keepdims=True)

    def forward(self, X):
        self.A = {0: X}
        self.Z = {}
        for i in range(1, self.L + 1):
            self.Z[i] = self.W[i] @ self.A[i-1] + self.b[i]
            self.A[i] = np.maximum(0, self.Z[i]) if i < self.L else self.softmax(self.Z[i])
        return self.A[self.L]

    def cost(self, Y):
        return -np.sum(Y * np.log(self.A[self.L] + 1e-12)) / Y.shape[1]

    def backward(self, Y):
        m = Y.shape[1]
        dW, db = {}, {}
        dZ = self.A[self.L] - Y
        for i in range(self.L, 0, -1):
            dW[i] = dZ @ self.A[i-1].T / m
            db[i] = np.sum(dZ, axis=1, keepdims=True) / m
            if i > 1:
                dZ = self.W[i].T @ dZ
                dZ[self.Z[i-1] <= 0] = 0
        return dW, db

    def train(self, X, Y, epochs=100):
        for e in range(epochs):
            self.forward(X)
            dW, db = self.backward(Y)
            for i in range(1, self.L + 1):
                self.W[i] -= self.alpha * dW[i]
                self.b[i] -= self.alpha * db[i]
