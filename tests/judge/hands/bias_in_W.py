import numpy as np
X = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
t = np.array([[0.], [1.], [1.], [0.]])

def f(z):
    return 1/(1+np.exp(-z))

def fprime(z):
    return f(z) * (1 - f(z))

np.random.seed(5)
V = np.random.uniform(-1, 1, (2, 3))
c = np.random.uniform(-1, 1, (1, 3))
U = np.random.uniform(-1, 1, (3, 1))
d = np.random.uniform(-1, 1, (1, 1))
eta = 0.8
for epoch in range(4000):
    net_h = X @ V + c
    h = f(net_h)
    net_o = h @ U + d
    o = f(net_o)
    dE_do = o - t
    dE_dnet_o = dE_do * fprime(net_o)
    dE_dU = h.T @ dE_dnet_o
    dE_dd = np.sum(dE_dnet_o, axis=0, keepdims=True)
    dE_dh = dE_dnet_o @ U.T
    dE_dnet_h = dE_dh * fprime(net_h)
    dE_dV = X.T @ dE_dnet_h
    dE_dc = np.sum(dE_dnet_h, axis=0, keepdims=True)
    U -= eta * dE_dU
    d -= eta * dE_dd
    V -= eta * dE_dV
    c -= eta * dE_dc
