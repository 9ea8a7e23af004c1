import numpy as np
rng = np.random.RandomState(0)
leak = 0.01

def act(v):
    return np.where(v > 0, v, leak * v)

def act_grad(v):
    g = np.ones_like(v)
    g[v < 0] = leak
    return g

def loss_and_grads(params, X, t):
    W1, b1, W2, b2 = params
    # forward
    u = X @ W1 + b1
    h = act(u)
    y = h @ W2 + b2
    n = len(X)
    loss = ((y - t) ** 2).sum() / n
    # backward
    g_y = 2 / n * (y - t)
    g_W2 = h.T @ g_y
    g_b2 = g_y.sum(0)
    g_h = g_y @ W2.T
    g_u = g_h * act_grad(u)
    g_W1 = X.T @ g_u
    g_b1 = g_u.sum(0)
    return loss, (g_W1, g_b1, g_W2, g_b2)

X = rng.randn(50, 3)
t = np.sin(X[:, :1]) + X[:, 1:2] ** 2
params = [rng.randn(3, 8) * .3, np.zeros(8), rng.randn(8, 1) * .3, np.zeros(1)]
for it in range(200):
    loss, grads = loss_and_grads(params, X, t)
    for p, g in zip(params, grads):
        p -= 0.05 * g
    if it % 50 == 0:
        print(f"{it:4d} {loss:.4f}")
