import numpy as np
def rnn_backward(params, xs, hs, a, y):
    Wx, Wh, bh, Wy, by = [params[k] for k in ("Wx", "Wh", "bh", "Wy", "by")]
    m = y.shape[1]
    dWx, dWh, dbh = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(bh)
    dy = (a - y) / m
    dWy = np.dot(dy, hs[-1].T)
    dby = np.sum(dy, axis=1, keepdims=True)
    dhnext = np.dot(Wy.T, dy)
    for t in reversed(range(len(xs))):
        dhraw = (1 - hs[t+1] * hs[t+1]) * dhnext # backprop through tanh nonlinearity
        dbh += np.sum(dhraw, axis=1, keepdims=True)
        dWx += np.dot(dhraw, xs[t].T)
        dWh += np.dot(dhraw, hs[t].T)
        dhnext = np.dot(Wh.T, dhraw)
    return dWx, dWh, dbh, dWy, dby
