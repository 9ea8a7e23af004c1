import numpy as np

def relu(z):
    return np.where(z > 0, z, 0)

def relu_prime(z):
    return np.where(z > 0, 1, 0)

def predict(params, x):
    w1, b1, w2, b2 = params
    z1 = w1 @ x + b1
    a1 = relu(z1)
    return w2 @ a1 + b2, (z1, a1)

def loss(params, x, y):
    yhat, _ = predict(params, x)
    return ((yhat - y) ** 2).sum() / x.shape[1]

def backprop(params, x, y):
    w1, b1, w2, b2 = params
    yhat, (z1, a1) = predict(params, x)
    n = x.shape[1]
    dyhat = 2 * (yhat - y) / n
    dw2 = dyhat @ a1.T
    db2 = dyhat.sum(axis=1, keepdims=True)
    da1 = w2.T @ dyhat
    dz1 = da1 * relu_prime(z1)
    dw1 = dz1 @ x.T
    db1 = dz1.sum(axis=1, keepdims=True)
    return dw1, db1, dw2, db2

def sgd(params, grads, lr):
    return [p - lr * g for p, g in zip(params, grads)]
