"""The gradients of a model by differences in 60-digit arithmetic: numpy's object arrays hold mpmath's numbers, and the model's
text is evaluated as Python. Nothing here knows a derivative."""
import re

import mpmath
import numpy as np
from mpmath import mp, mpf

mp.dps = 60
H = mpf(10) ** -20


def entrywise(f):
    many = np.frompyfunc(lambda *args: f(*(mpf(a) for a in args)), f.__code__.co_argcount, 1)
    return lambda *args: many(*args)


def matrix(a):
    return mpmath.matrix(a.tolist())


def array(m):
    return np.array(m.tolist(), dtype=object)


def joined(f):
    def reduce(a, axis=None, keepdims=True):
        a = np.asarray(a, dtype=object)
        if axis is None:
            return f(list(a.flat))
        lines = a.T if axis == 0 else a
        out = np.array([f(list(line)) for line in lines], dtype=object)
        return out[None, :] if axis == 0 else out[:, None]
    return reduce


def diag(a):
    n = a.shape[0]
    if a.shape[1] == 1:
        return np.array([[a[i, 0] if i == j else mpf(0) for j in range(n)] for i in range(n)], dtype=object)
    return np.array([[a[i, i]] for i in range(n)], dtype=object)


def eye(n):
    return array(mpmath.eye(int(n)))


def softmax(a, axis=0):
    e = FUNCTIONS["exp"](a)
    return e / FUNCTIONS["sum"](e, axis=axis)


def norm(a, *which, axis=None, keepdims=True):
    if which and which[0] == 1:
        return sum(abs(x) for x in a.flat)
    if which and which[0] == mp.inf:
        return max(abs(x) for x in a.flat)
    return FUNCTIONS["sqrt"](FUNCTIONS["sum"](a * a, axis=axis))


def pad(a, before, after, axis=0):
    def zeros(n):
        return np.frompyfunc(mpf, 1, 1)(np.zeros((n, a.shape[1]) if axis == 0 else (a.shape[0], n)))
    return np.concatenate([zeros(int(before)), a, zeros(int(after))], axis=axis)


FUNCTIONS = {
    "exp": entrywise(lambda a: mpmath.exp(a)), "log": entrywise(lambda a: mpmath.log(a)), "sqrt": entrywise(lambda a: mpmath.sqrt(a)),
    "sin": entrywise(lambda a: mpmath.sin(a)), "cos": entrywise(lambda a: mpmath.cos(a)), "tan": entrywise(lambda a: mpmath.tan(a)),
    "asin": entrywise(lambda a: mpmath.asin(a)), "acos": entrywise(lambda a: mpmath.acos(a)), "atan": entrywise(lambda a: mpmath.atan(a)),
    "sinh": entrywise(lambda a: mpmath.sinh(a)), "cosh": entrywise(lambda a: mpmath.cosh(a)), "tanh": entrywise(lambda a: mpmath.tanh(a)),
    "log2": entrywise(lambda a: mpmath.log(a, 2)), "log10": entrywise(lambda a: mpmath.log10(a)),
    "mish": entrywise(lambda a: a * mpmath.tanh(mpmath.log(1 + mpmath.exp(a)))), "softsign": entrywise(lambda a: a / (1 + abs(a))),
    "clip": entrywise(lambda a, b, c: min(max(a, b), c)), "abs": entrywise(lambda a: abs(a)),
    "sigmoid": entrywise(lambda a: 1 / (1 + mpmath.exp(-a))), "softplus": entrywise(lambda a: mpmath.log(1 + mpmath.exp(a))),
    "sign": entrywise(lambda a: mpmath.sign(a)), "gelu": entrywise(lambda a: a * mpmath.ncdf(a)),
    "relu": entrywise(lambda a: max(a, mpf(0))), "maximum": entrywise(lambda a, b: max(a, b)), "minimum": entrywise(lambda a, b: min(a, b)),
    "where": np.frompyfunc(lambda a, b, c: b if a else c, 3, 1),
    "sum": joined(lambda x: mpmath.fsum(x)), "mean": joined(lambda x: mpmath.fsum(x) / len(x)), "max": joined(max),
    "softmax": softmax, "log_softmax": lambda a, axis=0: FUNCTIONS["log"](softmax(a, axis)),
    "trace": lambda a: mpmath.fsum(a[i, i] for i in range(a.shape[0])), "diag": diag, "eye": eye,
    "inv": lambda a: array(matrix(a) ** -1), "solve": lambda a, b: array(matrix(a) ** -1 * matrix(b)),
    "det": lambda a: mpmath.det(matrix(a)), "logdet": lambda a: mpmath.log(abs(mpmath.det(matrix(a)))),
    "norm": norm, "inf": mp.inf, "pi": mp.pi,
    "cumsum": lambda a, axis=0: np.cumsum(a, axis=axis), "cumsum_back": lambda a, axis=0: np.flip(np.cumsum(np.flip(a, axis), axis=axis), axis),
    "outer": lambda a, b: a.reshape(-1, 1) @ b.reshape(1, -1),
    "concat": lambda *parts, axis=0: np.concatenate(parts, axis=axis), "pad": pad,
    "kron": lambda a, b: np.vstack([np.hstack([x * b for x in row]) for row in a]),
    "block_dots": lambda a, b: np.array([[np.sum(a[i:i + len(b), j:j + b.shape[1]] * b) for j in range(0, a.shape[1], b.shape[1])]
                                         for i in range(0, len(a), len(b))], dtype=object),
    "block_sum": lambda a, b: sum(x * part for row, rows in zip(b, np.split(a, len(b)))
                                  for x, part in zip(row, np.split(rows, b.shape[1], axis=1))),
    "ones": lambda n, m: np.array([[mpf(1)] * int(m)] * int(n), dtype=object),
}


