import numpy as np
import random

class Columns:
    def __init__(self, sizes):
        self.depth = len(sizes)
        self.sizes = sizes
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def output(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def descend(self, pairs, rate):
        grad_b = [np.zeros(b.shape) for b in self.biases]
        grad_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in pairs:
            gb, gw = self.gradients(x, y)
            grad_b = [nb + dnb for nb, dnb in zip(grad_b, gb)]
            grad_w = [nw + dnw for nw, dnw in zip(grad_w, gw)]
        self.weights = [w - (rate / len(pairs)) * nw for w, nw in zip(self.weights, grad_w)]
        self.biases = [b - (rate / len(pairs)) * nb for b, nb in zip(self.biases, grad_b)]

    def gradients(self, x, y):
        grad_b = [np.zeros(b.shape) for b in self.biases]
        grad_w = [np.zeros(w.shape) for w in self.weights]
        a = x
        outs = [x]
        inputs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, a) + b
            inputs.append(z)
            a = sigmoid(z)
            outs.append(a)
        delta = self.cost_slope(outs[-1], y) * sigmoid_slope(inputs[-1])
        grad_b[-1] = delta
        grad_w[-1] = np.dot(delta, outs[-2].T)
        for l in range(2, self.depth):
            z = inputs[-l]
            slope = sigmoid_slope(z)
            delta = np.dot(self.weights[-l+1].T, delta) * slope
            grad_b[-l] = delta
            grad_w[-l] = np.dot(delta, outs[-l-1].T)
        return (grad_b, grad_w)

    def cost_slope(self, a, y):
        return (a - y)

def sigmoid(z):
    return 1.0/(1.0+np.exp(-z))

def sigmoid_slope(z):
    return sigmoid(z)*(1-sigmoid(z))
