"""Right programs as learners write them: for each network, families of style, each in many spellings.

A writer gets a network and a `Style`, whose choices all come from one random number generator, and returns the text and a
function that has the program compute its gradients under numpy itself. Lines `#@F`, `#@L`, `#@B`, `#@U`, `#@I` say what the
lines behind them are (forward, loss, backward, update, initial values), and are not part of the program."""
import random
import re

import numpy as np

from . import models
from .models import EPS, KEEP, LAMBDA, SLOPE, Recurrent


class Style:
    """How somebody spells things: chosen once for a program, except where people are inconsistent."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.plain = seed == 0
        self.product = self.pick("np.dot({}, {})", "{} @ {}", "{}.dot({})", "np.matmul({}, {})")
        self.turn = self.pick("{}.T", "{}.T", "np.transpose({})", "{}.transpose()")
        self.mean = self.pick("1/m * {}", "(1 / m) * {}", "{} / m", "(1. / m) * {}", "1.0/m * {}")
        self.sums = self.pick("np.sum({}, axis=1, keepdims=True)", "{}.sum(axis=1, keepdims=True)", "np.sum({}, axis=1).reshape(-1, 1)",
                              "np.sum({}, axis=1, keepdims=True)", "np.sum({}, 1)[:, np.newaxis]")
        self.times = self.pick("{} * {}", "np.multiply({}, {})", "{} * {}")
        self.square = self.pick("np.power({}, 2)", "{}**2", "np.square({})", "{} ** 2")

    def pick(self, *choices):
        return choices[0] if self.plain else self.r.choice(choices)

    def flip(self):
        return not self.plain and self.r.random() < 0.5

    def dot(self, a, b):
        return self.product.format(wrap(a) if "{}." in self.product or "@" in self.product else a, b)

    def T(self, a):
        return self.turn.format(a)

    def over_m(self, e):
        return self.mean.format(f"({e})" if "@" in e and self.mean.startswith("{}") else e)

    def rows(self, e):
        return self.sums.format(wrap(e) if self.sums.startswith("{}") else e)

    def mul(self, a, b):
        return self.times.format(a, b)

    def slope(self, act, a, z):
        """act' where a is what came out and z what went in, as a factor."""
        if act == "tanh":
            return "(" + self.pick("1 - " + self.square.format(a), "1 - " + self.square.format(a), f"1 - {a} * {a}",
                                   "1 - " + self.square.format(f"np.tanh({z})")) + ")"
        if act == "relu":
            return self.pick(f"({z} > 0)", f"({a} > 0)", f"np.where({z} > 0, 1, 0)", f"np.int64({a} > 0)", f"({z} > 0).astype(float)", f"relu_derivative({z})")
        if act == "leaky":
            return self.pick(f"np.where({z} > 0, 1, {SLOPE})", f"leaky_relu_derivative({z})", f"(({z} > 0) + {SLOPE} * ({z} <= 0))", f"np.where({a} > 0, 1.0, {SLOPE})")
        if act == "sigmoid":
            return self.pick(f"{a} * (1 - {a})", f"({a} * (1 - {a}))", f"sigmoid_derivative({z})", f"(sigmoid({z}) * (1 - sigmoid({z})))")
        raise KeyError(act)

    def apply(self, act, z):
        return {"tanh": self.pick(f"np.tanh({z})", f"np.tanh({z})", f"tanh({z})"), "relu": self.pick(f"np.maximum(0, {z})", f"relu({z})", f"np.maximum({z}, 0)"),
                "leaky": self.pick(f"np.where({z} > 0, {z}, {SLOPE} * {z})", f"leaky_relu({z})", f"np.maximum({SLOPE} * {z}, {z})"),
                "sigmoid": self.pick(f"sigmoid({z})", f"1 / (1 + np.exp(-{z}))"), "softmax": f"softmax({z})", "linear": z}[act]


def wrap(e):
    """Brackets, where an operator or a method follows."""
    depth = 0
    for i, c in enumerate(e):
        depth += (c in "([") - (c in ")]")
        if depth == 0 and c in " *+-/@" and e:
            return f"({e})"
    return e


HELPERS = {
    "sigmoid": ["def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n", "def sigmoid(x):\n    s = 1.0 / (1.0 + np.exp(-x))\n    return s\n"],
    "softmax": ["def softmax(z):\n    e = np.exp(z - np.max(z, axis=0, keepdims=True))\n    return e / np.sum(e, axis=0, keepdims=True)\n",
                "def softmax(Z):\n    return np.exp(Z) / sum(np.exp(Z))\n", "def softmax(Z):\n    t = np.exp(Z)\n    return t / t.sum(axis=0)\n"],
    "relu": ["def relu(z):\n    return np.maximum(0, z)\n", "def relu(Z):\n    return Z * (Z > 0)\n"],
    "leaky_relu": [f"def leaky_relu(z):\n    return np.where(z > 0, z, z * {SLOPE})\n", f"def leaky_relu(z, alpha={SLOPE}):\n    return np.maximum(alpha * z, z)\n"],
    "tanh": ["def tanh(x):\n    return np.tanh(x)\n", "def tanh(x):\n    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))\n"]}
SLOPES = {
    "sigmoid_derivative": ["def sigmoid_derivative(z):\n    s = sigmoid(z)\n    return s * (1 - s)\n", "def sigmoid_derivative(z):\n    return sigmoid(z) * (1 - sigmoid(z))\n"],
    "relu_derivative": ["def relu_derivative(z):\n    return z > 0\n", "def relu_derivative(z):\n    return np.where(z > 0, 1, 0)\n", "def relu_derivative(x):\n    return (x > 0).astype(float)\n"],
    "leaky_relu_derivative": [f"def leaky_relu_derivative(z):\n    return np.where(z > 0, 1, {SLOPE})\n",
                              f"def leaky_relu_derivative(z):\n    dz = np.ones_like(z)\n    dz[z < 0] = {SLOPE}\n    return dz\n"],
    "tanh_derivative": ["def tanh_derivative(z):\n    return 1 - np.tanh(z)**2\n"]}


def program(s, body, head="import numpy as np\n"):
    """The text with the helpers that it uses in front of it."""
    parts = [head]
    slopes = [s.pick(*ways) for name, ways in SLOPES.items() if calls(body, name)]
    need = body + "".join(slopes)
    parts += ["#@F\n" + s.pick(*ways) for name, ways in HELPERS.items() if calls(need, name)]
    parts += ["#@B\n" + x for x in slopes]
    return "\n".join(parts) + "\n" + body


def calls(text, name):
    return re.search(rf"(?<![\w.]){name}\(", text)


def indent(lines, by=4):
    return "".join((" " * by + x if x.strip() and not x.startswith("#@") else x) + "\n" for x in lines)


def loss_lines(net, s, a="AL", y="Y"):
    if net.cost == "softmax":
        return s.pick([f"cost = -np.sum({y} * np.log({a})) / m"], [f"cost = -1/m * np.sum({y} * np.log({a}))"], [f"logprobs = {y} * np.log({a})", "cost = -np.sum(logprobs) / m"])
    if net.cost == "ce":
        lines = s.pick([f"logprobs = np.multiply(np.log({a}), {y}) + np.multiply(np.log(1 - {a}), 1 - {y})", "cost = -np.sum(logprobs) / m"],
                       [f"cost = -1/m * np.sum({y} * np.log({a}) + (1 - {y}) * np.log(1 - {a}))"],
                       [f"cost = (-1 / m) * np.sum(np.multiply({y}, np.log({a})) + np.multiply(1 - {y}, np.log(1 - {a})))", "cost = np.squeeze(cost)"])
    else:
        k = "2 * m" if net.cost == "half" else "m"
        lines = s.pick([f"cost = np.sum(({a} - {y})**2) / ({k})"], [f"cost = 1 / ({k}) * np.sum(np.square({a} - {y}))"])
    return lines


