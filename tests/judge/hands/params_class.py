import numpy as np

class RowNet:
    def __init__(self, n_in, n_hidden, n_out, scale=0.1):
        self.params = {}
        self.params['W1'] = scale * np.random.randn(n_in, n_hidden)
        self.params['b1'] = np.zeros(n_hidden)
        self.params['W2'] = scale * np.random.randn(n_hidden, n_out)
        self.params['b2'] = np.zeros(n_out)

    def loss(self, X, y=None, strength=0.001):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N = X.shape[0]
        hid = np.maximum(0, X.dot(W1) + b1)
        logits = hid.dot(W2) + b2
        if y is None:
            return logits
        shifted = logits - logits.max(axis=1, keepdims=True)
        expd = np.exp(shifted)
        p = expd / expd.sum(axis=1, keepdims=True)
        per_row = -np.log(p[range(N), y])
        loss = np.sum(per_row) / N
        loss += 0.5 * strength * (np.sum(W1 * W1) + np.sum(W2 * W2))
        grads = {}
        dlogits = p.copy()
        dlogits[range(N), y] -= 1
        dlogits /= N
        grads['W2'] = hid.T.dot(dlogits) + strength * W2
        grads['b2'] = dlogits.sum(axis=0)
        dhid = dlogits.dot(W2.T)
        dhid[hid <= 0] = 0
        grads['W1'] = X.T.dot(dhid) + strength * W1
        grads['b1'] = dhid.sum(axis=0)
        return loss, grads
