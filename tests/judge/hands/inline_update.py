import numpy as np

rng = np.random.RandomState(0)
m = 30
X = rng.randn(3, m)
Y = (rng.rand(K_OUT, m) > 0.5).astype(float)
W1, b1 = rng.randn(5, 3), np.zeros((5, 1))
W2, b2 = rng.randn(K_OUT, 5), np.zeros((K_OUT, 1))
for i in range(1000):
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    W2_old = W2.copy()
    W2 -= 0.1 / m * (A2 - Y) @ A1.T
    b2 -= 0.1 / m * (A2 - Y).sum(axis=1, keepdims=True)
    W1 -= 0.1 / m * (W2_old.T @ (A2 - Y) * (1 - A1 ** 2)) @ X.T
    b1 -= 0.1 / m * (W2_old.T @ (A2 - Y) * (1 - A1 ** 2)).sum(axis=1, keepdims=True)