# ---- what the lines of a backward pass are, examples in columns

def first_delta(net, s, dz, a, z, y="Y"):
    """The lines that make dZ of the last layer."""
    if net.cost == "softmax":
        return [f"{dz} = {a} - {y}"]
    if net.cost == "ce":
        long = [f"d{a} = -(np.divide({y}, {a}) - np.divide(1 - {y}, 1 - {a}))", f"{dz} = d{a} * {a} * (1 - {a})"]
        return s.pick([f"{dz} = {a} - {y}"], [f"{dz} = {a} - {y}"], long, [f"d{a} = -{y} / {a} + (1 - {y}) / (1 - {a})", f"{dz} = d{a} * {s.slope('sigmoid', a, z)}"])
    two = "" if net.cost == "half" else "2 * "
    e = f"{two}({a} - {y})" if two else f"{a} - {y}"
    if net.out == "linear":
        return [f"{dz} = {e}"]
    return s.pick([f"{dz} = ({a} - {y}) * {s.slope('sigmoid', a, z)}"], [f"d{a} = {e}", f"{dz} = d{a} * {s.slope('sigmoid', a, z)}"])


def norm_lines(s, net, l, dzt):
    """Batch norm's backward, for examples in columns: in one formula, or step by step."""
    dz, out = f"dZ{l}", [f"dgamma{l} = " + s.over_m(s.rows(f"{dzt} * Zn{l}")), f"dbeta{l} = " + s.over_m(s.rows(dzt)), f"dZn{l} = {dzt} * gamma{l}"]
    std = f"np.sqrt(var{l} + eps)"
    if s.flip():
        return out + [f"dvar{l} = np.sum(dZn{l} * (Z{l} - mu{l}), axis=1, keepdims=True) * -0.5 * (var{l} + eps)**(-1.5)",
                      f"dmu{l} = np.sum(dZn{l} * -1 / {std}, axis=1, keepdims=True) + dvar{l} * np.mean(-2 * (Z{l} - mu{l}), axis=1, keepdims=True)",
                      f"{dz} = dZn{l} / {std} + dvar{l} * 2 * (Z{l} - mu{l}) / m + dmu{l} / m"]
    return out + [s.pick(f"{dz} = (1. / m) / {std} * (m * dZn{l} - np.sum(dZn{l}, axis=1, keepdims=True) - Zn{l} * np.sum(dZn{l} * Zn{l}, axis=1, keepdims=True))",
                         f"{dz} = (dZn{l} - np.mean(dZn{l}, axis=1, keepdims=True) - Zn{l} * np.mean(dZn{l} * Zn{l}, axis=1, keepdims=True)) / {std}")]


def backward_lines(net, s, early=False):
    """dZ, dW, db of every layer by name: A1, Z1, W1, .., X, Y, m are there."""
    L, out = net.depth, []
    mean = (lambda e: e) if early else s.over_m
    a_last = f"A{L}" if net.out != "linear" else f"Z{L}"
    out += first_delta(net, s, f"dZ{L}", a_last, f"Z{L}")
    if early:
        out += s.pick([f"dZ{L} = dZ{L} / m"], [f"dZ{L} /= m"])
    for l in reversed(net.layers):
        a = "X" if l == 1 else f"A{l - 1}"
        dw = mean(s.dot(f"dZ{l}", s.T(a)))
        if net.extra == "l2":
            dw += s.pick(f" + lambd/m * W{l}", f" + (lambd / m) * W{l}", f" + (lambd * W{l}) / m")
        normed = net.extra == "norm" and l < L
        block = [f"dW{l} = {dw}"]
        if not normed:
            block.append(f"db{l} = {mean(s.rows(f'dZ{l}'))}")
        if s.flip():
            block.reverse()
        out += block
        if l == 1:
            break
        act, below = net.act(l - 1), l - 1
        back = s.dot(s.T(f"W{l}"), f"dZ{l}")
        target = f"dZt{below}" if net.extra == "norm" else f"dZ{below}"
        zname = f"Zt{below}" if net.extra == "norm" else f"Z{below}"
        if net.extra == "dropout":
            out += [f"dA{below} = {back}"]
            out += s.pick([f"dA{below} = dA{below} * D{below}", f"dA{below} = dA{below} / keep_prob"], [f"dA{below} = np.multiply(dA{below}, D{below}) / keep_prob"],
                          [f"dA{below} *= D{below}", f"dA{below} /= keep_prob"])
            out += [f"{target} = " + s.mul(f"dA{below}", s.slope(act, f"A{below}", zname))]
        elif s.flip() or (act == "relu" and s.flip()):
            out += [f"dA{below} = {back}"]
            if act == "relu" and s.flip():
                out += s.pick([f"{target} = np.array(dA{below}, copy=True)", f"{target}[{zname} <= 0] = 0"], [f"{target} = dA{below}.copy()", f"{target}[A{below} == 0] = 0"],
                              [f"{target} = np.where({zname} > 0, dA{below}, 0)"])
            else:
                out += [f"{target} = " + s.mul(f"dA{below}", s.slope(act, f"A{below}", zname))]
        else:
            if s.times.startswith("np"):
                out += [f"{target} = " + s.mul(back, s.slope(act, f"A{below}", zname))]
            else:
                out += [f"{target} = {wrap(back) if '@' in back else back} * {s.slope(act, f'A{below}', zname)}"]
        if net.extra == "norm":
            out += norm_lines(s, net, below, target)
    return out


def forward_lines(net, s):
    out, a = [], "X"
    for l in net.layers:
        normed = net.extra == "norm" and l < net.depth
        z = f"Z{l}"
        if normed:
            out += [f"Z{l} = {s.dot(f'W{l}', a)}", f"mu{l} = np.mean(Z{l}, axis=1, keepdims=True)", f"var{l} = np.var(Z{l}, axis=1, keepdims=True)",
                    f"Zn{l} = (Z{l} - mu{l}) / np.sqrt(var{l} + eps)", f"Zt{l} = gamma{l} * Zn{l} + beta{l}"]
            z = f"Zt{l}"
        else:
            out += [f"Z{l} = {s.dot(f'W{l}', a)} + b{l}"]
        if net.act(l) != "linear":
            out += [f"A{l} = {s.apply(net.act(l), z)}"]
            a = f"A{l}"
        else:
            a = z
        if net.extra == "dropout" and l < net.depth:
            out += [f"D{l} = np.random.rand(A{l}.shape[0], A{l}.shape[1])", f"D{l} = (D{l} < keep_prob).astype(int)", f"A{l} = A{l} * D{l}", f"A{l} = A{l} / keep_prob"]
    return out


def cached(net):
    names = []
    for l in net.layers:
        names += [f"Z{l}"] + ([f"A{l}"] if net.act(l) != "linear" else [])
        if l < net.depth:
            names += {"norm": [f"mu{l}", f"var{l}", f"Zn{l}", f"Zt{l}"], "dropout": [f"D{l}"]}.get(net.extra, [])
    return names


def parameters_of(net):
    if isinstance(net, Recurrent):
        return ["Wx", "Wh", "bh", "Wy", "by"]
    return [n for l in net.layers for n in ([f"W{l}", f"gamma{l}", f"beta{l}"] if net.extra == "norm" and l < net.depth else [f"W{l}", f"b{l}"])]


def values(net, v):
    """Everything the forward pass makes, by numpy, for a cache: the dropped A under its own name, as in the course."""
    c, a = {}, v["X"]
    p = v["params"]
    for l in net.layers:
        z = p[f"W{l}"] @ a
        if net.extra == "norm" and l < net.depth:
            c[f"Z{l}"] = z
            c[f"mu{l}"], c[f"var{l}"] = z.mean(axis=1, keepdims=True), z.var(axis=1, keepdims=True)
            c[f"Zn{l}"] = (z - c[f"mu{l}"]) / np.sqrt(c[f"var{l}"] + EPS)
            z = c[f"Zt{l}"] = p[f"gamma{l}"] * c[f"Zn{l}"] + p[f"beta{l}"]
        else:
            z = c[f"Z{l}"] = z + p[f"b{l}"]
        a = models.ACT[net.act(l)](z)
        if net.extra == "dropout" and l < net.depth:
            c[f"D{l}"] = v[f"D{l}"]
            a = a * v[f"D{l}"] / KEEP
        c[f"A{l}"] = a
    return c


