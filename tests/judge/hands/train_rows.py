import numpy as np

def train_rows(X, y, n_hidden=4, rounds=200, lr=0.01, decay=0.001):
    count = len(X)
    n_in = X.shape[1]
    n_classes = np.max(y) + 1
    np.random.seed(0)
    W1 = np.random.randn(n_in, n_hidden) / np.sqrt(n_in)
    b1 = np.zeros((1, n_hidden))
    W2 = np.random.randn(n_hidden, n_classes) / np.sqrt(n_hidden)
    b2 = np.zeros((1, n_classes))
    weights = {}
    for i in range(rounds):
        z1 = X.dot(W1) + b1
        a1 = np.maximum(z1, 0)
        z2 = a1.dot(W2) + b2
        e = np.exp(z2)
        probs = e / np.sum(e, axis=1, keepdims=True)
        dscores = probs
        dscores[range(count), y] -= 1
        dscores = dscores / count
        dW2 = (a1.T).dot(dscores)
        db2 = np.sum(dscores, axis=0, keepdims=True)
        dhidden = dscores.dot(W2.T) * (z1 > 0)
        dW1 = np.dot(X.T, dhidden)
        db1 = np.sum(dhidden, axis=0)
        dW2 += decay * W2
        dW1 += decay * W1
        W1 += -lr * dW1
        b1 += -lr * db1
        W2 += -lr * dW2
        b2 += -lr * db2
        weights = {'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2}
    return weights
