import numpy as np

rng = np.random.default_rng(3)
X = rng.normal(size=(50, 3))
true_W = rng.normal(size=(3, 1))
y = X @ true_W + 0.5 + 0.1 * rng.normal(size=(50, 1))

W = rng.normal(size=(3, 1)) * 0.1
b = np.zeros((1, 1))
lr = 0.1
N = len(X)
for epoch in range(200):
    y_hat = X @ W + b
    diff = y_hat - y
    mse = (diff ** 2).sum() / (2 * N)
    dW = X.T @ diff / N
    db = diff.sum(axis=0, keepdims=True) / N
    W = W - lr * dW
    b = b - lr * db
    if epoch % 50 == 0:
        print(epoch, mse)
