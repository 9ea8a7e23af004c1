import numpy as np

def sigm(z):
    return 1 / (1 + np.exp(-z))

class Autoencoder:
    def __init__(self, n_visible, n_hidden):
        self.W1 = np.random.randn(n_hidden, n_visible) * 0.1
        self.b1 = np.zeros((n_hidden, 1))
        self.W2 = np.random.randn(n_visible, n_hidden) * 0.1
        self.b2 = np.zeros((n_visible, 1))

    def encode(self, X):
        return sigm(self.W1 @ X + self.b1)

    def decode(self, H):
        return sigm(self.W2 @ H + self.b2)

    def train(self, X, lr=0.1, epochs=50):
        m = X.shape[1]
        for e in range(epochs):
            H = self.encode(X)
            R = self.decode(H)
            loss = np.sum((R - X) ** 2) / m
            dR = 2 * (R - X) / m
            dZ2 = dR * R * (1 - R)
            dW2 = dZ2 @ H.T
            db2 = dZ2.sum(axis=1, keepdims=True)
            dH = self.W2.T @ dZ2
            dZ1 = dH * H * (1 - H)
            dW1 = dZ1 @ X.T
            db1 = dZ1.sum(axis=1, keepdims=True)
            self.W1 -= lr * dW1
            self.b1 -= lr * db1
            self.W2 -= lr * dW2
            self.b2 -= lr * db2