def from_grads(net, grads, sign=1):
    return {k: sign * grads["d" + k] for k in v_names(net)}


def v_names(net):
    return parameters_of(net)


# ---- 1: the course's functions, with dictionaries

def course(net, s):
    names, params = cached(net), parameters_of(net)
    more = {"l2": ", lambd", "dropout": f", keep_prob={KEEP}", "norm": ""}.get(net.extra, "")
    eps = [f"eps = {EPS}"] if net.extra == "norm" else []
    unpack = [f'{p} = parameters["{p}"]' for p in params]
    back_params = [p for p in params if p[0] in "Wg" and (p != "W1" or net.extra == "l2")]
    quote = s.pick('"', "'")
    end = s.pick([f"grads = {{{', '.join(f'{quote}d{p}{quote}: d{p}' for p in params)}}}", "return grads"],
                 ["grads = {}", *[f"grads[{quote}d{p}{quote}] = d{p}" for p in params], "return grads"],
                 [f"return {{{', '.join(f'{quote}d{p}{quote}: d{p}' for p in params)}}}"])
    early = s.flip() and net.extra not in ("norm",)
    backward = [s.pick("m = X.shape[1]", "m = Y.shape[1]", "m = X.shape[-1]"), *eps]
    backward += [f'{p} = parameters["{p}"]' for p in back_params]
    if s.flip():
        backward += [f"{', '.join(names)} = " + ", ".join(f'cache["{n}"]' for n in names)]
    else:
        backward += [f'{n} = cache["{n}"]' for n in names]
    backward += ["", "#@B", *backward_lines(net, s, early), "#@", "", *end]
    last = f"A{net.depth}" if net.out != "linear" else f"Z{net.depth}"
    full = s.plain or s.flip()
    text = ""
    if full:
        text += f"def forward_propagation(X, parameters{more.replace(', lambd', '')}):\n" + indent([*unpack, *eps, "#@F", *forward_lines(net, s), "#@"])
        text += indent([f"cache = {{{', '.join(f'{quote}{n}{quote}: {n}' for n in names)}}}", f"return {last}, cache"]) + "\n\n"
        text += "def compute_cost(AL, Y" + (", parameters, lambd" if net.extra == "l2" else "") + "):\n" + indent(["m = Y.shape[1]", "#@L", *loss_lines(net, s)])
        if net.extra == "l2":
            text += indent(["L2 = lambd / (2 * m) * (" + " + ".join(f'np.sum(np.square(parameters["W{l}"]))' for l in net.layers) + ")", "cost = cost + L2"])
        text += indent(["#@", "return cost"]) + "\n\n"
    text += f"def backward_propagation(parameters, cache, X, Y{more}):\n" + indent(backward)
    if full:
        text += "\n\ndef update_parameters(parameters, grads, learning_rate=0.1):\n"
        text += indent(["#@U", *[f'parameters["{p}"] = parameters["{p}"] - learning_rate * grads["d{p}"]' for p in params], "#@", "return parameters"])

    def drive(ns, v):
        extra = {"lambd": LAMBDA} if net.extra == "l2" else {}
        c = values(net, v)
        return from_grads(net, ns["backward_propagation"](v["params"], {k: c[k] for k in names}, v["X"], v["Y"], **extra))
    return program(s, text), drive


# ---- 2: the course's L layers, caches in tuples

def layered(net, s):
    if net.extra in ("norm", "dropout"):
        return None
    back = {"relu": "dZ = np.array(dA, copy=True)\n    dZ[Z <= 0] = 0", "sigmoid": "s = 1 / (1 + np.exp(-Z))\n    dZ = dA * s * (1 - s)",
            "tanh": "dZ = dA * (1 - np.tanh(Z)**2)", "leaky": f"dZ = dA * np.where(Z > 0, 1, {SLOPE})"}
    acts = list(dict.fromkeys([*net.hidden, *([net.out] if net.out == "sigmoid" else [])]))
    key = s.pick('"{0}" + str({1})', 'f"{0}{{{1}}}"', '"{0}%d" % {1}', '"{0}" + str({1})')
    k = lambda n, i: key.format(n, i)
    penalty = " + lambd / m * W" if net.extra == "l2" else ""
    lam = ", lambd" if net.extra == "l2" else ""
    text = ""
    for act in acts:
        text += f"#@B\ndef {act}_backward(dA, cache):\n    Z = cache\n    {back[act]}\n    return dZ\n\n"
    text += f"def linear_backward(dZ, cache{lam}):\n    A_prev, W, b = cache\n    m = A_prev.shape[1]\n"
    text += indent(["dW = " + s.over_m(s.dot("dZ", s.T("A_prev"))) + penalty, "db = " + s.over_m(s.rows("dZ")), "dA_prev = " + s.dot(s.T("W"), "dZ"), "return dA_prev, dW, db"])
    text += f"\ndef linear_activation_backward(dA, cache, activation{lam}):\n    linear_cache, activation_cache = cache\n"
    for i, act in enumerate(acts):
        text += indent([("if" if i == 0 else "elif") + f' activation == "{act}":']) + indent([f"dZ = {act}_backward(dA, activation_cache)"], 8)
    text += indent([f"return linear_backward(dZ, linear_cache{lam})"])
    last = net.out
    lines = ["grads = {}", "L = len(caches)", "m = AL.shape[1]"]
    if s.flip():
        lines += ["Y = Y.reshape(AL.shape)"]
    if net.cost == "softmax":
        lines += ["dZ = AL - Y", "linear_cache, _ = caches[L - 1]", f"dA_prev, dW, db = linear_backward(dZ, linear_cache{lam})"]
    elif last == "linear":
        lines += ["dZ = " + ("AL - Y" if net.cost == "half" else "2 * (AL - Y)"), f"dA_prev, dW, db = linear_backward(dZ, caches[L - 1][0]{lam})"]
    else:
        dal = "- (np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))" if net.cost == "ce" else "AL - Y"
        lines += [f"dAL = {dal}", "current_cache = caches[L - 1]", f'dA_prev, dW, db = linear_activation_backward(dAL, current_cache, "{last}"{lam})']
    # one numbering of dA is the older course's
    older = s.flip()
    lines += [f"grads[{k('dA', 'L' if older else '(L - 1)')}] = dA_prev" if "%" not in key else f"grads[{k('dA', 'L' if older else '(L - 1)')}] = dA_prev",
              f"grads[{k('dW', 'L')}] = dW", f"grads[{k('db', 'L')}] = db"]
    if net.depth > 1:
        same = len(set(net.hidden)) == 1
        loop = s.pick("for l in reversed(range(L - 1)):", "for l in range(L - 2, -1, -1):")
        act = f'"{net.hidden[0]}"' if same else "activations[l]"
        if not same:
            lines += [f"activations = {list(net.hidden)!r}"]
        lines += [loop, "    current_cache = caches[l]",
                  f"    dA_prev, dW, db = linear_activation_backward(grads[{k('dA', 'l + 2' if older else 'l + 1') if '%' not in key else k('dA', '(l + 2)' if older else '(l + 1)')}], current_cache, {act}{lam})",
                  f"    grads[{k('dA', '(l + 1)' if older else 'l')}] = dA_prev", f"    grads[{k('dW', '(l + 1)')}] = dW", f"    grads[{k('db', '(l + 1)')}] = db"]
    text += f"\ndef L_model_backward(AL, Y, caches{lam}):\n" + indent([*lines, "return grads"])
    if s.plain or s.flip():  # the forward half, too
        fw = "def linear_forward(A, W, b):\n    Z = " + s.dot("W", "A") + " + b\n    return Z, (A, W, b)\n\n"
        fw += "def L_model_forward(X, parameters):\n    caches = []\n    A = X\n    L = len(parameters) // 2\n"
        hid = list(net.hidden)
        if hid:
            fw += "    for l in range(1, L):\n        A_prev = A\n        Z, linear_cache = linear_forward(A_prev, parameters['W' + str(l)], parameters['b' + str(l)])\n"
            if len(set(hid)) == 1:
                fw += f"        A = {s.apply(hid[0], 'Z')}\n"
            else:
                fw += f"        A = {s.apply(hid[0], 'Z')} if l == 1 else {s.apply(hid[1], 'Z')}\n"
            fw += "        caches.append((linear_cache, Z))\n"
        fw += f"    Z, linear_cache = linear_forward(A, parameters['W' + str(L)], parameters['b' + str(L)])\n    AL = {s.apply(net.out, 'Z')}\n    caches.append((linear_cache, Z))\n    return AL, caches\n\n"
        text = "#@F\n" + fw + "#@B\n" + text

    def drive(ns, v):
        c, p = values(net, v), v["params"]
        caches = [((v["X"] if l == 1 else c[f"A{l - 1}"], p[f"W{l}"], p[f"b{l}"]), c[f"Z{l}"]) for l in net.layers]
        g = ns["L_model_backward"](c[f"A{net.depth}"], v["Y"], caches, *([LAMBDA] if lam else []))
        return from_grads(net, g)
    return program(s, text), drive


