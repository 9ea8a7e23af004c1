import numpy as np

class NeuralNet:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1, beta=0.9):
        self.W1 = np.random.randn(n_hidden, n_in) * np.sqrt(2.0 / n_in)
        self.b1 = np.zeros((n_hidden, 1))
        self.W2 = np.random.randn(n_out, n_hidden) * np.sqrt(1.0 / n_hidden)
        self.b2 = np.zeros((n_out, 1))
        self.lr = lr
        self.beta = beta
        self.vW1 = np.zeros_like(self.W1)
        self.vb1 = np.zeros_like(self.b1)
        self.vW2 = np.zeros_like(self.W2)
        self.vb2 = np.zeros_like(self.b2)

    def forward(self, X):
        self.X = X
        self.z1 = self.W1 @ X + self.b1
        self.a1 = np.maximum(self.z1, 0)
        self.z2 = self.W2 @ self.a1 + self.b2
        self.a2 = 1 / (1 + np.exp(-self.z2))
        return self.a2

    def loss(self, Y):
        m = Y.shape[1]
        return -np.sum(Y * np.log(self.a2) + (1 - Y) * np.log(1 - self.a2)) / m

    def backward(self, Y):
        m = Y.shape[1]
        dz2 = self.a2 - Y
        self.dW2 = dz2 @ self.a1.T / m
        self.db2 = dz2.sum(axis=1, keepdims=True) / m
        da1 = self.W2.T @ dz2
        dz1 = da1 * (self.z1 > 0)
        self.dW1 = dz1 @ self.X.T / m
        self.db1 = dz1.sum(axis=1, keepdims=True) / m

    def update(self):
        self.vW1 = self.beta * self.vW1 + (1 - self.beta) * self.dW1
        self.vb1 = self.beta * self.vb1 + (1 - self.beta) * self.db1
        self.vW2 = self.beta * self.vW2 + (1 - self.beta) * self.dW2
        self.vb2 = self.beta * self.vb2 + (1 - self.beta) * self.db2
        self.W1 -= self.lr * self.vW1
        self.b1 -= self.lr * self.vb1
        self.W2 -= self.lr * self.vW2
        self.b2 -= self.lr * self.vb2

    def train(self, X, Y, epochs=100):
        for i in range(epochs):
            self.forward(X)
            self.backward(Y)
            self.update()
