import numpy as np
class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in) * 0.5
        self.b = np.zeros((n_out, 1))
    def forward(self, x):
        self.x = x
        return self.W @ x + self.b
    def backward(self, dz, lr):
        dx = self.W.T @ dz
        dW = dz @ self.x.T
        db = dz
        self.W -= lr * dW
        self.b -= lr * db
        return dx
class Tanh:
    def forward(self, z):
        self.a = np.tanh(z)
        return self.a
    def backward(self, da, lr):
        return da * (1 - self.a ** 2)
class Sigmoid:
    def forward(self, z):
        self.a = 1 / (1 + np.exp(-z))
        return self.a
    def backward(self, da, lr):
        return da * self.a * (1 - self.a)
X = np.random.randn(2, 40)
Y = (X[0] * X[1] > 0).astype(float).reshape(1, 40)
layers = [Dense(2, 4), Tanh(), Dense(4, 1), Sigmoid()]
for epoch in range(20):
    for i in range(X.shape[1]):
        out = X[:, i:i+1]
        for layer in layers:
            out = layer.forward(out)
        y = Y[:, i:i+1]
        grad = (out - y) / (out * (1 - out))
        for layer in reversed(layers):
            grad = layer.backward(grad, 0.1)
