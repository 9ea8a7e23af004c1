"""The networks that the learners' programs are about: each as a model of dfoo's and as numpy, by two hands.

A program is held against numpy's cost by differences before it is called right, so nothing here knows what dfoo derives."""
import dataclasses

import numpy as np

LAMBDA, KEEP, SLOPE, EPS = 0.7, 0.8, 0.01, 1e-5


@dataclasses.dataclass(frozen=True)
class Net:
    """Layers of a dense network: functions of the hidden ones, of the output, the cost, what else there is."""
    name: str
    hidden: tuple
    out: str
    cost: str        # "ce", "softmax", "half" 1/(2m) sum of squares, "mean" 1/m, "plain" 1/2 sum (Nielsen's, over m: 1/(2m))
    extra: str = ""  # "l2", "dropout", "norm"
    outputs: int = 1

    @property
    def depth(self):
        return len(self.hidden) + 1

    @property
    def layers(self):
        return range(1, self.depth + 1)

    def act(self, l):
        return self.out if l == self.depth else self.hidden[l - 1]

    @property
    def label(self):
        return f"{self.name}/{self.outputs}"


SIZES = {1: 5, 2: 4, 3: 3}
NETS = [
    Net("logistic", (), "sigmoid", "ce"),
    Net("two_layer", ("tanh",), "sigmoid", "ce"),
    Net("two_layer", ("tanh",), "sigmoid", "ce", outputs=2),
    Net("classes", ("relu",), "softmax", "softmax", outputs=3),
    Net("three", ("relu", "relu"), "sigmoid", "ce"),
    Net("three", ("tanh", "relu"), "softmax", "softmax", outputs=2),
    Net("leaky", ("leaky",), "sigmoid", "ce"),
    Net("leaky", ("leaky",), "sigmoid", "ce", outputs=2),
    Net("regression", ("tanh",), "linear", "half"),
    Net("regression", ("relu",), "linear", "mean", outputs=2),
    Net("quadratic", ("sigmoid",), "sigmoid", "half"),
    Net("quadratic", ("sigmoid",), "sigmoid", "half", outputs=2),
    Net("penalty", ("relu",), "sigmoid", "ce", "l2"),
    Net("penalty", ("tanh",), "sigmoid", "ce", "l2", outputs=2),
    Net("dropout", ("relu",), "sigmoid", "ce", "dropout"),
    Net("dropout", ("relu",), "softmax", "softmax", "dropout", outputs=2),
    Net("norm", ("relu",), "sigmoid", "ce", "norm"),
    Net("norm", ("tanh",), "sigmoid", "ce", "norm", outputs=2),
]


@dataclasses.dataclass(frozen=True)
class Recurrent:
    """A simple recurrent network of three steps; the last state, or each, is read out."""
    name: str = "recurrent"
    outputs: int = 1
    steps: int = 3
    extra: str = "rnn"
    hidden: tuple = ("tanh",)
    cost: str = "ce"
    out: str = "sigmoid"

    @property
    def label(self):
        return f"{self.name}/{self.outputs}"


ALL = [*NETS, Recurrent(), Recurrent(outputs=2)]

FORMULA = {"tanh": "tanh({})", "relu": "relu({})", "leaky": f"leaky_relu({{}}, {SLOPE})", "sigmoid": "sigmoid({})", "softmax": "softmax({})", "linear": "{}"}
LOSS = {"ce": "-(Y * log({0}) + (1 - Y) * log(1 - {0}))", "softmax": "-sum(Y * log({0}), axis=0)"}


def equations(net):
    """The model in dfoo's notation, examples in columns."""
    if isinstance(net, Recurrent):
        return recurrent_equations(net)
    sizes = ", ".join(f"n{l} = {SIZES[l]}" for l in net.layers if l < net.depth)
    head = [f"size {sizes}"] if sizes else []
    if net.extra == "l2":
        head.append(f"const lambd = {LAMBDA}")
    rows = {l: f"n{l}" if l < net.depth else str(net.outputs) for l in net.layers} | {0: "n0"}
    head += ["input X : (n0, m)", f"label Y : ({net.outputs}, m)" + (" onehot" if net.cost == "softmax" else "")]
    body, a = [], "X"
    for l in net.layers:
        head += [f"param W{l} : ({rows[l]}, {rows[l - 1]})"]
        normed = net.extra == "norm" and l < net.depth
        if normed:
            head += [f"param gamma{l} : ({rows[l]}, 1) ~ ones", f"param beta{l} : ({rows[l]}, 1)"]
            body += [f"Z{l} = W{l} @ {a}", f"mu{l} = mean(Z{l}, axis=1)", f"var{l} = mean((Z{l} - mu{l})**2, axis=1)",
                     f"Zn{l} = (Z{l} - mu{l}) / sqrt(var{l} + {EPS:.5f})", f"Zt{l} = gamma{l} * Zn{l} + beta{l}"]
        else:
            head += [f"param b{l} : ({rows[l]}, 1)"]
            body += [f"Z{l} = W{l} @ {a} + b{l}"]
        z = f"Zt{l}" if normed else f"Z{l}"
        if net.act(l) == "linear":
            a = z
            continue
        body += [f"A{l} = " + FORMULA[net.act(l)].format(z)]
        a = f"A{l}"
        if net.extra == "dropout" and l < net.depth:
            body += [f"D{l} = dropout({a}, {KEEP})"]
            a = f"D{l}"
    if net.cost in LOSS:
        body += ["L = " + LOSS[net.cost].format(a)]
        cost = "1/m * sum(L)"
    else:
        cost = ("1/(2*m)" if net.cost == "half" else "1/m") + f" * sum(({a} - Y)**2)"
    if net.extra == "l2":
        cost += " + lambd/(2*m) * (" + " + ".join(f"sum(W{l}**2)" for l in net.layers) + ")"
    return "\n".join([*head, *body, f"J = {cost}", "minimize J", f"predict {a}", ""])


