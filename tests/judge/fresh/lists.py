import numpy as np
from math import exp

class Net:
    def __init__(self, sizes):
        self.sizes = sizes
        self.W = [np.random.randn(o, i) for i, o in zip(sizes, sizes[1:])]
        self.B = [np.random.randn(o) for o in sizes[1:]]

    def sigma(self, z):
        return 1 / (1 + np.exp(-z))

    def gradient(self, x, y):
        a, A = x, [x]
        for W, b in zip(self.W, self.B):
            a = self.sigma(W @ a + b)
            A.append(a)
        dW, dB = [], []
        delta = (a - y) * a * (1 - a)
        for k in reversed(range(len(self.W))):
            dW.insert(0, np.outer(delta, A[k]))
            dB.insert(0, delta)
            delta = (self.W[k].T @ delta) * A[k] * (1 - A[k])
        return dW, dB

    def train(self, data, eta=0.5, epochs=10):
        for epoch in range(epochs):
            sumW = [np.zeros_like(W) for W in self.W]
            sumB = [np.zeros_like(b) for b in self.B]
            for x, y in data:
                dW, dB = self.gradient(x, y)
                for k in range(len(sumW)):
                    sumW[k] += dW[k]
                    sumB[k] += dB[k]
            n = len(data)
            for k in range(len(sumW)):
                self.W[k] -= eta * sumW[k] / n
                self.B[k] -= eta * sumB[k] / n
