from collections import namedtuple
import numpy as np

Params = namedtuple("Params", "W1 b1 W2 b2")
Grads = namedtuple("Grads", ["W1", "b1", "W2", "b2"])

def forward(p, X):
    A1 = np.tanh(p.W1 @ X + p.b1)
    A2 = 1 / (1 + np.exp(-(p.W2 @ A1 + p.b2)))
    return A1, A2

def backward(p, X, Y):
    A1, A2 = forward(p, X)
    m = X.shape[1]
    D2 = (A2 - Y) / m
    D1 = p.W2.T @ D2 * (1 - A1 * A1)
    return Grads(W1=D1 @ X.T, b1=D1.sum(axis=1, keepdims=True), W2=D2 @ A1.T, b2=D2.sum(axis=1, keepdims=True))

def train(p, X, Y, lr, steps):
    for _ in range(steps):
        g = backward(p, X, Y)
        p = Params(p.W1 - lr * g.W1, p.b1 - lr * g.b1, p.W2 - lr * g.W2, p.b2 - lr * g.b2)
    return p
