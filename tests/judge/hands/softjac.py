import numpy as np

def soft(v):
    e = np.exp(v - v.max())
    return e / e.sum()

def gradients(W, b, X, Y):
    n = X.shape[0]
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    for i in range(n):
        x = X[i:i+1]
        y = Y[i:i+1]
        p = soft(x @ W + b)
        dp = -y / p
        jac = np.diag(p[0]) - p.T @ p
        dz = dp @ jac
        dW += x.T @ dz
        db += dz
    return dW / n, db / n
