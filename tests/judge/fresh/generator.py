import numpy as np
class MLP:
    def __init__(self, hidden=4, lr=0.1, epochs=5, batch=8, seed=0):
        self.hidden, self.lr, self.epochs, self.batch, self.seed = hidden, lr, epochs, batch, seed
    @staticmethod
    def _sig(z):
        return 1 / (1 + np.exp(-z))
    def _init(self, d):
        rs = np.random.RandomState(self.seed)
        self.w1_ = rs.normal(0, .5, (d, self.hidden))
        self.b1_ = np.zeros(self.hidden)
        self.w2_ = rs.normal(0, .5, (self.hidden, 1))
        self.b2_ = np.zeros(1)
    def _batches(self, X, y):
        idx = np.arange(len(X))
        for s in range(0, len(X), self.batch):
            part = idx[s:s + self.batch]
            yield X[part], y[part]
    def fit(self, X, y):
        y = y.reshape(-1, 1)
        self._init(X.shape[1])
        for _ in range(self.epochs):
            for xb, yb in self._batches(X, y):
                h = self._sig(xb @ self.w1_ + self.b1_)
                p = self._sig(h @ self.w2_ + self.b2_)
                d2 = (p - yb) / len(xb)
                d1 = d2 @ self.w2_.T * h * (1 - h)
                self.w2_ -= self.lr * h.T @ d2
                self.b2_ -= self.lr * d2.sum(axis=0)
                self.w1_ -= self.lr * xb.T @ d1
                self.b1_ -= self.lr * d1.sum(axis=0)
        return self
    def predict(self, X):
        return (self._sig(self._sig(X @ self.w1_ + self.b1_) @ self.w2_ + self.b2_) > .5).astype(int).ravel()
