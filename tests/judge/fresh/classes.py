import numpy as np
def fit(X, y, W, b, lr=0.1, beta=0.9, steps=30):
    v_W = np.zeros_like(W); v_b = np.zeros_like(b)
    for _ in range(steps):
        scores = np.einsum("nd,dk->nk", X, W) + b
        e = np.exp(scores - scores.max(1)[:, None])
        p = e / e.sum(1)[:, None]
        n = X.shape[0]
        g = p.copy()
        g[np.arange(n), y] -= 1
        g /= n
        gW = np.einsum("nd,nk->dk", X, g)
        gb = np.einsum("nk->k", g)
        v_W = beta * v_W + (1 - beta) * gW
        v_b = beta * v_b + (1 - beta) * gb
        W = W - lr * v_W
        b = b - lr * v_b
    return W, b
