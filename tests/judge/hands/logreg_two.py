import numpy as np

def sigma(t):
    return 1.0 / (1.0 + np.exp(-t))

def cost_and_gradient(W, b, X, Y):
    """X is (features, samples), Y is (labels, samples)"""
    m = X.shape[1]
    scores = W @ X + b
    P = sigma(scores)
    J = -(Y * np.log(P) + (1 - Y) * np.log(1 - P)).sum() / m
    err = P - Y
    gW = err @ X.T / m
    gb = err.sum(axis=1, keepdims=True) / m
    return J, gW, gb
