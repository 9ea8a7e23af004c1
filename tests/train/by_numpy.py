"""A second program for what training does, from docs/training.md alone: the random numbers, how parameters
start, the order of mini-batches, masks, the gradients of two layers, optimisers, schedules."""
import math

import numpy as np

# ----------------------------------------------------------------- random numbers

INIT, SHUFFLE, SPLIT, DROPOUT = 1, 2, 3, 5


def philox(counter, key):
    """Philox4x32-10: four words of a counter and two of a key -> four words."""
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [p1 >> 32 ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, p0 >> 32 ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


class Stream:
    def __init__(self, seed, stream, substream, index=0):
        self.key = (seed & 0xFFFFFFFF, seed >> 32)
        self.high = (substream, stream)
        self.index = index

    def bits(self):
        block, half = divmod(self.index, 2)
        words = philox((block & 0xFFFFFFFF, block >> 32) + self.high, self.key)
        self.index += 1
        return words[2 * half + 1] << 32 | words[2 * half]

    def uniform(self):
        return (self.bits() >> 11) * 2.0**-53

    def below(self, n):
        if n < 2:
            return 0
        most = 2**64 - 1
        while True:
            bits = self.bits()
            if bits < most - most % n:
                return bits % n

    def shuffle(self, items):
        for i in range(len(items), 1, -1):
            k = self.below(i)
            items[i - 1], items[k] = items[k], items[i - 1]
        return items

    def normal(self):
        while True:
            x = 2 * self.uniform() - 1
            y = 2 * self.uniform() - 1
            s = x * x + y * y
            if 0 < s < 1:
                return x * math.sqrt(-2 * log(s) / s)


def log(x):
    """The logarithm in + - * / alone, so that its bits are the same everywhere."""
    f, e = math.frexp(x)
    if f < 0.70710678118654752:
        f, e = 2 * f, e - 1
    s = (f - 1) / (f + 1)
    total = 0.0
    for k in range(21, 0, -2):
        total = total * (s * s) + 1.0 / k
    return 2 * s * total + e * 0.69314718055994531


# ------------------------------------------------------------------------- starts


def dot(x, y):
    part = [0.0] * 8
    for i, (a, b) in enumerate(zip(x, y)):
        part[i % 8] += a * b
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]))


def orthogonal(a, gain):
    rows, cols = len(a), len(a[0])
    v = a if rows <= cols else [list(column) for column in zip(*a)]
    for j, x in enumerate(v):
        for y in 2 * v[:j]:
            along = dot(y, x)
            for k in range(len(x)):
                x[k] -= along * y[k]
        length = math.sqrt(dot(x, x))
        for k in range(len(x)):
            x[k] /= length
    v = v if rows <= cols else [list(column) for column in zip(*v)]
    return [[gain * x for x in row] for row in v]


def start(law, rows, cols, fan_in, fan_out, seed, number):
    """law: ("normal", sd), ("uniform", a, b), ("orthogonal", gain), or a name that fans make one of."""
    r = Stream(seed, INIT, number)
    name, *given = law
    root = math.sqrt
    deviation = {"he": lambda: root(2 / fan_in), "xavier": lambda: root(2 / (fan_in + fan_out)),
                 "lecun": lambda: root(1 / fan_in), "normal": lambda: given[0], "orthogonal": lambda: 1.0}
    edge = {"he_uniform": lambda: root(6 / fan_in), "xavier_uniform": lambda: root(6 / (fan_in + fan_out)),
            "lecun_uniform": lambda: root(3 / fan_in)}
    if name in deviation:
        sd = deviation[name]()
        a = [[sd * r.normal() for _ in range(cols)] for _ in range(rows)]
        return orthogonal(a, given[0]) if name == "orthogonal" else a
    low, high = (-edge[name](), edge[name]()) if name in edge else given
    return [[low + (high - low) * r.uniform() for _ in range(cols)] for _ in range(rows)]


# --------------------------------------------------------------------- the network