def recurrent_equations(net):
    head = ["size n = 4"] + [f"input X{t} : (n0, m)" for t in range(1, net.steps + 1)] + [f"label Y : ({net.outputs}, m)",
            "param Wx : (n, n0)", "param Wh : (n, n)", "param bh : (n, 1)", f"param Wy : ({net.outputs}, n)", f"param by : ({net.outputs}, 1)"]
    body = ["H1 = tanh(Wx @ X1 + bh)"] + [f"H{t} = tanh(Wx @ X{t} + Wh @ H{t - 1} + bh)" for t in range(2, net.steps + 1)]
    return "\n".join([*head, *body, f"Z = Wy @ H{net.steps} + by", "A = sigmoid(Z)", "L = -(Y * log(A) + (1 - Y) * log(1 - A))",
                      "J = 1/m * sum(L)", "minimize J", "predict A", ""])


# ---- by numpy: a case, and the cost

def sigmoid(z):
    return 1 / (1 + np.exp(-z))


ACT = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "leaky": lambda z: np.where(z > 0, z, SLOPE * z), "sigmoid": sigmoid,
       "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=0), "linear": lambda z: z}


def case(net, seed, n0=None, m=None):
    """Values for everything: X, Y, the parameters, masks."""
    r = np.random.default_rng(seed)
    n0, m = n0 or 6, m or 7 + seed % 2
    v = {}
    if isinstance(net, Recurrent):
        shapes = {"Wx": (4, n0), "Wh": (4, 4), "bh": (4, 1), "Wy": (net.outputs, 4), "by": (net.outputs, 1)}
        v["Xs"] = [r.normal(size=(n0, m)) for _ in range(net.steps)]
    else:
        rows = {l: SIZES[l] if l < net.depth else net.outputs for l in net.layers} | {0: n0}
        shapes = {}
        for l in net.layers:
            shapes[f"W{l}"] = rows[l], rows[l - 1]
            if net.extra == "norm" and l < net.depth:
                shapes[f"gamma{l}"] = shapes[f"beta{l}"] = rows[l], 1
            else:
                shapes[f"b{l}"] = rows[l], 1
            if net.extra == "dropout" and l < net.depth:
                v[f"D{l}"] = (r.random((rows[l], m)) < KEEP).astype(float)
        v["X"] = r.normal(size=(n0, m))
    v["params"] = {k: 0.7 * r.normal(size=s) for k, s in shapes.items()}
    if net.cost == "softmax":
        v["labels"] = np.concatenate([np.arange(net.outputs), r.integers(0, net.outputs, m - net.outputs)])
        v["Y"] = np.eye(net.outputs)[v["labels"]].T
    elif net.cost == "ce":
        v["Y"] = (r.random((net.outputs, m)) < 0.5).astype(float)
    else:
        v["Y"] = r.normal(size=(net.outputs, m))
    return v


def output(net, v, params):
    if isinstance(net, Recurrent):
        h = 0
        for x in v["Xs"]:
            h = np.tanh(params["Wx"] @ x + (params["Wh"] @ h if np.ndim(h) else 0) + params["bh"])
        return sigmoid(params["Wy"] @ h + params["by"])
    a = v["X"]
    for l in net.layers:
        z = params[f"W{l}"] @ a
        if net.extra == "norm" and l < net.depth:
            z = (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + EPS)
            z = params[f"gamma{l}"] * z + params[f"beta{l}"]
        else:
            z = z + params[f"b{l}"]
        a = ACT[net.act(l)](z)
        if net.extra == "dropout" and l < net.depth:
            a = a * v[f"D{l}"] / KEEP
    return a


def cost(net, v, params):
    a, y, m = output(net, v, params), v["Y"], v["Y"].shape[1]
    if net.cost == "softmax":
        j = -(y * np.log(a)).sum() / m
    elif net.cost == "ce":
        j = -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum() / m
    else:
        j = ((a - y)**2).sum() / (2 * m if net.cost == "half" else m)
    if net.extra == "l2":
        j += LAMBDA / (2 * m) * sum((w**2).sum() for k, w in params.items() if k[0] == "W")
    return j


def gradient(net, v):
    """By differences."""
    out = {}
    for k, w in v["params"].items():
        g = np.zeros_like(w)
        for i in np.ndindex(w.shape):
            h = []
            for sign in (1, -1):
                moved = w.copy()
                moved[i] += sign * 1e-5
                h.append(cost(net, v, v["params"] | {k: moved}))
            g[i] = (h[0] - h[1]) / 2e-5
        out[k] = g
    return out
