import numpy as np
def backprop(net, X, Y):
    """net is a list of dicts with W, b, z, a"""
    m = X.shape[1]
    l = len(net) - 1
    delta = net[l]["a"] - Y
    while l >= 0:
        prev = X if l == 0 else net[l - 1]["a"]
        net[l]["dW"] = np.matmul(delta, np.transpose(prev)) / m
        net[l]["db"] = np.mean(delta, axis=1, keepdims=True)
        if l > 0:
            delta = np.matmul(np.transpose(net[l]["W"]), delta)
            delta[net[l - 1]["z"] <= 0] = 0
        l -= 1
    return net

def forward(net, X):
    a = X
    for i, layer in enumerate(net):
        layer["z"] = layer["W"] @ a + layer["b"]
        if i == len(net) - 1:
            layer["a"] = 1 / (1 + np.exp(-layer["z"]))
        else:
            layer["a"] = np.maximum(layer["z"], 0)
        a = layer["a"]
    return a

def make_net(sizes):
    return [{"W": np.random.randn(o, i) * np.sqrt(2 / i), "b": np.zeros((o, 1))} for i, o in zip(sizes[:-1], sizes[1:])]

rng = np.random.default_rng(0)
X = rng.normal(size=(3, 50))
Y = (X.sum(axis=0, keepdims=True) > 0) * 1.0
net = make_net([3, 5, 4, 1])
for step in range(200):
    forward(net, X)
    backprop(net, X, Y)
    for layer in net:
        layer["W"] -= 0.5 * layer["dW"]
        layer["b"] -= 0.5 * layer["db"]