class Model:
    def __init__(self, text):
        self.kinds, self.shapes, self.statements, self.constants, self.sizes, self.cost = {}, {}, [], {}, set(), None
        for line in text.splitlines():
            line = re.sub(r"\blambda\b", "lambda_", line.split("#")[0].strip())
            declared = re.match(r"(?:symmetric )?(input|label|param)\s+(\w+)\s*:\s*\((.+?),(.+?)\)", line)
            constant = re.match(r"(const|size)\s+(\w+)\s*=\s*(.*)", line)
            statement = re.match(r"(\w+)\s*=\s*(.*)", line)
            if declared:
                self.kinds[declared[2]] = declared[1]
                self.shapes[declared[2]] = declared[3].strip(), declared[4].strip()
            elif constant:
                self.constants[constant[2]] = constant[3]
                self.sizes |= {constant[2]} if constant[1] == "size" else set()
            elif line.startswith("minimize"):
                self.cost = line.split()[1]
            elif statement:
                self.statements.append(statement.groups())

    def draw(self, sizes, rng, scale=1.0):
        """Values for what is declared."""
        sizes = dict(sizes, **{name: int(float(value)) for name, value in self.constants.items() if name in sizes})
        return {name: scale * rng.normal(size=[eval(d, {}, sizes) for d in shape]) for name, shape in self.shapes.items()}

    def evaluate(self, arrays, statements):
        """All names behind these statements, (name, text) each."""
        names = dict(FUNCTIONS)
        for name, value in self.constants.items():
            names[name] = int(value) if name in self.sizes else mpf(str(float(eval(value))))
        for name, x in arrays.items():
            names[name] = x
            for size, n in zip(self.shapes[name], x.shape):
                names[size] = n
        for name, text in statements:
            names[name] = eval(text, names)
        return names

    def value(self, arrays):
        return mpf(np.asarray(self.evaluate(arrays, self.statements)[self.cost], dtype=object).flat[0])

    def gradient(self, arrays, name):
        """By two-sided differences, whose error is some 1e-40 of what is measured."""
        arrays = {key: np.frompyfunc(mpf, 1, 1)(np.asarray(x, dtype=object)) for key, x in arrays.items()}
        x, out = arrays[name], np.zeros(arrays[name].shape)
        for place in np.ndindex(x.shape):
            two = []
            for sign in 1, -1:
                moved = x.copy()
                moved[place] += sign * H
                two.append(self.value(dict(arrays, **{name: moved})))
            out[place] = float((two[0] - two[1]) / (2 * H))
        return out
