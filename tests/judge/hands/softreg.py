import numpy as np

def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)

def train(X, Y, lr=0.5, epochs=300):
    n, d = X.shape
    k = Y.shape[1]
    W = np.random.normal(0, 0.01, size=(d, k))
    b = np.zeros((1, k))
    for _ in range(epochs):
        P = softmax(X @ W + b)
        loss = -np.mean(np.sum(Y * np.log(P + 1e-15), axis=1))
        G = P - Y
        dW = X.T @ G / n
        db = np.sum(G, axis=0, keepdims=True) / n
        W -= lr * dW
        b -= lr * db
    return W, b
