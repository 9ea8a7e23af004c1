import numpy as np

class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in) * np.sqrt(2. / n_in)
        self.b = np.zeros((n_out, 1))
    def forward(self, x):
        self.x = x
        return self.W @ x + self.b
    def backward(self, grad):
        m = grad.shape[1]
        self.dW = grad @ self.x.T / m
        self.db = np.mean(grad, axis=1, keepdims=True)
        return self.W.T @ grad
    def update(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db

class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask
    def backward(self, grad):
        return grad * self.mask
    def update(self, lr):
        pass

class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out
    def backward(self, grad):
        return grad * self.out * (1 - self.out)
    def update(self, lr):
        pass

class BinaryCrossEntropy:
    def forward(self, p, y):
        self.p, self.y = p, y
        return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / y.shape[1]
    def backward(self):
        return (self.p - self.y) / (self.p * (1 - self.p))

class Sequential:
    def __init__(self, layers, loss):
        self.layers = layers
        self.loss = loss
    def fit(self, X, Y, epochs=10, lr=0.1):
        for _ in range(epochs):
            out = X
            for layer in self.layers:
                out = layer.forward(out)
            cost = self.loss.forward(out, Y)
            grad = self.loss.backward()
            for layer in reversed(self.layers):
                grad = layer.backward(grad)
            for layer in self.layers:
                layer.update(lr)
        return cost

net = Sequential([Dense(4, 6), ReLU(), Dense(6, 5), ReLU(), Dense(5, K_OUT), Sigmoid()], BinaryCrossEntropy())
X = np.random.randn(4, 12)
Y = (np.random.rand(K_OUT, 12) > 0.5).astype(float)
net.fit(X, Y)