# ---- 3: from scratch, functions with many arguments (as for MNIST)

def scratch(net, s):
    params, names = parameters_of(net), cached(net)
    if net.extra in ("dropout",):
        names = [n for n in names]
    labels = net.cost == "softmax"
    y = "one_hot_Y" if labels else "Y"
    last = f"A{net.depth}" if net.out != "linear" else f"Z{net.depth}"
    globals_ = {"l2": f"lambd = {LAMBDA}\n", "dropout": f"keep_prob = {KEEP}\n", "norm": f"eps = {EPS}\n"}.get(net.extra, "")
    text = globals_
    if labels:
        text += s.pick("def one_hot(Y):\n    one_hot_Y = np.zeros((Y.size, Y.max() + 1))\n    one_hot_Y[np.arange(Y.size), Y] = 1\n    return one_hot_Y.T\n\n",
                       "def one_hot(Y):\n    return np.eye(Y.max() + 1)[Y].T\n\n")
    text += f"def forward_prop({', '.join(params)}, X):\n" + indent(["#@F", *forward_lines(net, s), "#@", f"return {', '.join(names)}"]) + "\n"
    used = [p for p in params if p[0] in "Wg" and (p != "W1" or net.extra == "l2")]
    text += f"def backward_prop({', '.join([*names, *used])}, X, Y):\n"
    body = ["m = Y.size" if labels else s.pick("m = Y.shape[1]", "m = X.shape[1]", "_, m = X.shape")]
    if labels:
        body += ["one_hot_Y = one_hot(Y)"]
    lines = [x.replace(" - Y", f" - {y}") for x in backward_lines(net, s, False)]
    text += indent([*body, "#@B", *lines, "#@", f"return {', '.join('d' + p for p in params)}"])
    text += f"\ndef update_params({', '.join(params)}, {', '.join('d' + p for p in params)}, alpha):\n"
    text += indent(["#@U", *[f"{p} = {p} - alpha * d{p}" for p in params], "#@", f"return {', '.join(params)}"])

    def drive(ns, v):
        c = values(net, v)
        got = ns["backward_prop"](*[c[n] for n in names], *[v["params"][p] for p in used], v["X"], v["labels"] if labels else v["Y"])
        return dict(zip(params, got))
    return program(s, text), drive


# ---- 4: rows, in place, integer labels (as in cs231n), or torch by hand

def rows(net, s):
    if net.extra == "norm" or net.depth > 3:
        return None
    torch = s.r.random() < 0.2 and not s.plain and net.cost == "ce" and not net.extra
    scores = net.depth
    labels = net.cost == "softmax"
    n = s.pick("N", "num_examples", "n")
    out = [f"{n} = X.shape[0]"]
    fwd, prev = [], "X"
    hs = []
    for l in net.layers:
        if l < net.depth:
            h = s.pick(f"h{l}", f"hidden{l}", f"a{l}") if False else f"h{l}"
            z = s.dot(prev, f"W{l}") + f" + b{l}"
            if net.act(l) in ("relu", "tanh") and net.extra != "dropout":
                fwd += [f"{h} = " + ({"relu": f"np.maximum(0, {z})", "tanh": f"np.tanh({z})"}[net.act(l)])]
            else:
                fwd += [f"z{l} = {z}", f"{h} = {s.apply(net.act(l), f'z{l}')}"]
            if net.extra == "dropout":
                fwd += [f"mask{l} = (np.random.rand(*{h}.shape) < p) / p", f"{h} *= mask{l}"]
            hs.append(h)
            prev = h
        else:
            fwd += [f"scores = {s.dot(prev, f'W{l}')} + b{l}"]
    if labels:
        fwd += ["exp_scores = np.exp(scores)", "probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)"]
    elif net.out == "sigmoid":
        fwd += ["probs = 1 / (1 + np.exp(-scores))"]
    out += ["#@F", *fwd, "#@L"]
    if labels:
        out += [f"corect_logprobs = -np.log(probs[range({n}), y])", f"loss = np.sum(corect_logprobs) / {n}"]
    elif net.cost == "ce":
        out += [f"loss = -np.sum(y * np.log(probs) + (1 - y) * np.log(1 - probs)) / {n}"]
    else:
        p = "probs" if net.out == "sigmoid" else "scores"
        out += [f"loss = np.sum(({p} - y)**2) / {'(2 * %s)' % n if net.cost == 'half' else n}"]
    if net.extra == "l2":
        out += [f"loss += reg / (2 * {n}) * (" + " + ".join(f"np.sum(W{l} * W{l})" for l in net.layers) + ")"]
    out += ["#@B"]
    if labels:
        out += s.pick(["dscores = probs", f"dscores[range({n}), y] -= 1", f"dscores /= {n}"], ["dscores = probs.copy()", f"dscores[np.arange({n}), y] -= 1", f"dscores = dscores / {n}"])
    elif net.cost == "ce":
        out += s.pick([f"dscores = (probs - y) / {n}"], ["dscores = probs - y", f"dscores /= {n}"])
    else:
        two = "2 * " if net.cost == "mean" else ""
        if net.out == "linear":
            out += [f"dscores = {two}(scores - y) / {n}"]
        else:
            out += s.pick([f"dprobs = (probs - y) / {n}", "dscores = dprobs * probs * (1 - probs)"], [f"dscores = (probs - y) * probs * (1 - probs) / {n}"])
    d = "dscores"
    for l in reversed(net.layers):
        prev = "X" if l == 1 else f"h{l - 1}"
        keep = s.pick(", keepdims=True", ", keepdims=True", "")
        out += [f"dW{l} = {s.dot(s.T(prev), d)}", f"db{l} = " + s.pick(f"np.sum({d}, axis=0{keep})", f"{d}.sum(axis=0{keep})", f"{d}.sum(0)" if not keep else f"np.sum({d}, axis=0{keep})")]
        if l == 1:
            break
        dh, act = f"dh{l - 1}", net.act(l - 1)
        out += [f"{dh} = {s.dot(d, s.T(f'W{l}'))}"]
        if net.extra == "dropout":
            out += s.pick([f"{dh} *= mask{l - 1}"], [f"{dh} = {dh} * mask{l - 1}"])
        if act == "relu":
            out += s.pick([f"{dh}[h{l - 1} <= 0] = 0"], [f"{dh} = {dh} * (h{l - 1} > 0)"], [f"{dh}[h{l - 1} == 0] = 0"])
            d = dh
        elif act == "tanh":
            d = f"dz{l - 1}"
            out += s.pick([f"{d} = (1 - h{l - 1}**2) * {dh}"], [f"{d} = {dh} * (1 - h{l - 1} * h{l - 1})"])
        elif act == "sigmoid":
            d = f"dz{l - 1}"
            out += [f"{d} = {dh} * h{l - 1} * (1 - h{l - 1})"]
        else:
            d = f"dz{l - 1}"
            out += [f"{d} = {dh} * {s.slope(act, f'h{l - 1}', f'z{l - 1}')}"]
    if net.extra == "l2":
        out += [s.pick(f"dW{l} += reg / {n} * W{l}", f"dW{l} = dW{l} + reg * W{l} / {n}") for l in net.layers]
    params = parameters_of(net)
    update = [f"{p} += -step_size * d{p}" for p in params] if s.flip() else [f"{p} -= step_size * d{p}" for p in params]
    consts = {"l2": [f"reg = {LAMBDA}"], "dropout": [f"p = {KEEP}"]}.get(net.extra, [])
    function = s.flip()
    if function:
        text = "\n".join(consts) + f"\ndef loss_and_grads(X, y, {', '.join(params)}):\n" + indent([*out, "#@", f"return loss, {{{', '.join(f'{chr(34)}{p}{chr(34)}: d{p}' for p in params)}}}"])
    else:
        k = net.outputs
        sizes = {0: "D"} | {l: f"h{l}_size" if l < net.depth else "K" for l in net.layers}
        data = ["np.random.seed(0)", "N = 9", "D = 6", f"K = {k}"] + [f"h{l}_size = {models.SIZES[l]}" for l in net.layers if l < net.depth]
        data += ["X = np.random.randn(N, D)", "y = " + ("np.arange(N) % K" if labels else "(np.random.rand(N, K) > 0.5).astype(float)" if net.cost == "ce" else "np.random.randn(N, K)")]
        data += ["#@I"] + [f"W{l} = 0.5 * np.random.randn({sizes[l - 1]}, {sizes[l]})\nb{l} = np.zeros((1, {sizes[l]}))" for l in net.layers] + ["#@", "step_size = 0.1"]
        text = "\n".join([*data, *consts, f"for i in range({s.pick(200, 10, 1000)}):"]) + "\n" + indent([*out, "#@U", *update, "#@"])

    def drive(ns, v):
        if function:
            np.random.rand, keep = lambda *shape: 1.0 - v["D1"].T, np.random.rand
            try:
                g = ns["loss_and_grads"](v["X"].T, v["labels"] if labels else v["Y"].T, *[v["params"][p].T for p in params])[1]
            finally:
                np.random.rand = keep
            return {k: np.asarray(x).T.reshape(v["params"][k].shape) if k[0] == "b" and np.ndim(x) == 1 else np.asarray(x).T for k, x in g.items()}
        return {p: ns["d" + p] for p in params}
    drive.script = not function
    return program(s, text), drive


