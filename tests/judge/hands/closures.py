import numpy as np

def linear(W, b, x):
    out = W @ x + b
    def back(dout):
        return dout @ x.T, dout.sum(axis=1, keepdims=True), W.T @ dout
    return out, back

def relu(x):
    def back(dout):
        return dout * (x > 0)
    return np.maximum(x, 0), back

def sigmoid_bce(z, y):
    p = 1 / (1 + np.exp(-z))
    m = y.shape[1]
    cost = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() / m
    def back():
        return (p - y) / m
    return cost, back

def grads(W1, b1, W2, b2, X, Y):
    z1, back1 = linear(W1, b1, X)
    a1, backr = relu(z1)
    z2, back2 = linear(W2, b2, a1)
    cost, backl = sigmoid_bce(z2, Y)
    dz2 = backl()
    dW2, db2, da1 = back2(dz2)
    dz1 = backr(da1)
    dW1, db1, _ = back1(dz1)
    return dW1, db1, dW2, db2
