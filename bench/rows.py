"""The rows of the benchmark: networks as equations, and the same forward pass for the peers.

A row is a model in dfoo's notation, a forward pass in the words that PyTorch and JAX share (`F`, see peers.py),
random data and a start. Examples are columns in the equations and rows for the peers, as each is used to.
"""

import numpy


class Row:
    def __init__(self, name, what, equations, forward, shapes, data, optimizer="sgd", rate=0.01, steps=3):
        self.name, self.what, self.equations, self.forward = name, what, equations, forward
        self.shapes, self.data, self.optimizer, self.rate, self.steps = shapes, data, optimizer, rate, steps
        self.chain = None  # of a plain chain of layers: widths, hidden function, cost

    def start(self):
        r = numpy.random.default_rng(1)
        deviation = lambda shape: 1 / numpy.sqrt(shape[1]) if shape[1] > 1 else 0.1
        return {n: (deviation(s) * r.normal(size=s)).astype(numpy.float32) for n, s in self.shapes.items()}


def normal(*shape):
    return numpy.random.default_rng(2).normal(size=shape).astype(numpy.float32)


def one_hot(k, m):
    y = numpy.zeros((k, m), numpy.float32)
    y[numpy.random.default_rng(3).integers(0, k, m), numpy.arange(m)] = 1
    return y


def coins(m):
    return numpy.random.default_rng(3).integers(0, 2, (1, m)).astype(numpy.float32)


# ------------------------------------------------------------------ costs: equations, and the same for the peers

COSTS = {
    "sigmoid": ("A = sigmoid({z})\nJ = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\n",
                lambda F, z, y: F.mean(F.softplus(z) - y * z) * z.shape[1]),
    "softmax": ("A = softmax({z})\nJ = -1/m * sum(Y * log(A))\n",
                lambda F, z, y: -F.sum(y * F.log_softmax(z)) / z.shape[0]),
    "mse": ("J = 1/m * sum(({z} - Y)**2)\n", lambda F, z, y: F.sum((z - y) ** 2) / z.shape[0]),
}


def layers(widths, hidden, cost, m, name, what, own="", **how):
    """A chain of layers; `hidden` is a function of the notation, and a word of F."""
    n, shapes, text = len(widths) - 1, {}, f"input X : ({widths[0]}, m)\nlabel Y : ({widths[-1]}, m)\n"
    for i in range(1, n + 1):
        shapes[f"W{i}"], shapes[f"b{i}"] = (widths[i], widths[i - 1]), (widths[i], 1)
        text += f"param W{i} : ({widths[i]}, {widths[i - 1]}) ~ xavier\nparam b{i} : ({widths[i]}, 1)\n"
    text += own
    for i in range(1, n + 1):
        text += f"Z{i} = W{i} @ {f'A{i - 1}' if i > 1 else 'X'} + b{i}\n"
        text += f"A{i} = {hidden}(Z{i})\n" if i < n else ""
    text += COSTS[cost][0].format(z=f"Z{n}") + "minimize J\n"

    def forward(F, p, x, y):
        for i in range(1, n + 1):
            x = F.linear(x, p[f"W{i}"], p[f"b{i}"])
            x = getattr(F, hidden)(x) if i < n else x
        return COSTS[cost][1](F, x, y)

    data = lambda: {"X": normal(widths[0], m), "Y": one_hot(widths[-1], m) if cost == "softmax" else
                    coins(m) if cost == "sigmoid" else normal(widths[-1], m)}
    row = Row(name, what, text, forward, shapes, data, **how)
    row.chain = (widths, hidden or "none", cost)
    return row


# ------------------------------------------------------------------ rows that are no chain of layers

NORMED = """input X : (784, m)
label Y : (10, m)
param W1 : (256, 784) ~ xavier
param g : (256, 1) ~ ones
param b1 : (256, 1)
param W2 : (10, 256) ~ xavier
param b2 : (10, 1)
Z = W1 @ X
mu = mean(Z, axis=1)
C = Z - mu
v = mean(C**2, axis=1)
N = C / sqrt(v + 1e-5) * g + b1
A1 = relu(N)
Z2 = W2 @ A1 + b2
""" + COSTS["softmax"][0].format(z="Z2") + "minimize J\n"


def normed(F, p, x, y):
    z = F.linear(x, p["W1"], None)
    c = z - F.mean_down(z)
    n = c / F.sqrt(F.mean_down(c * c) + 1e-5) * p["g"].T + p["b1"].T
    return COSTS["softmax"][1](F, F.linear(F.relu(n), p["W2"], p["b2"]), y)


