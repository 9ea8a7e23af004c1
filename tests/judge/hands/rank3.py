import numpy as np

def grads(W1, b1, W2, b2, X, T):
    n = len(X)
    g1 = np.zeros_like(W1); h1 = np.zeros_like(b1)
    g2 = np.zeros_like(W2); h2 = np.zeros_like(b2)
    for x, t in zip(X[:, None, :], T[:, None, :]):
        h = np.tanh(x @ W1 + b1)
        p = h @ W2 + b2
        d = 2 * (p - t)
        g2 += h.T @ d
        h2 += d
        e = d @ W2.T * (1 - h ** 2)
        g1 += x.T @ e
        h1 += e
    return g1 / n, h1 / n, g2 / n, h2 / n