# ---- 5: the delta style: errors and deltas, only the parameters change

def delta(net, s):
    if net.extra or net.cost == "softmax" or net.depth > 2 or net.cost in ("mean",):
        return None
    by_rows = s.plain or s.flip()
    lr, k = s.pick("0.1", "lr", "alpha"), net.outputs
    data = ["np.random.seed(1)", "X = np.random.randn(8, 6)", f"y = (np.random.rand(8, {k}) > 0.5).astype(float)" if net.out == "sigmoid" else f"y = np.random.randn(8, {k})", "#@I"]
    if net.depth == 1:
        data += [f"syn0 = 2*np.random.random((6,{k})) - 1", f"b0 = np.zeros((1,{k}))"]
        last, fwd = "l1", ["l0 = X", f"l1 = {s.apply(net.out, '(' + s.dot('l0', 'syn0') + ' + b0)')}"]
    else:
        data += ["syn0 = 2*np.random.random((6,5)) - 1", f"syn1 = 2*np.random.random((5,{k})) - 1", "b0 = np.zeros((1,5))", f"b1 = np.zeros((1,{k}))"]
        last = "l2"
        fwd = ["l0 = X", f"z1 = {s.dot('l0', 'syn0')} + b0", f"l1 = {s.apply(net.hidden[0], 'z1')}", f"z2 = {s.dot('l1', 'syn1')} + b1", f"l2 = {s.apply(net.out, 'z2')}"]
    minus = s.pick(True, True, False)  # y - out, and added
    slope = f" * {last} * (1 - {last})" if net.cost == "half" and net.out == "sigmoid" else ""
    back = [f"{last}_error = " + (f"y - {last}" if minus else f"{last} - y")]
    back += [f"{last}_delta = {last}_error{slope}"] if slope or s.flip() else []
    d = f"{last}_delta" if len(back) > 1 else f"{last}_error"
    op = "+=" if minus else "-="
    m = s.pick("len(X)", "X.shape[0]", "8")
    if net.depth == 2:
        back += [f"l1_error = {s.dot(d, s.T('syn1'))}", f"l1_delta = l1_error * {s.slope(net.hidden[0], 'l1', 'z1')}"]
        up = [f"syn1 {op} {lr} * {s.dot(s.T('l1'), d)} / {m}", f"b1 {op} {lr} * {d}.sum(axis=0, keepdims=True) / {m}",
              f"syn0 {op} {lr} * {s.dot(s.T('l0'), 'l1_delta')} / {m}", f"b0 {op} {lr} * l1_delta.sum(axis=0, keepdims=True) / {m}"]
    else:
        up = [f"syn0 {op} {lr} * {s.dot(s.T('l0'), d)} / {m}", f"b0 {op} {lr} * np.sum({d}, axis=0, keepdims=True) / {m}"]
    text = "\n".join(data) + "\n#@\n" + (f"{lr} = 0.5\n" if lr != "0.1" else "") + f"for epoch in range({s.pick(1000, 100)}):\n" + indent(["#@F", *fwd, "#@B", *back, *up, "#@"])

    def drive(ns, v):
        return {p: ns[p] for p in ("syn0", "syn1", "b0", "b1") if p in ns}
    drive.script = True
    return program(s, text), drive


# ---- 6: lists, one example at a time (as in Nielsen's book), and a loop that adds up

