import numpy as np

np.random.seed(7)
X = np.random.randn(20, 6)
n, d = X.shape
k = 3
We = np.random.randn(d, k) * 0.5
be = np.zeros((1, k))
Wd = np.random.randn(k, d) * 0.5
bd = np.zeros((1, d))

def relu(x):
    return np.maximum(0, x)

for epoch in range(500):
    # forward
    code_in = X @ We + be
    code = relu(code_in)
    recon = code @ Wd + bd
    loss = 0.5 * np.sum((recon - X) ** 2) / n
    # backward
    d_recon = (recon - X) / n
    d_Wd = code.T @ d_recon
    d_bd = d_recon.sum(axis=0, keepdims=True)
    d_code = d_recon @ Wd.T
    d_code_in = d_code * (code_in > 0)
    d_We = X.T @ d_code_in
    d_be = d_code_in.sum(axis=0, keepdims=True)
    # update
    We -= 0.01 * d_We
    be -= 0.01 * d_be
    Wd -= 0.01 * d_Wd
    bd -= 0.01 * d_bd
