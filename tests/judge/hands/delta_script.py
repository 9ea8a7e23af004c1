import numpy as np

def squash(x, slope=False):
    if slope:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1], [0.5, 0.2, 1]])
y = np.array([[0], [1], [1], [0], [1]])
np.random.seed(1)
W_hid = 2 * np.random.random((3, 4)) - 1
b_hid = 2 * np.random.random((1, 4)) - 1
W_out = 2 * np.random.random((4, 1)) - 1
b_out = 2 * np.random.random((1, 1)) - 1

for j in range(60000):
    hid = squash(np.dot(X, W_hid) + b_hid)
    out = squash(np.dot(hid, W_out) + b_out)
    miss = y - out
    if (j % 10000) == 0:
        print("Error:" + str(np.mean(np.abs(miss))))
    delta_out = miss * squash(out, slope=True)
    back = delta_out.dot(W_out.T)
    delta_hid = back * squash(hid, slope=True)
    W_out += hid.T.dot(delta_out)
    W_hid += X.T.dot(delta_hid)
    b_out += delta_out.sum(axis=0)
    b_hid += delta_hid.sum(axis=0)
