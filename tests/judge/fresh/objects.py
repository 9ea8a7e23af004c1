import numpy as np

class NeuralNetwork:
    def __init__(self, n_in, n_hidden, n_out, lr=0.5):
        rng = np.random.default_rng(42)
        self.w1 = rng.normal(0, 1, (n_hidden, n_in))
        self.b1 = np.zeros((n_hidden, 1))
        self.w2 = rng.normal(0, 1, (n_out, n_hidden))
        self.b2 = np.zeros((n_out, 1))
        self.lr = lr
        self.losses = []

    @staticmethod
    def _sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def forward(self, X):
        self.X = X
        self.z1 = self.w1 @ X + self.b1
        self.a1 = np.tanh(self.z1)
        self.z2 = self.w2 @ self.a1 + self.b2
        self.a2 = self._sigmoid(self.z2)
        return self.a2

    def backward(self, Y):
        m = Y.shape[1]
        delta2 = (self.a2 - Y) / m
        self.grad_w2 = delta2 @ self.a1.T
        self.grad_b2 = delta2.sum(axis=1, keepdims=True)
        delta1 = (self.w2.T @ delta2) * (1 - self.a1 ** 2)
        self.grad_w1 = delta1 @ self.X.T
        self.grad_b1 = delta1.sum(axis=1, keepdims=True)

    def step(self):
        for name in ("w1", "b1", "w2", "b2"):
            value = getattr(self, name) - self.lr * getattr(self, "grad_" + name)
            setattr(self, name, value)

    def fit(self, X, Y, epochs=1000):
        for epoch in range(epochs):
            out = self.forward(X)
            loss = -np.mean(Y * np.log(out) + (1 - Y) * np.log(1 - out))
            self.losses.append(loss)
            self.backward(Y)
            self.step()
        return self