def nielsen(net, s):
    if net.extra or net.cost in ("softmax", "mean") or net.out == "linear" or len(set(net.hidden)) > 1:
        return None
    hidden = net.hidden[0] if net.hidden else "sigmoid"
    prime = {"sigmoid": "sigmoid_prime(z)", "tanh": "(1 - np.tanh(z)**2)", "relu": "(z > 0)", "leaky": f"np.where(z > 0, 1, {SLOPE})"}[hidden]
    hid = {"sigmoid": "sigmoid(z)", "tanh": "np.tanh(z)", "relu": "np.maximum(z, 0)", "leaky": f"np.where(z > 0, z, {SLOPE} * z)"}[hidden]
    turn = s.pick(".transpose()", ".T")
    d = lambda a, b: f"np.dot({a}, {b})" if s.plain or s.product.startswith("np.dot") else f"{a} @ {b}"
    body = "class Network(object):\n\n    def __init__(self, sizes):\n        self.num_layers = len(sizes)\n        self.sizes = sizes\n#@I\n"
    body += "        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]\n        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]\n#@\n\n"
    body += "    def update_mini_batch(self, mini_batch, eta):\n        nabla_b = [np.zeros(b.shape) for b in self.biases]\n        nabla_w = [np.zeros(w.shape) for w in self.weights]\n"
    body += "        for x, y in mini_batch:\n            delta_nabla_b, delta_nabla_w = self.backprop(x, y)\n            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]\n"
    body += "            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]\n#@U\n"
    body += "        self.weights = [w - (eta / len(mini_batch)) * nw for w, nw in zip(self.weights, nabla_w)]\n        self.biases = [b - (eta / len(mini_batch)) * nb for b, nb in zip(self.biases, nabla_b)]\n#@\n\n"
    body += "    def backprop(self, x, y):\n        nabla_b = [np.zeros(b.shape) for b in self.biases]\n        nabla_w = [np.zeros(w.shape) for w in self.weights]\n#@F\n"
    body += "        activation = x\n        activations = [x]\n        zs = []\n"
    if hidden == net.out or not net.hidden:
        body += f"        for b, w in zip(self.biases, self.weights):\n            z = {d('w', 'activation')} + b\n            zs.append(z)\n            activation = sigmoid(z)\n            activations.append(activation)\n"
    else:
        body += f"        for b, w in zip(self.biases[:-1], self.weights[:-1]):\n            z = {d('w', 'activation')} + b\n            zs.append(z)\n            activation = {hid}\n            activations.append(activation)\n"
        body += f"        z = {d('self.weights[-1]', 'activation')} + self.biases[-1]\n        zs.append(z)\n        activations.append(sigmoid(z))\n"
    body += "#@B\n        delta = self.cost_derivative(activations[-1], y)" + (" * sigmoid_prime(zs[-1])\n" if net.cost == "half" else "\n")
    body += f"        nabla_b[-1] = delta\n        nabla_w[-1] = {d('delta', 'activations[-2]' + turn)}\n"
    if net.depth > 1:
        loop = s.pick("for l in range(2, self.num_layers):", "for l in range(2, len(self.sizes)):")
        body += f"        {loop}\n            z = zs[-l]\n            sp = {prime}\n            delta = {d('self.weights[-l+1]' + turn, 'delta')} * sp\n"
        body = body.replace("delta = self.weights[-l+1]" + turn + " @ delta * sp", "delta = (self.weights[-l+1]" + turn + " @ delta) * sp")
        body += f"            nabla_b[-l] = delta\n            nabla_w[-l] = {d('delta', 'activations[-l-1]' + turn)}\n"
    body += "#@\n        return (nabla_b, nabla_w)\n\n    def cost_derivative(self, output_activations, y):\n#@B\n        return output_activations - y\n"
    text = body + ("\n#@B\ndef sigmoid_prime(z):\n    return sigmoid(z) * (1 - sigmoid(z))\n" if "sigmoid_prime" in body else "")

    def drive(ns, v):
        p, n = v["params"], object.__new__(ns["Network"])
        n.weights, n.biases = [p[f"W{l}"] for l in net.layers], [p[f"b{l}"] for l in net.layers]
        n.sizes = [p["W1"].shape[1], *[len(w) for w in n.weights]]
        n.num_layers = len(n.sizes)
        total = {}
        m = v["X"].shape[1]
        for t in range(m):
            b, w = n.backprop(v["X"][:, t:t + 1], v["Y"][:, t:t + 1])
            for l in net.layers:
                total[f"W{l}"] = total.get(f"W{l}", 0) + w[l - 1] / m
                total[f"b{l}"] = total.get(f"b{l}", 0) + b[l - 1] / m
        return total
    return program(s, text), drive


def one_by_one(net, s):
    """A loop over the examples that adds up, columns as (n, 1)."""
    if net.extra in ("norm", "dropout") or net.depth > 3:
        return None
    params = parameters_of(net)
    st = Style(1)
    st.__dict__ |= {k: w for k, w in s.__dict__.items() if k != "sums"}
    body = ["m = X.shape[1]", "n = X.shape[0]"]
    zero = s.pick("np.zeros_like({})", "np.zeros({}.shape)")
    body += [f"d{p} = {zero.format(p)}" for p in params]
    body += [s.pick("for i in range(m):", "for i in range(X.shape[1]):")]
    inner = [s.pick("x = X[:, i:i+1]", "x = X[:, i].reshape(-1, 1)", "x = X[:, [i]]"), s.pick("y = Y[:, i:i+1]", "y = Y[:, i].reshape(-1, 1)")]
    a = "x"
    inner += ["#@F"]
    for l in net.layers:
        inner += [f"z{l} = {s.dot(f'W{l}', a)} + b{l}"]
        if net.act(l) != "linear":
            inner += [f"a{l} = {s.apply(net.act(l), f'z{l}')}"]
            a = f"a{l}"
        else:
            a = f"z{l}"
    inner += ["#@B", *first_delta(net, s, f"dz{net.depth}", a, f"z{net.depth}", "y")]
    for l in reversed(net.layers):
        prev = "x" if l == 1 else f"a{l - 1}"
        inner += [f"dW{l} += {s.dot(f'dz{l}', s.T(prev))}", f"db{l} += dz{l}"]
        if l > 1:
            back = s.dot(s.T(f"W{l}"), f"dz{l}")
            inner += [f"dz{l - 1} = {wrap(back) if '@' in back else back} * {s.slope(net.act(l - 1), f'a{l - 1}', f'z{l - 1}')}"]
    body += ["    " + x if not x.startswith("#@") else x for x in inner]
    body += s.pick([f"d{p} /= m" for p in params], [f"d{p} = d{p} / m" for p in params])
    if net.extra == "l2":
        body += [f"dW{l} += lambd / m * W{l}" for l in net.layers]
    text = (f"lambd = {LAMBDA}\n" if net.extra == "l2" else "") + f"def gradients(X, Y, {', '.join(params)}):\n" + indent([*body, "#@", f"return {', '.join('d' + p for p in params)}"])

    def drive(ns, v):
        return dict(zip(params, ns["gradients"](v["X"], v["Y"], *[v["params"][p] for p in params])))
    return program(s, text), drive


# ---- 7: classes

def classes(net, s):
    params, names = parameters_of(net), cached(net)
    self_ = {n: f"self.{n}" for n in [*params, *names]}

    def own(line):
        return re.sub(r"(?<![\w.\"'])([AZDW]n?t?\d|b\d|mu\d|var\d|gamma\d|beta\d)(?!\w)", r"self.\1", line)
    lam = {"l2": f"        self.lambd = {LAMBDA}\n", "dropout": f"        self.keep_prob = {KEEP}\n", "norm": f"        self.eps = {EPS}\n"}.get(net.extra, "")

    def fix(line):
        return own(line).replace("lambd", "self.lambd").replace("keep_prob", "self.keep_prob").replace("+ eps", "+ self.eps")
    sizes = ["n_x", *[f"n_h{l}" if l < net.depth else "n_y" for l in net.layers]]
    text = f"class NeuralNetwork:\n    def __init__(self, {', '.join(sizes)}, lr=0.1):\n        self.lr = lr\n{lam}#@I\n"
    for l in net.layers:
        text += f"        self.W{l} = np.random.randn({sizes[l]}, {sizes[l - 1]}) * 0.5\n"
        if net.extra == "norm" and l < net.depth:
            text += f"        self.gamma{l} = np.ones(({sizes[l]}, 1))\n        self.beta{l} = np.zeros(({sizes[l]}, 1))\n"
        else:
            text += f"        self.b{l} = np.zeros(({sizes[l]}, 1))\n"
    last = f"A{net.depth}" if net.out != "linear" else f"Z{net.depth}"
    text += "#@\n\n    def forward(self, X):\n" + indent(["#@F", *[fix(x) for x in forward_lines(net, s)], "#@", f"return self.{last}"], 8)
    text += "\n    def backward(self, X, Y):\n        m = X.shape[1]\n"
    mode = s.pick("step", "attributes", "step", "return")
    up = ["#@U", *[s.pick(f"self.{p} -= self.lr * d{p}", f"self.{p} = self.{p} - self.lr * d{p}") for p in params]]
    lines = [fix(x) for x in backward_lines(net, s, s.flip() and net.extra != "norm")]
    if mode == "attributes":
        lines = [re.sub(r"(?<![\w.])(d(?:W|b|gamma|beta)\d)(?!\w)", r"self.\1", x) for x in lines]
        up = []
    if mode == "return":
        up = [f"return {', '.join('d' + p for p in params)}"]
    text += indent(["#@B", *lines, *up, "#@"], 8)
    if mode == "attributes":
        text += "\n    def step(self):\n" + indent(["#@U", *[f"self.{p} -= self.lr * self.d{p}" for p in params], "#@"], 8)
    if mode == "step":
        text += "\n    def train(self, X, Y, epochs=100):\n        for i in range(epochs):\n            self.forward(X)\n            self.backward(X, Y)\n"

    def drive(ns, v):
        p = v["params"]
        n = ns["NeuralNetwork"](p["W1"].shape[1], *[len(p[f"W{l}"]) for l in net.layers])
        for k, w in p.items():
            setattr(n, k, w.copy())
        real, np.random.rand = np.random.rand, lambda *shape: 1.0 - v["D1"]
        try:
            n.forward(v["X"])
        finally:
            np.random.rand = real
        got = n.backward(v["X"], v["Y"])
        if mode == "return":
            return dict(zip(params, got))
        if mode == "attributes":
            return {k: getattr(n, "d" + k) for k in params}
        return {k: (p[k] - getattr(n, k)) / 0.1 for k in params}
    return program(s, text), drive


