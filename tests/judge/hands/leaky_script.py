import numpy as np
alpha = 0.01

def leaky(z):
    return np.where(z > 0, z, alpha * z)

def dleaky(z):
    return np.where(z > 0, 1, alpha)

def train(X, Y, n_hidden=4, iterations=100, eta=0.1):
    m = X.shape[1]
    W1 = np.random.randn(n_hidden, X.shape[0])
    b1 = np.zeros((n_hidden, 1))
    W2 = np.random.randn(Y.shape[0], n_hidden)
    b2 = np.zeros((Y.shape[0], 1))
    for it in range(iterations):
        Z1 = W1 @ X + b1
        A1 = leaky(Z1)
        Z2 = W2 @ A1 + b2
        A2 = 1 / (1 + np.exp(-Z2))
        cost = -(1/m) * np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
        dZ2 = A2 - Y
        W2_grad = (1/m) * dZ2 @ A1.T
        b2_grad = (1/m) * np.sum(dZ2, axis=1, keepdims=True)
        dZ1 = (W2.T @ dZ2) * dleaky(Z1)
        W1_grad = (1/m) * dZ1 @ X.T
        b1_grad = (1/m) * np.sum(dZ1, axis=1, keepdims=True)
        W1 -= eta * W1_grad
        b1 -= eta * b1_grad
        W2 -= eta * W2_grad
        b2 -= eta * b2_grad
    return W1, b1, W2, b2