def gradients(w, x, y, mask=None):
    """The cost of two layers with tanh and sigmoid, and dJ/dw; mask: behind the first layer."""
    m = x.shape[1]
    a1 = np.tanh(w["W1"] @ x + w["b1"])
    d1 = a1 if mask is None else a1 * mask
    a2 = 1 / (1 + np.exp(-(w["W2"] @ d1 + w["b2"])))
    cost = -np.mean(np.sum(y * np.log(a2) + (1 - y) * np.log(1 - a2), axis=0))
    dz2 = (a2 - y) / m
    da1 = w["W2"].T @ dz2
    dz1 = (da1 if mask is None else da1 * mask) * (1 - a1 * a1)
    sums = {"b1": dz1.sum(axis=1, keepdims=True), "b2": dz2.sum(axis=1, keepdims=True)}
    return cost, {"W1": dz1 @ x.T, "W2": dz2 @ d1.T, **sums}


# ---------------------------------------------------------------------- optimisers
# Each is made for one parameter; called with w, g, the number of the step, the rate, and what `decay` is.


def sgd():
    return lambda w, g, t, rate, decay: w - rate * g


def momentum(beta=0.9):
    v = 0

    def step(w, g, t, rate, decay):
        nonlocal v
        v = beta * v + (1 - beta) * g
        return w - rate * v
    return step


def nesterov(beta=0.9):
    v = 0

    def step(w, g, t, rate, decay):
        nonlocal v
        v = beta * v + (1 - beta) * g
        return w - rate * (beta * v + (1 - beta) * g)
    return step


def rmsprop(beta=0.9, epsilon=1e-8):
    s = 0

    def step(w, g, t, rate, decay):
        nonlocal s
        s = beta * s + (1 - beta) * g * g
        return w - rate * g / (np.sqrt(s) + epsilon)
    return step


def adam(beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Algorithm 1 of Kingma and Ba, in their names."""
    m, v = 0, 0

    def step(w, g, t, rate, decay):
        nonlocal m, v
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        return w - rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return step


def adamw():
    """Algorithm 2 of Loshchilov and Hutter: the decay is of the weights before the step."""
    inner = adam()
    return lambda w, g, t, rate, decay: inner(w, g, t, rate, 0) - rate * decay * w


OPTIMIZERS = {"sgd": (sgd, 0.1), "momentum": (momentum, 0.1), "nesterov": (nesterov, 0.1), "rmsprop": (rmsprop, 0.001),
              "adam": (adam, 0.001), "adamw": (adamw, 0.001)}

# ------------------------------------------------------------------------- training


def train(w, x, y, make, rate, epochs, batch=None, seed=0, schedule=None, change=None, decay=0.0, keep=None):
    """make() is an optimiser; schedule(rate, epoch, t) the learning rate; change(gradients) what becomes of
    them; decay(name) of a parameter, or a number for weights; keep: of a dropout. Returns parameters,
    costs and rates, by epoch."""
    w = {k: v.copy() for k, v in w.items()}
    steps = {k: make() for k in w}
    decay_of = decay if callable(decay) else lambda name: decay if name[0] == "W" else 0.0
    m, t, costs, rates = x.shape[1], 0, [], []
    for epoch in range(epochs):
        order = list(range(m))
        if batch:
            order = Stream(seed, SHUFFLE, epoch).shuffle(order)
        total = 0
        for at in range(0, m, batch or m):
            t += 1
            pick = order[at:at + (batch or m)]
            mask = None
            if keep:
                r = Stream(seed, DROPOUT, 0, t << 32)
                mask = np.array([1 / keep if r.uniform() < keep else 0.0 for _ in range(w["W1"].shape[0] * len(pick))])
                mask = mask.reshape(-1, len(pick))
            cost, g = gradients(w, x[:, pick], y[:, pick], mask)
            total += cost * len(pick)
            g = change(g, w) if change else g
            now = schedule(rate, epoch, t) if schedule else rate
            w = {k: steps[k](w[k], g[k], t, now, decay_of(k)) for k in w}
        costs.append(total / m)
        rates.append(now)
    return w, costs, rates
