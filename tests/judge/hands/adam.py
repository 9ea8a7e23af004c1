import numpy as np

def init(nx, nh, ny):
    p = {}
    p['W1'] = np.random.randn(nh, nx) / np.sqrt(nx)
    p['b1'] = np.zeros((nh, 1))
    p['W2'] = np.random.randn(ny, nh) / np.sqrt(nh)
    p['b2'] = np.zeros((ny, 1))
    return p

def fwd(p, X):
    c = {}
    c['X'] = X
    c['A1'] = np.tanh(p['W1'] @ X + p['b1'])
    c['A2'] = 1 / (1 + np.exp(-(p['W2'] @ c['A1'] + p['b2'])))
    return c

def bwd(p, c, Y):
    m = Y.shape[1]
    g = {}
    d2 = c['A2'] - Y
    g['W2'] = d2 @ c['A1'].T / m
    g['b2'] = d2.mean(axis=1, keepdims=True)
    d1 = (p['W2'].T @ d2) * (1 - c['A1']**2)
    g['W1'] = d1 @ c['X'].T / m
    g['b1'] = d1.mean(axis=1, keepdims=True)
    return g

def adam(p, g, v, s, t, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    for k in p:
        v[k] = beta1 * v[k] + (1 - beta1) * g[k]
        s[k] = beta2 * s[k] + (1 - beta2) * g[k]**2
        vc = v[k] / (1 - beta1**t)
        sc = s[k] / (1 - beta2**t)
        p[k] = p[k] - lr * vc / (np.sqrt(sc) + eps)
    return p, v, s

def train(X, Y, nh=5, epochs=200):
    p = init(X.shape[0], nh, Y.shape[0])
    v = {k: np.zeros_like(p[k]) for k in p}
    s = {k: np.zeros_like(p[k]) for k in p}
    for t in range(1, epochs + 1):
        c = fwd(p, X)
        g = bwd(p, c, Y)
        p, v, s = adam(p, g, v, s, t)
    return p