def residual(n_blocks):
    text = "input X : (256, m)\nlabel Y : (256, m)\n"
    for i in range(1, n_blocks + 1):
        text += f"param W{i} : (256, 256) ~ xavier\nparam b{i} : (256, 1)\nparam g{i} : (256, 1) ~ ones\n"
    for i in range(1, n_blocks + 1):
        x = f"R{i - 1}" if i > 1 else "X"
        text += (f"mu{i} = mean({x}, axis=0)\nC{i} = {x} - mu{i}\nv{i} = mean(C{i}**2, axis=0)\n"
                 f"N{i} = g{i} * C{i} / sqrt(v{i} + 1e-5)\nR{i} = {x} + relu(W{i} @ N{i} + b{i})\n")
    return text + f"J = 1/m * sum((R{n_blocks} - Y)**2)\nminimize J\n"


def residual_forward(n_blocks):
    def forward(F, p, x, y):
        for i in range(1, n_blocks + 1):
            c = x - F.mean_along(x)
            normed = p[f"g{i}"].T * c / F.sqrt(F.mean_along(c * c) + 1e-5)
            x = x + F.relu(F.linear(normed, p[f"W{i}"], p[f"b{i}"]))
        return F.sum((x - y) ** 2) / x.shape[0]
    return forward


ATTENTION = """input X : (m, 64)
label Y : (m, 64)
param Wq : (64, 64) ~ xavier
param Wk : (64, 64) ~ xavier
param Wv : (64, 64) ~ xavier
Q = X @ Wq
K = X @ Wk
V = X @ Wv
S = Q @ K.T / 8
P = softmax(S, axis=1)
O = P @ V
J = 1/m * sum((O - Y)**2)
minimize J
"""


def attention(F, p, x, y):
    q, k, v = (x @ p[n] for n in ("Wq", "Wk", "Wv"))
    return F.sum((F.softmax(q @ k.T / 8) @ v - y) ** 2) / x.shape[0]


def wide(name, what, text, forward, shapes, n_in, n_out, m, softmax, turned=False):
    data = lambda: {"X": normal(m, n_in) if turned else normal(n_in, m),
                    "Y": one_hot(n_out, m) if softmax else normal(m, n_out) if turned else normal(n_out, m)}
    row = Row(name, what, text, forward, shapes, data)
    row.turned = turned
    return row


ROWS = [
    layers((2, 4, 1), "tanh", "sigmoid", 400, "T1", "2-4-1 tanh, m = 400", rate=0.1),
    layers((2, 4, 1), "tanh", "sigmoid", 400, "T1a", "the same with Adam", optimizer="adam"),
    layers((10, 64, 64, 1), "tanh", "mse", 16, "MSE16", "10-64-64-1, batch 16"),
    layers((784, 30, 10), "sigmoid", "mse", 10, "NIEL10", "784-30-10, batch 10"),
    layers((784, 30, 10), "sigmoid", "mse", 1, "NIEL1", "784-30-10, one example"),
    layers((12288, 20, 7, 5, 1), "relu", "sigmoid", 209, "T2", "12288-20-7-5-1, m = 209", rate=0.0075),
    layers((784, 128, 10), "relu", "softmax", 128, "T3", "784-128-10, batch 128"),
    layers((784, 128, 10), "relu", "softmax", 32, "T3b", "the same, batch 32"),
    layers((784, 128, 10), "relu", "softmax", 128, "T3a", "T3 with Adam", optimizer="adam", rate=0.001),
    layers((784, 512, 512, 10), "relu", "softmax", 128, "T4", "784-512-512-10, batch 128"),
    layers((784, 512, 512, 10), "relu", "softmax", 128, "T4a", "T4 with Adam", optimizer="adam", rate=0.001),
    layers((1024, 1024, 1024, 1024, 10), "relu", "softmax", 512, "T5", "1024x4-10, batch 512"),
    layers((300, 200, 100, 5), "relu", "softmax", 64, "A64", "300-200-100-5, batch 64, Adam",
           optimizer="adam", rate=0.001),
    layers((784, 128, 10), "own", "softmax", 128, "OWN", "784-128-10, an activation of one's own, batch 128",
           own="own(z) = z * tanh(softplus(z))\n"),
    wide("BN", "batch norm written out, 784-256-10, batch 256", NORMED, normed,
         {"W1": (256, 784), "g": (256, 1), "b1": (256, 1), "W2": (10, 256), "b2": (10, 1)}, 784, 10, 256, True),
    wide("LN", "layer norm and residual, 4 x 256, batch 256", residual(4), residual_forward(4),
         {f"{p}{i}": (256, 256 if p == "W" else 1) for i in range(1, 5) for p in "Wbg"}, 256, 256, 256, False),
    wide("ATT", "attention, 256 x 64", ATTENTION, attention,
         {n: (64, 64) for n in ("Wq", "Wk", "Wv")}, 64, 64, 256, False, turned=True),
    layers((64,) * 101, "tanh", "mse", 128, "DEEP", "100 layers of 64, batch 128", rate=0.001),
    layers((30, 1), "", "sigmoid", 1000000, "LOGI", "logistic regression, 1e6 x 30"),
    layers((4096, 4096, 4096, 4096, 10), "relu", "softmax", 1024, "T6", "4096x3-10, batch 1024"),
]
QUICK = [r for r in ROWS if r.name not in ("T6", "LOGI", "T5")]
