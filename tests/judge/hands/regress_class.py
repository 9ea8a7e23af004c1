import numpy as np

class Regressor:
    def __init__(self, d_in, d_hidden, d_out, seed=0):
        rng = np.random.RandomState(seed)
        self.V = rng.randn(d_in, d_hidden) * 0.3
        self.c = np.zeros((1, d_hidden))
        self.U = rng.randn(d_hidden, d_out) * 0.3
        self.d = np.zeros((1, d_out))

    def forward(self, X):
        self.x = X
        self.h = np.tanh(X @ self.V + self.c)
        self.out = self.h @ self.U + self.d
        return self.out

    def backward(self, t):
        N = t.shape[0]
        e = 2.0 / N * (self.out - t)
        grad_U = self.h.T @ e
        grad_d = np.sum(e, axis=0, keepdims=True)
        back = e @ self.U.T
        back = back * (1 - self.h * self.h)
        grad_V = self.x.T @ back
        grad_c = np.sum(back, axis=0, keepdims=True)
        return grad_V, grad_c, grad_U, grad_d

    def fit(self, X, t, lr=0.05, steps=500):
        for s in range(steps):
            self.forward(X)
            gV, gc, gU, gd = self.backward(t)
            self.V -= lr * gV
            self.c -= lr * gc
            self.U -= lr * gU
            self.d -= lr * gd
