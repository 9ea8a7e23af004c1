import numpy as np

class RNN:
    def __init__(self, n_in, n_h, n_out):
        self.Wx = np.random.randn(n_h, n_in) * 0.1
        self.Wh = np.random.randn(n_h, n_h) * 0.1
        self.b = np.zeros((n_h, 1))
        self.Wy = np.random.randn(n_out, n_h) * 0.1
        self.c = np.zeros((n_out, 1))
        self.n_h = n_h

    def forward(self, xs):
        h = np.zeros((self.n_h, xs[0].shape[1]))
        self.xs = xs
        self.hs = [h]
        for x in xs:
            h = np.tanh(self.Wx @ x + self.Wh @ h + self.b)
            self.hs.append(h)
        self.p = 1 / (1 + np.exp(-(self.Wy @ h + self.c)))
        return self.p

    def backward(self, y):
        m = y.shape[1]
        do = (self.p - y) / m
        self.dWy = do @ self.hs[-1].T
        self.dc = do.sum(1, keepdims=True)
        self.dWx = np.zeros(self.Wx.shape)
        self.dWh = np.zeros(self.Wh.shape)
        self.db = np.zeros(self.b.shape)
        dh = self.Wy.T @ do
        for t in range(len(self.xs) - 1, -1, -1):
            dz = dh * (1 - self.hs[t+1] ** 2)
            self.dWx += dz @ self.xs[t].T
            self.dWh += dz @ self.hs[t].T
            self.db += dz.sum(1, keepdims=True)
            dh = self.Wh.T @ dz