def modules(net, s):
    """Layers as objects, the network a list of them."""
    if net.extra or net.out == "linear" and False:
        return None
    T = s.pick(".T", ".T", ".transpose()")
    text = "class Dense:\n    def __init__(self, n_in, n_out):\n#@I\n        self.W = np.random.randn(n_out, n_in) * 0.5\n        self.b = np.zeros((n_out, 1))\n#@\n\n    def forward(self, x):\n        self.x = x\n"
    text += f"        return {s.dot('self.W', 'x')} + self.b\n\n    def backward(self, grad):\n#@B\n"
    text += f"        self.dW = {s.dot('grad', 'self.x' + T)}\n        self.db = {s.rows('grad')}\n        return {s.dot('self.W' + T, 'grad')}\n#@\n\n"
    kinds = {"relu": ("ReLU", "self.x = x\n        return np.maximum(0, x)", "return grad * (self.x > 0)"), "tanh": ("Tanh", "self.out = np.tanh(x)\n        return self.out", "return grad * (1 - self.out**2)"),
             "sigmoid": ("Sigmoid", "self.out = 1 / (1 + np.exp(-x))\n        return self.out", "return grad * self.out * (1 - self.out)"),
             "leaky": ("LeakyReLU", f"self.x = x\n        return np.where(x > 0, x, {SLOPE} * x)", f"return grad * np.where(self.x > 0, 1, {SLOPE})"),
             "softmax": ("Softmax", "e = np.exp(x - x.max(axis=0))\n        self.out = e / e.sum(axis=0)\n        return self.out", "return self.out * (grad - (grad * self.out).sum(axis=0, keepdims=True))")}
    used = list(dict.fromkeys([*net.hidden, *([net.out] if net.out != "linear" else [])]))
    for act in used:
        name, f, b = kinds[act]
        text += f"class {name}:\n    def forward(self, x):\n        {f}\n\n    def backward(self, grad):\n#@B\n        {b}\n#@\n\n"
    grad = {"softmax": "-Y / out / m", "ce": "(-Y / out + (1 - Y) / (1 - out)) / m", "half": "(out - Y) / m", "mean": "2 * (out - Y) / m"}[net.cost]
    text += "class Net:\n    def __init__(self, sizes):\n        self.layers = []\n"
    for l in net.layers:
        text += f"        self.layers.append(Dense(sizes[{l - 1}], sizes[{l}]))\n" + (f"        self.layers.append({kinds[net.act(l)][0]}())\n" if net.act(l) != "linear" else "")
    text += "\n    def forward(self, x):\n        for layer in self.layers:\n            x = layer.forward(x)\n        return x\n\n"
    text += f"    def backward(self, X, Y):\n        m = X.shape[1]\n        out = self.forward(X)\n#@B\n        grad = {grad}\n        for layer in reversed(self.layers):\n            grad = layer.backward(grad)\n#@\n\n"
    text += "    def step(self, lr):\n        for layer in self.layers:\n            if hasattr(layer, 'W'):\n#@U\n                layer.W -= lr * layer.dW\n                layer.b -= lr * layer.db\n#@\n"

    def drive(ns, v):
        p = v["params"]
        n = ns["Net"]([p["W1"].shape[1], *[len(p[f"W{l}"]) for l in net.layers]])
        dense = [x for x in n.layers if hasattr(x, "W")]
        for l, d in enumerate(dense, 1):
            d.W, d.b = p[f"W{l}"], p[f"b{l}"]
        n.backward(v["X"], v["Y"])
        return {k: getattr(dense[int(k[1:]) - 1], "d" + k[0]) for k in p}
    return program(s, text), drive


# ---- a parameters dict and a loop over the layers, in one function

def looped(net, s):
    if net.extra in ("norm", "dropout") or net.out == "linear":
        return None
    same = set(net.hidden)
    key = s.pick("'{0}' + str({1})", "f'{0}{{{1}}}'", "'{0}%d' % ({1})", "'{0}{{}}'.format({1})")
    k = lambda n, i: key.format(n, i)
    act = ["relu" if net.hidden == () else net.hidden[0]]
    lines = ["L = len(params) // 2", "m = X.shape[1]", "A = {}", "Z = {}", "A[0] = X", "for l in range(1, L + 1):", f"    Z[l] = {s.dot('params[' + k('W', 'l') + ']', 'A[l - 1]')} + params[{k('b', 'l')}]"]
    if not net.hidden:
        lines += [f"    A[l] = {s.apply(net.out, 'Z[l]')}"]
    elif len(same) == 1:
        lines += ["    if l < L:", f"        A[l] = {s.apply(act[0], 'Z[l]')}", "    else:", f"        A[l] = {s.apply(net.out, 'Z[l]')}"]
    else:
        lines += ["    if l == L:", f"        A[l] = {s.apply(net.out, 'Z[l]')}", "    elif l == 1:", f"        A[l] = {s.apply(net.hidden[0], 'Z[l]')}", "    else:", f"        A[l] = {s.apply(net.hidden[1], 'Z[l]')}"]
    delta = "A[L] - Y" + ("" if net.cost != "half" else "")
    if net.cost == "half":
        delta = "(A[L] - Y) * A[L] * (1 - A[L])"
    dw = s.over_m(s.dot("dZ", s.T("A[l - 1]"))) + (f" + lambd / m * params[{k('W', 'l')}]" if net.extra == "l2" else "")
    lines += ["#@B", "grads = {}", f"dZ = {delta}", s.pick("for l in range(L, 0, -1):", "for l in reversed(range(1, L + 1)):"), f"    grads[{k('dW', 'l')}] = {dw}",
              f"    grads[{k('db', 'l')}] = {s.over_m(s.rows('dZ'))}"]
    if net.hidden:
        lines += ["    if l > 1:", f"        dA = {s.dot(s.T('params[' + k('W', 'l') + ']'), 'dZ')}"]
        if len(same) == 1:
            lines += [f"        dZ = {s.mul('dA', s.slope(act[0], 'A[l - 1]', 'Z[l - 1]'))}"]
        else:
            lines += ["        if l - 1 == 1:", f"            dZ = {s.mul('dA', s.slope(net.hidden[0], 'A[l - 1]', 'Z[l - 1]'))}", "        else:", f"            dZ = {s.mul('dA', s.slope(net.hidden[1], 'A[l - 1]', 'Z[l - 1]'))}"]
    text = (f"lambd = {LAMBDA}\n" if net.extra == "l2" else "") + "def compute_gradients(X, Y, params):\n" + indent([*lines, "#@", "return grads"])

    def drive(ns, v):
        return from_grads(net, ns["compute_gradients"](v["X"], v["Y"], v["params"]))
    return program(s, text), drive


