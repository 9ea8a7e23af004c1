import numpy as np
lam = 0.3
def weight_grad(delta, activation, W):
    m = delta.shape[1]
    return (delta.dot(activation.T) + lam * W) / m
def bias_grad(delta):
    return delta.sum(axis=1)[:, np.newaxis] / delta.shape[1]
def backward(X, Y, W1, b1, W2, b2):
    z1 = W1.dot(X) + b1
    a1 = z1 * (z1 > 0)
    z2 = W2.dot(a1) + b2
    a2 = 1/(1+np.exp(-z2))
    delta2 = a2 - Y
    delta1 = np.where(z1 > 0, W2.T.dot(delta2), 0)
    return weight_grad(delta1, X, W1), bias_grad(delta1), weight_grad(delta2, a1, W2), bias_grad(delta2)
