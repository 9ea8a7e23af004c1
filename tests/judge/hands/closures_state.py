import numpy as np

def make_network(n_in, n_hid, n_out):
    W1 = np.random.randn(n_hid, n_in)
    b1 = np.zeros((n_hid, 1))
    W2 = np.random.randn(n_out, n_hid)
    b2 = np.zeros((n_out, 1))

    def train_step(X, Y, lr):
        nonlocal W1, b1, W2, b2
        m = X.shape[1]
        a1 = np.tanh(W1 @ X + b1)
        a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
        d2 = a2 - Y
        d1 = (W2.T @ d2) * (1 - a1 ** 2)
        W2 = W2 - lr * (d2 @ a1.T) / m
        b2 = b2 - lr * d2.sum(axis=1, keepdims=True) / m
        W1 = W1 - lr * (d1 @ X.T) / m
        b1 = b1 - lr * d1.sum(axis=1, keepdims=True) / m
        return -np.mean(np.sum(Y * np.log(a2) + (1 - Y) * np.log(1 - a2), axis=0))

    return train_step

step = make_network(3, 5, K_OUT)
X = np.random.randn(3, 20)
Y = (np.random.rand(K_OUT, 20) > 0.5) * 1.0
for i in range(100):
    cost = step(X, Y, 0.5)