# ---- a flat script, no functions: examples in columns

def script(net, s):
    params = parameters_of(net)
    if net.extra == "dropout" and net.cost == "softmax":
        pass
    sizes = ["n_x", *[f"n_h{l}" if l < net.depth else "n_y" for l in net.layers]]
    lines = ["np.random.seed(3)", "n_x, m = 6, 9"] + [f"n_h{l} = {models.SIZES[l]}" for l in net.layers if l < net.depth] + [f"n_y = {net.outputs}", "X = np.random.randn(n_x, m)"]
    lines += ["Y = np.eye(n_y)[np.arange(m) % n_y].T" if net.cost == "softmax" else "Y = (np.random.rand(n_y, m) > 0.5) * 1.0" if net.cost == "ce" else "Y = np.random.randn(n_y, m)", "#@I"]
    for l in net.layers:
        lines += [f"W{l} = np.random.randn({sizes[l]}, {sizes[l - 1]}) * 0.5"]
        lines += [f"gamma{l} = np.ones(({sizes[l]}, 1))", f"beta{l} = np.zeros(({sizes[l]}, 1))"] if net.extra == "norm" and l < net.depth else [f"b{l} = np.zeros(({sizes[l]}, 1))"]
    lines += ["#@", "learning_rate = 0.1"] + {"l2": [f"lambd = {LAMBDA}"], "dropout": [f"keep_prob = {KEEP}"], "norm": [f"eps = {EPS}"]}.get(net.extra, [])
    last = f"A{net.depth}" if net.out != "linear" else f"Z{net.depth}"
    step = ["#@F", *forward_lines(net, s), "#@L", *loss_lines(net, s, last)]
    if net.extra == "l2":
        step += ["cost = cost + lambd / (2 * m) * (" + " + ".join(f"np.sum(W{l}**2)" for l in net.layers) + ")"]
    step += ["#@B", *backward_lines(net, s, s.flip() and net.extra != "norm"), "#@U", *[s.pick(f"{p} -= learning_rate * d{p}", f"{p} = {p} - learning_rate * d{p}") for p in params], "#@"]
    text = "\n".join(lines) + "\n"
    text += f"for epoch in range({s.pick(100, 1000)}):\n" + indent(step) if s.plain or s.flip() else "\n".join(step) + "\n"

    def drive(ns, v):
        return {p: ns["d" + p] for p in params}
    drive.script = True
    return program(s, text), drive


# ---- recurrent: three steps, in the three ways people unroll them

def recurrent(net, s):
    if not isinstance(net, Recurrent):
        return None
    params = parameters_of(net)
    way = s.pick("named", "lists", "class")
    T, end = net.steps, "return {" + ", ".join(f'"d{p}": d{p}' for p in params) + "}"
    m = "m = Y.shape[1]"
    if way == "named":
        body = [m, "#@F", f"H1 = np.tanh({s.dot('Wx', 'X1')} + bh)"] + [f"H{t} = np.tanh({s.dot('Wx', f'X{t}')} + {s.dot('Wh', f'H{t - 1}')} + bh)" for t in range(2, T + 1)]
        body += [f"A = sigmoid({s.dot('Wy', f'H{T}')} + by)", "#@B", "dZ = A - Y", f"dWy = {s.over_m(s.dot('dZ', s.T(f'H{T}')))}", f"dby = {s.over_m(s.rows('dZ'))}", f"dH{T} = {s.dot(s.T('Wy'), 'dZ')}"]
        for t in range(T, 0, -1):
            body += [f"dU{t} = dH{t} * (1 - " + s.square.format(f"H{t}") + ")"] + ([f"dH{t - 1} = {s.dot(s.T('Wh'), f'dU{t}')}"] if t > 1 else [])
        sums = lambda f: " + ".join(f)
        body += ["dWx = " + s.over_m("(" + sums(s.dot(f"dU{t}", s.T(f"X{t}")) for t in range(1, T + 1)) + ")"), "dWh = " + s.over_m("(" + sums(s.dot(f"dU{t}", s.T(f"H{t - 1}")) for t in range(2, T + 1)) + ")"),
                 "dbh = " + s.over_m(s.rows("(" + sums(f"dU{t}" for t in range(1, T + 1)) + ")"))]
    else:
        body = [m, "xs = [X1, X2, X3]", "hs = {}", "hs[-1] = np.zeros((Wh.shape[0], m))", "#@F", "for t in range(len(xs)):", f"    hs[t] = np.tanh({s.dot('Wx', 'xs[t]')} + {s.dot('Wh', 'hs[t-1]')} + bh)",
                f"A = sigmoid({s.dot('Wy', 'hs[len(xs)-1]')} + by)", "#@B", "dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)", "dbh = np.zeros_like(bh)", s.pick("dy = (A - Y) / m", "dy = (A - Y) * (1 / m)"),
                f"dWy = {s.dot('dy', s.T('hs[len(xs)-1]'))}", f"dby = {s.rows('dy')}", f"dhnext = {s.dot(s.T('Wy'), 'dy')}", s.pick("for t in reversed(range(len(xs))):", "for t in range(len(xs) - 1, -1, -1):"),
                "    dhraw = (1 - hs[t] * hs[t]) * dhnext", f"    dbh += {s.rows('dhraw')}", f"    dWx += {s.dot('dhraw', s.T('xs[t]'))}", f"    dWh += {s.dot('dhraw', s.T('hs[t-1]'))}", f"    dhnext = {s.dot(s.T('Wh'), 'dhraw')}"]
    text = f"def rnn_backward(X1, X2, X3, Y, {', '.join(params)}):\n" + indent([*body, "#@", end])
    if way == "class":
        body = [re.sub(r"(?<![\w.])(Wx|Wh|bh|Wy|by)(?!\w)", r"self.\1", x) for x in body]
        text = "class RNN:\n    def __init__(self, n_x, n_h, n_y):\n#@I\n" + indent(["self.Wx = np.random.randn(n_h, n_x) * 0.5", "self.Wh = np.random.randn(n_h, n_h) * 0.5", "self.bh = np.zeros((n_h, 1))",
               "self.Wy = np.random.randn(n_y, n_h) * 0.5", "self.by = np.zeros((n_y, 1))", "#@"], 8) + "\n    def gradients(self, X1, X2, X3, Y):\n" + indent([*body, "#@", end], 8)

    def drive(ns, v):
        p = v["params"]
        if way == "class":
            n = ns["RNN"](p["Wx"].shape[1], 4, len(p["by"]))
            for k, w in p.items():
                setattr(n, k, w)
            g = n.gradients(*v["Xs"], v["Y"])
        else:
            g = ns["rnn_backward"](*v["Xs"], v["Y"], *[p[k] for k in params])
        return from_grads(net, g)
    return program(s, text), drive


DENSE = {"course": course, "layers": layered, "scratch": scratch, "rows": rows, "delta": delta, "nielsen": nielsen, "one by one": one_by_one,
         "class": classes, "modules": modules, "loop": looped, "script": script}


def write(net, family, seed):
    """(text, regions, drive) or None: regions[i] is what line i + 1 is."""
    s = Style(seed)
    made = recurrent(net, s) if isinstance(net, Recurrent) else DENSE[family](net, s)
    if not made:
        return None
    text, drive = made
    lines, regions, now = [], [], ""
    for line in text.splitlines():
        if line.strip().startswith("#@"):
            now = line.strip()[2:]
        else:
            lines.append(line)
            regions.append(now)
    return "\n".join(lines) + "\n", regions, drive


def families(net):
    return ["recurrent"] if isinstance(net, Recurrent) else [f for f, w in DENSE.items() if w(net, Style(0))]
