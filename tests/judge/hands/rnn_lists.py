import numpy as np

def rnn_forward(params, xs, h0):
    Wx, Wh, b, Wy, c = params
    hs = {-1: h0}
    outs = {}
    for t in range(len(xs)):
        hs[t] = np.tanh(Wx @ xs[t] + Wh @ hs[t-1] + b)
        outs[t] = Wy @ hs[t] + c
    return hs, outs

def rnn_backward(params, xs, ys, h0):
    Wx, Wh, b, Wy, c = params
    hs, outs = rnn_forward(params, xs, h0)
    m = xs[0].shape[1]
    dWx, dWh, dWy = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wy)
    db, dc = np.zeros_like(b), np.zeros_like(c)
    dh_next = np.zeros_like(h0)
    for t in reversed(range(len(xs))):
        do = (outs[t] - ys[t]) / m
        dWy += do @ hs[t].T
        dc += do.sum(axis=1, keepdims=True)
        dh = Wy.T @ do + dh_next
        dz = (1 - hs[t] ** 2) * dh
        db += dz.sum(axis=1, keepdims=True)
        dWx += dz @ xs[t].T
        dWh += dz @ hs[t-1].T
        dh_next = Wh.T @ dz
    return dWx, dWh, db, dWy, dc

def loss(params, xs, ys, h0):
    hs, outs = rnn_forward(params, xs, h0)
    m = xs[0].shape[1]
    total = 0
    for t in range(len(xs)):
        total += np.sum((outs[t] - ys[t]) ** 2) / (2 * m)
    return total
