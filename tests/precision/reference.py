"""A model's values and gradients with as many digits as wanted, without dfoo: the file is read by
the few lines below, its right-hand sides are evaluated as Python on matrices of numbers that
remember how they were made, and the gradients follow from those memories, number by number."""
import re

import gmpy2
import mpmath
import numpy as np
from mpmath import mp, mpf


def by_mpfr(function, otherwise):
    """A function of mpf's, computed by MPFR: of thousands of digits it makes an exponential in a tenth of mpmath's time."""
    def apply(x):
        sign, digits, exponent, _ = x._mpf_
        if not digits:  # 0, infinite, no number
            return otherwise(x)
        with gmpy2.local_context(gmpy2.get_context(), precision=mp.prec + 20):
            whole, shift = gmpy2.mpfr(-digits if sign else digits), gmpy2.mul_2exp if exponent >= 0 else gmpy2.div_2exp
            y = function(shift(whole, abs(exponent)))
            if not gmpy2.is_finite(y) or gmpy2.is_zero(y):
                return otherwise(x)
            return mpf(tuple(map(int, y.as_mantissa_exp())))
    return apply


exp_of, log_of = by_mpfr(gmpy2.exp, mpmath.exp), by_mpfr(gmpy2.log, mpmath.log)


class Number:
    """A value and, for each number it was made from, the derivative by it."""
    __slots__ = ("value", "parents", "adjoint")

    def __init__(self, value, parents=()):
        self.value, self.parents, self.adjoint = value, parents, mpf(0)

    def __add__(self, other):
        other = number(other)
        return Number(self.value + other.value, ((self, 1), (other, 1)))

    def __sub__(self, other):
        other = number(other)
        return Number(self.value - other.value, ((self, 1), (other, -1)))

    def __mul__(self, other):
        other = number(other)
        return Number(self.value * other.value, ((self, other.value), (other, self.value)))

    def __truediv__(self, other):
        other = number(other)
        y = self.value / other.value
        return Number(y, ((self, 1 / other.value), (other, -y / other.value)))

    def __pow__(self, other):
        other = number(other)
        a, b = self.value, other.value
        slope = log_of(a) if a > 0 and other.parents else mpf(0)
        return Number(a**b, ((self, b * a**(b - 1) if b else mpf(0)), (other, slope * a**b)))

    def __neg__(self):
        return Number(-self.value, ((self, -1),))

    def __radd__(self, other):
        return number(other) + self

    def __rsub__(self, other):
        return number(other) - self

    def __rmul__(self, other):
        return number(other) * self

    def __rtruediv__(self, other):
        return number(other) / self

    def __rpow__(self, other):
        return number(other)**self

    def __gt__(self, other):
        return Number(mpf(self.value > number(other).value))

    def __lt__(self, other):
        return Number(mpf(self.value < number(other).value))

    def __bool__(self):
        return self.value != 0


def number(x):
    return x if isinstance(x, Number) else Number(mpf(x))


def entrywise(value, slope):
    """value(a), and slope(a, y)."""
    def one(x):
        x = number(x)
        y = value(x.value)
        return Number(y, ((x, slope(x.value, y)),))
    over = np.frompyfunc(one, 1, 1)
    return lambda a: over(a)


def expm1(a):
    return exp_of(a) - 1


def tanh(a):
    return 1 - 2 / (exp_of(2 * a) + 1)


def reduce_with(fold):
    def reduced(a, axis=None, keepdims=True):
        a = np.asarray(a, dtype=object)
        if axis is None:
            return fold(list(a.ravel()))
        lines = np.moveaxis(a, axis, -1)
        out = np.empty(lines.shape[:-1], dtype=object)
        for i in np.ndindex(out.shape):
            out[i] = fold(list(lines[i]))
        return np.expand_dims(out, axis)
    return reduced


def total(numbers):
    return Number(mpmath.fsum(x.value for x in numbers), tuple((x, 1) for x in numbers))


def largest(numbers):
    best = max(numbers, key=lambda x: x.value)
    ties = [x for x in numbers if x.value == best.value]
    return Number(best.value, tuple((x, mpf(1) / len(ties)) for x in ties))


def larger(a, b):
    """The first has the slope where both are equal, as dfoo has it."""
    return Number(max(a.value, b.value), ((a, mpf(a.value >= b.value)), (b, mpf(b.value > a.value))))


exp = entrywise(exp_of, lambda a, y: y)
log = entrywise(log_of, lambda a, y: 1 / a)
absolute = entrywise(abs, lambda a, y: mpmath.sign(a))
add = reduce_with(total)
most = reduce_with(largest)
where = np.frompyfunc(lambda a, b, c: number(b) if number(a).value != 0 else number(c), 3, 1)


def softmax(a, axis=0):
    e = exp(a - most(a, axis=axis))
    return e / add(e, axis=axis)


def mean(a, axis=None, keepdims=True):
    a = np.asarray(a, dtype=object)
    return add(a, axis=axis) / mpf(a.size if axis is None else a.shape[axis])


