import numpy as np

def init(sizes):
    return [(np.random.randn(o, i) * 0.1, np.zeros((o, 1))) for i, o in zip(sizes, sizes[1:])]

def forward(layers, X):
    acts = [X]
    for k, (W, b) in enumerate(layers):
        Z = W @ acts[-1] + b
        acts.append(np.maximum(Z, 0) if k < len(layers) - 1 else 1 / (1 + np.exp(-Z)))
    return acts

def backward(layers, acts, Y):
    m = Y.shape[1]
    grads = []
    D = acts[-1] - Y
    for k in range(len(layers) - 1, -1, -1):
        W, b = layers[k]
        grads.append((D @ acts[k].T / m, D.sum(1, keepdims=True) / m))
        if k:
            D = W.T @ D * (acts[k] > 0)
    return grads[::-1]

def update(layers, grads, lr):
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(layers, grads)]
