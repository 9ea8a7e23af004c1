import numpy as np

def logistic(x):
    return 1/(1+np.exp(-x))

class Net:
    def __init__(self, sizes, lam=0.1):
        self.lam = lam
        self.weights = [np.random.randn(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.zeros((1, b)) for b in sizes[1:]]

    def forward(self, X):
        self.activations = [X]
        for W, b in zip(self.weights, self.biases):
            self.activations.append(logistic(self.activations[-1] @ W + b))
        return self.activations[-1]

    def gradients(self, Y):
        n = Y.shape[0]
        delta = self.activations[-1] - Y
        gw, gb = [], []
        for i in reversed(range(len(self.weights))):
            gw.insert(0, (self.activations[i].T @ delta + self.lam * self.weights[i]) / n)
            gb.insert(0, delta.sum(axis=0, keepdims=True) / n)
            if i > 0:
                a = self.activations[i]
                delta = (delta @ self.weights[i].T) * a * (1 - a)
        return gw, gb

    def step(self, X, Y, lr):
        self.forward(X)
        gw, gb = self.gradients(Y)
        for i in range(len(self.weights)):
            self.weights[i] -= lr * gw[i]
            self.biases[i] -= lr * gb[i]
