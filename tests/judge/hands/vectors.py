import numpy as np

def one(W1, b1, W2, b2, x, t):
    # x is a vector of features, t a vector of targets
    h = np.tanh(x @ W1 + b1)
    p = h @ W2 + b2
    d = 2 * (p - t)
    gW2 = np.outer(h, d)
    gb2 = d
    e = (W2 @ d) * (1 - h ** 2)
    gW1 = np.outer(x, e)
    gb1 = e
    return gW1, gb1, gW2, gb2

def batch(W1, b1, W2, b2, X, T):
    b1, b2 = np.ravel(b1), np.ravel(b2)
    parts = [one(W1, b1, W2, b2, x, t) for x, t in zip(X, T)]
    dW1 = np.mean([p[0] for p in parts], axis=0)
    db1 = np.mean([p[1] for p in parts], axis=0)
    dW2 = np.mean([p[2] for p in parts], axis=0)
    db2 = np.mean([p[3] for p in parts], axis=0)
    return dW1, db1, dW2, db2