FUNCTIONS = {
    "exp": exp, "log": log, "abs": absolute, "sum": add, "mean": mean, "max": most, "where": where, "softmax": softmax,
    "sqrt": entrywise(mpmath.sqrt, lambda a, y: 1 / (2 * y)),
    "sin": entrywise(mpmath.sin, lambda a, y: mpmath.cos(a)), "cos": entrywise(mpmath.cos, lambda a, y: -mpmath.sin(a)),
    "tan": entrywise(mpmath.tan, lambda a, y: 1 + y * y), "atan": entrywise(mpmath.atan, lambda a, y: 1 / (1 + a * a)),
    "asin": entrywise(mpmath.asin, lambda a, y: 1 / mpmath.sqrt(1 - a * a)),
    "acos": entrywise(mpmath.acos, lambda a, y: -1 / mpmath.sqrt(1 - a * a)),
    "sinh": entrywise(mpmath.sinh, lambda a, y: mpmath.cosh(a)), "cosh": entrywise(mpmath.cosh, lambda a, y: mpmath.sinh(a)),
    "log2": entrywise(lambda a: mpmath.log(a, 2), lambda a, y: 1 / (a * mpmath.log(2))),
    "log10": entrywise(mpmath.log10, lambda a, y: 1 / (a * mpmath.log(10))),
    "clip": lambda a, b, c: where(a < b, b, where(a > c, c, a)),
    "mish": lambda a: a * FUNCTIONS["tanh"](FUNCTIONS["softplus"](a)),
    "softsign": lambda a: a / (1 + absolute(a)),
    "erf": entrywise(mpmath.erf, lambda a, y: 2 / mpmath.sqrt(mp.pi) * exp_of(-a * a)),
    "erfc": entrywise(mpmath.erfc, lambda a, y: -2 / mpmath.sqrt(mp.pi) * exp_of(-a * a)),
    "log1p": entrywise(lambda a: log_of(1 + a), lambda a, y: 1 / (1 + a)),
    "expm1": entrywise(expm1, lambda a, y: y + 1),
    "sigmoid": entrywise(lambda a: 1 / (1 + exp_of(-a)), lambda a, y: y * (1 - y)),
    "tanh": entrywise(tanh, lambda a, y: 1 - y * y),
    "sech": entrywise(lambda a: 2 / (exp_of(a) + exp_of(-a)), lambda a, y: -y * tanh(a)),
    "softplus": entrywise(lambda a: log_of(1 + exp_of(a)), lambda a, y: 1 / (1 + exp_of(-a))),
    "relu": entrywise(lambda a: max(a, mpf(0)), lambda a, y: mpf(a > 0)),
    "dropout": lambda a, keep: a,  # nothing is dropped
    "swish": lambda a: a * FUNCTIONS["sigmoid"](a),
    "gelu": lambda a: a * FUNCTIONS["erfc"](-a / mpmath.sqrt(mpf(2))) / 2,
    "elu": lambda a, b=mpf(1): where(a > 0, a, b * FUNCTIONS["expm1"](a)),
    "leaky_relu": lambda a, b=0.01: where(a > 0, a, a * b),
    "maximum": np.frompyfunc(lambda a, b: larger(number(a), number(b)), 2, 1),
    "minimum": np.frompyfunc(lambda a, b: -larger(-number(a), -number(b)), 2, 1),
    "log_softmax": lambda a, axis=0: a - (most(a, axis=axis) + log(add(exp(a - most(a, axis=axis)), axis=axis))),
}


class Model:
    """Its declarations and statements; softmax runs along the axis that is not the examples'."""

    def __init__(self, text):
        self.shapes, self.kinds, self.constants, self.functions, self.statements, self.cost = {}, {}, {}, [], [], None
        for line in text.splitlines():
            line = re.sub(r"\blambda\b", "lambda_", line.split("#")[0].strip())
            declared = re.match(r"(input|label|param)\s+(\w+)\s*:\s*\((\w+)\s*,\s*(\w+)\)", line)
            constant = re.match(r"(?:const|size)\s+(\w+)\s*=\s*(.*)", line)
            function = re.match(r"(\w+)\(([\w, ]*)\)\s*=\s*(.*)", line)
            statement = re.match(r"(\w+)\s*=\s*(.*)", line)
            if declared:
                self.kinds[declared[2]] = declared[1]
                self.shapes[declared[2]] = declared[3], declared[4]
            elif constant:
                self.constants[constant[1]] = constant[2]
            elif function:
                self.functions.append(function.groups())
            elif line.startswith("minimize"):
                self.cost = line.split()[1]
            elif statement:
                self.statements.append(statement.groups())

    def axis(self):
        label = next(name for name, kind in self.kinds.items() if kind in ("label", "input"))
        return 1 if self.shapes[label][0] == "m" else 0

    def run(self, arrays):
        """Values and derivatives of the cost by every variable, as matrices of mpf."""
        names = dict(FUNCTIONS, pi=mp.pi)
        axis = self.axis()
        for function in "softmax", "log_softmax":
            names[function] = lambda a, axis=axis, f=FUNCTIONS[function]: f(a, axis=axis)
        for name, value in self.constants.items():
            names[name] = mpf(float(eval(value)))
        for name, x in arrays.items():
            names[name] = np.frompyfunc(number, 1, 1)(np.asarray(x, dtype=object))
            for size, n in zip(self.shapes[name], names[name].shape):
                names[size] = mpf(n)
        for name, args, body in self.functions:
            names[name] = eval(f"lambda {args}: {body}", names)
        for name, text in self.statements:
            names[name] = eval(text, names)
        self.backward(names[self.cost])
        value = np.frompyfunc(lambda x: x.value, 1, 1)
        slope = np.frompyfunc(lambda x: x.adjoint, 1, 1)
        out = {}
        for name in [*arrays, *(name for name, _ in self.statements)]:
            entries = np.asarray(names[name], dtype=object)
            out[name], out["d" + name] = value(entries), slope(entries)
        return out

    @staticmethod
    def backward(cost):
        order, seen, stack = [], set(), [(cost, False)]
        while stack:
            x, done = stack.pop()
            if done:
                order.append(x)
            elif id(x) not in seen:
                seen.add(id(x))
                stack.append((x, True))
                stack.extend((p, False) for p, _ in x.parents)
        cost.adjoint = mpf(1)
        for x in reversed(order):
            for p, slope in x.parents:
                p.adjoint += x.adjoint * slope
