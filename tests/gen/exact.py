"""A model's values and derivatives with 120 digits and their bounds (bounds.py): numbers that know how they were made, and
the functions of the notation.

It shares nothing with dfoo: values and derivatives are written here by hand, and test_exact.py holds them against
differences."""
import itertools

import gmpy2
import numpy as np
from gmpy2 import mpfr

from gen import linear
from gen.bounds import BITS, HALF, LEVEL, ONE, TWO, U, UNDERFLOW, ZERO, Ties, Val, const, each, given, mapped, precise, select, to_mpfr, true_where


class Node:
    """A value on the tape. back: a function of its adjoint that gives an adjoint for each of `parents`."""
    __slots__ = ("val", "parents", "back", "run", "number", "needs")

    def __init__(self, run, val, parents=(), back=None):
        self.run, self.val, self.parents, self.back = run, val, parents, back
        self.needs = any(p.needs for p in parents)
        self.number = run.count = run.count + 1

    @property
    def shape(self):
        return self.val.shape

    def __add__(self, other):
        return Node(self.run, self.val + other.val, (self, other), lambda dy: (dy, dy))

    def __sub__(self, other):
        return Node(self.run, self.val - other.val, (self, other), lambda dy: (dy, -dy))

    def __neg__(self):
        return Node(self.run, -self.val, (self,), lambda dy: (-dy,))

    def __mul__(self, other):
        a, b = self.val, other.val
        return Node(self.run, a * b, (self, other), lambda dy: (dy * b, dy * a))

    def __truediv__(self, other):
        a, b = self.val, other.val
        return Node(self.run, a / b, (self, other), lambda dy: (dy * (ONE / b), dy * (-a / (b * b)) if other.needs else None))

    def __matmul__(self, other):
        a, b = self.val, other.val
        return Node(self.run, a @ b, (self, other), lambda dy: (dy @ b.T, a.T @ dy))

    def __pow__(self, other):
        a, b = self.val, other.val
        y = power(a, b)
        return Node(self.run, y, (self, other), lambda dy: (dy * b * power(a, b - ONE), dy * y * log_of(a) if other.needs else None))

    @property
    def T(self):
        return Node(self.run, self.val.T, (self,), lambda dy: (dy.T,))


class Run:
    """One evaluation: the tape's counter and its ties. bare: without bounds, which takes a third of the time."""

    def __init__(self, ties=None, bare=False):
        self.count, self.ties, self.bare = 0, ties or Ties(), bare

    def constant(self, v):
        return Node(self, v.bare() if self.bare else v)

    def number(self, x):
        return self.constant(const(x))

    def leaf(self, array):
        node = Node(self, given(np.atleast_2d(np.asarray(array)), self.bare))
        node.needs = True
        return node


def backward(cost):
    """Node.number -> adjoint, for all that the cost was made from."""
    adjoint, nodes, todo = {cost.number: ONE}, {cost.number: cost}, [cost]
    while todo:
        for p in todo.pop().parents:
            if p.needs and p.number not in nodes:
                nodes[p.number] = p
                todo.append(p)
    for number in sorted(nodes, reverse=True):
        node = nodes[number]
        if node.back is None or number not in adjoint:
            continue
        for p, dp in zip(node.parents, node.back(adjoint[number])):
            if p.needs and dp is not None:
                dp = dp.to(p.shape)
                adjoint[p.number] = adjoint[p.number] + dp if p.number in adjoint else dp
    return adjoint


# ------------------------------------------------------------------------- functions that others are made of

def power(a, b):
    out = Val(a.v**b.v)
    if a.e is None or b.e is None:
        return out
    e = np.where(a.e > 0, b.size * out.size / a.size * a.e, 0) + np.where(b.e > 0, out.size * np.abs(np.log(a.size)) * b.e, 0)
    out.rounded(np.where(a.lost(), np.inf, e))
    out.e *= 2
    return out


def root(x):
    """A constant of a formula, which a program rounds."""
    return const(gmpy2.sqrt(mpfr(x)))


def sigmoid_value(t):
    return 1 / (1 + gmpy2.exp(-t))


def softplus_value(t):
    return gmpy2.log1p(gmpy2.exp(t))


def periodic(function):
    """Of what no type holds the value is not asked, and would take long."""
    return lambda t: function(t) if abs(t) < 2**1100 else mpfr(0)


sin, cos, tan = map(periodic, (gmpy2.sin, gmpy2.cos, gmpy2.tan))


def exp_of(a):
    """A program may round the exponent before: so it does that takes the largest out of a softmax."""
    return each(gmpy2.exp, a, lambda a, y: y, lambda size: 1 + size)


def log_of(a):
    return each(gmpy2.log, a, lambda a, y: ONE / a, careful=True)


def sqrt_of(a):
    return each(gmpy2.sqrt, a, lambda a, y: HALF / y, careful=True)


def sigmoid_of(a):
    return each(sigmoid_value, a, lambda a, y: y * (ONE - y), 4)


def softplus_of(a):
    return each(softplus_value, a, lambda a, y: sigmoid_of(a), 4)


def tanh_of(a):
    return each(gmpy2.tanh, a, lambda a, y: ONE - y * y, 2)


# ------------------------------------------------------------------------------------------- entry by entry

def entrywise(value, slope, roundings=1, careful=False):
    """A function of one operand; slope(a, y) from its operand and its value."""
    def apply(run, x):
        a = x.val
        y = each(value, a, slope, roundings, careful)
        return Node(run, y, (x,), lambda dy: (dy * slope(a, y),))
    return apply


def erf_slope(sign):
    return lambda a, y: const(sign * 2 / gmpy2.sqrt(gmpy2.const_pi())) * exp_of(-(a * a))


def gelu_slope(a, y):
    bell = exp_of(-(a * a * HALF))
    part = each(gmpy2.erf, a / root(2), erf_slope(1), 2)
    return HALF * (ONE + part) + a * bell / (root(2) * const(gmpy2.sqrt(gmpy2.const_pi())))


def swish_slope(a, y):
    s = sigmoid_of(a)
    return s + y * (ONE - s)


def mish_slope(a, y):
    t = tanh_of(softplus_of(a))
    return t + a * (ONE - t * t) * sigmoid_of(a)


def arc_slope(sign):
    return lambda a, y: const(sign) / sqrt_of(ONE - a * a)


def log_slope(base):
    return lambda a, y: ONE / (a * const(gmpy2.log(mpfr(base))))


def compare(test):
    def apply(run, a, b):
        d = a.val - b.val
        run.ties.jump(d)
        return run.constant(given(test(d.v).astype(int)))
    return apply


def step(function, zero):
    """sign, floor; zero(x) is 0 at their steps, with a slope of at most 1."""
    def apply(run, x):
        run.ties.jump(Val(mapped(zero, x.val).v, x.val.e))
        return run.constant(mapped(function, x.val).rounded())
    return apply


def pieces(kind, right, left, right_slope, left_slope):
    """A continuous function with a kink at 0: both sides of a, and their slopes."""
    def apply(run, x):
        a = x.val
        above = run.ties.above(a, kind)
        y = select(true_where(a.v > 0), right(a), left(a))
        return Node(run, y, (x,), lambda dy: (dy * select(above, right_slope, left_slope),))
    return apply


def leaky_relu(run, x, slope=None):
    slope = slope or run.number("0.01")
    a, s = x.val, slope.val
    above = run.ties.above(a, "leaky_relu")

    def back(dy):
        return dy * select(above, ONE, s), dy * select(above, ZERO, a)
    return Node(run, select(true_where(a.v > 0), a, s * a), (x, slope), back)


def elu(run, x, slope=None):
    slope = slope or run.number(1)
    a, s = x.val, slope.val
    above = run.ties.above(a, "elu")
    low = Val(np.minimum(a.v, mpfr(0)), a.e)
    less = each(gmpy2.expm1, low, lambda a, y: exp_of(a), 2)

    def back(dy):
        return dy * select(above, ONE, s * less + s), dy * select(above, ZERO, less)
    return Node(run, select(true_where(a.v > 0), a, s * less), (x, slope), back)


def larger(kind, sign):
    """maximum with sign 1, minimum with -1."""
    def apply(run, a, b):
        d = a.val - b.val if sign > 0 else b.val - a.val
        first = run.ties.above(d, kind)
        y = select(true_where(d.v > 0), a.val, b.val)
        if y.e is not None:
            y.e = np.where(true_where(d.v == 0), np.maximum(*np.broadcast_arrays(a.val.e, b.val.e)), y.e)  # a program takes the one or the other
            y.e = np.where(np.isinf(d.e), np.inf, y.e)  # behind what is not finite nobody knows which is larger
        return Node(run, y, (a, b), lambda dy: (select(first, dy, ZERO), select(first, ZERO, dy)))
    return apply


def where(run, c, a, b):
    mask = true_where(c.val.v != 0)
    y = select(mask, a.val, b.val)
    return Node(run, y, (c, a, b), lambda dy: (None, select(mask, dy, ZERO), select(mask, ZERO, dy)))


def clip(run, x, low, high):
    return FUNCTIONS["minimum"](run, FUNCTIONS["maximum"](run, x, low), high)


def softsign(run, x):
    return x / (run.number(1) + smooth_size(run, x))


def smooth_size(run, x):
    """|x| in x/(1 + |x|), which has a derivative at 0."""
    up = true_where(x.val.v >= 0)
    return Node(run, select(up, x.val, -x.val), (x,), lambda dy: (dy * select(up, ONE, -ONE),))


# ------------------------------------------------------------------------------------------- along an axis

def total(run, x, axis=None):
    return Node(run, x.val.sum(axis), (x,), lambda dy: (dy.to(x.shape),))


def mean(run, x, axis=None):
    n = x.val.v.size if axis is None else x.shape[axis]
    return total(run, x, axis) * run.number(mpfr(1) / n)


def top_of(a, axis):
    over = (0, 1) if axis is None else axis
    v = np.max(a.v, axis=over, keepdims=True)
    v = v if isinstance(v, np.ndarray) else np.array([[v]], dtype=object)
    return Val(v, None if a.e is None else np.max(a.e, axis=(1, 2) if axis is None else axis + 1, keepdims=True))


def largest(run, x, axis=None):
    a = x.val
    over = (0, 1) if axis is None else axis
    top = top_of(a, axis)
    d = Val(top.v - a.v, None if a.e is None else top.e + a.e)
    run.ties.look(d)
    best = true_where(d.v == 0)
    if (best.sum(axis=over) > 1).any():
        run.ties.kinds.add("max")
    share = weights(best, over, run.ties.pick.get("max", "share"))
    return Node(run, top, (x,), lambda dy: (dy * given(share),))


def weights(best, over, how):
    """What each of the largest gets of the gradient: a share, or one of them all of it."""
    if how == "share":
        return to_mpfr(best.astype(int)) / to_mpfr(best.sum(axis=over, keepdims=True))
    order = np.arange(best.size).reshape(best.shape)
    chosen = np.where(best, order, best.size if how == "first" else -1)
    pick = chosen.min(axis=over, keepdims=True) if how == "first" else chosen.max(axis=over, keepdims=True)
    return (order == pick).astype(int)


def softmax_of(a, axis):
    """a - max(a), softmax(a), and the sum below it."""
    top = top_of(a, axis)
    shifted = a - (top if top.e is None else Val(top.v, np.zeros(top.e.shape)))
    e = exp_of(shifted)
    s = e.sum(axis)
    return shifted, e / s, s


def softmax(run, x, axis=None):
    axis = run.class_axis(x.shape) if axis is None else axis
    y = softmax_of(x.val, axis)[1]
    return Node(run, y, (x,), lambda dy: (y * (dy - (dy * y).sum(axis)),))


def log_softmax(run, x, axis=None):
    axis = run.class_axis(x.shape) if axis is None else axis
    shifted, p, s = softmax_of(x.val, axis)
    return Node(run, shifted - log_of(s), (x,), lambda dy: (dy - p * dy.sum(axis),))


# ------------------------------------------------------------------------------------------- parts of matrices

def placed(x, shape, where):
    """x among zeros."""
    v = to_mpfr(np.zeros(shape))
    v[where] = x.v
    if x.e is None:
        return Val(v)
    e = np.zeros((2, *shape))
    e[(slice(None), *where)] = x.e
    return Val(v, e)


def cut(x, where):
    return Val(x.v[where], None if x.e is None else x.e[(slice(None), *where)])


def part(run, x, where):
    """Rows and columns: two slices."""
    return Node(run, cut(x.val, where), (x,), lambda dy: (placed(dy, x.shape, where),))


def concat(run, *parts, axis=0):
    v = np.concatenate([p.val.v for p in parts], axis=axis)
    e = None if parts[0].val.e is None else np.concatenate([p.val.e for p in parts], axis=axis + 1)
    ends = np.cumsum([0] + [p.shape[axis] for p in parts])
    where = [(slice(a, b), slice(None)) if axis == 0 else (slice(None), slice(a, b)) for a, b in zip(ends, ends[1:])]
    return Node(run, Val(v, e), parts, lambda dy: tuple(cut(dy, w) for w in where))


def pad(run, x, before, after, axis=0):
    before, after = (int(n.val.v[0, 0]) for n in (before, after))
    shape = tuple(n + (before + after if k == axis else 0) for k, n in enumerate(x.shape))
    where = tuple(slice(before, before + n) if k == axis else slice(None) for k, n in enumerate(x.shape))
    return Node(run, placed(x.val, shape, where), (x,), lambda dy: (cut(dy, where),))


def blocks(run, x, rows, cols):
    """[[a block, ..], ..], each of that many rows and columns."""
    return [[part(run, x, (slice(i, i + rows), slice(j, j + cols))) for j in range(0, x.shape[1], cols)] for i in range(0, x.shape[0], rows)]


def joined(run, rows):
    return concat(run, *(concat(run, *row, axis=1) for row in rows), axis=0)


def kron(run, a, b):
    return joined(run, [[x * b for x in row] for row in blocks(run, a, 1, 1)])


def block_dots(run, x, b):
    return joined(run, [[total(run, block * b) for block in row] for row in blocks(run, x, *b.shape)])


def block_sum(run, x, a):
    rows, cols = x.shape[0] // a.shape[0], x.shape[1] // a.shape[1]
    terms = [block * weight for row, weights_ in zip(blocks(run, x, rows, cols), blocks(run, a, 1, 1)) for block, weight in zip(row, weights_)]
    out = terms[0]
    for term in terms[1:]:
        out = out + term
    return out


def diag(run, x):
    n = x.shape[0]
    if x.shape[1] > 1 or n == 1:
        return concat(run, *(part(run, x, (slice(i, i + 1), slice(i, i + 1))) for i in range(n)), axis=0)
    rows = [part(run, x, (slice(i, i + 1), slice(None))) for i in range(n)]
    return concat(run, *(pad(run, row, run.number(i), run.number(n - 1 - i), axis=1) for i, row in enumerate(rows)), axis=0)


def running(back):
    def apply(run, x, axis=0):
        n = x.shape[axis]
        lines = [part(run, x, (slice(i, i + 1), slice(None)) if axis == 0 else (slice(None), slice(i, i + 1))) for i in range(n)]
        for i in range(n - 2, -1, -1) if back else range(1, n):
            lines[i] = lines[i + 1 if back else i - 1] + lines[i]
        return concat(run, *lines, axis=axis)
    return apply


def norm(run, x, axis=None):
    return FUNCTIONS["sqrt"](run, total(run, x * x, axis))


# ------------------------------------------------------------------------------------------- square matrices

def inv(run, x):
    y = linear.inverse(x.val)
    return Node(run, y, (x,), lambda dy: (-(y.T @ dy @ y.T),))


def solve(run, a, b):
    y = linear.solution(a.val, b.val)

    def back(dy):
        db = linear.solution(a.val.T, dy)
        return -(db @ y.T), db
    return Node(run, y, (a, b), back)


def det(run, x):
    y = linear.determinant(x.val)
    return Node(run, y, (x,), lambda dy: (dy * y * linear.inverse(x.val).T,))


def logdet(run, x):
    return Node(run, linear.log_determinant(x.val), (x,), lambda dy: (dy * linear.inverse(x.val).T,))


# name -> what computes it, of a Run and Nodes. A new operation of dfoo gets its row here; test_exact.py asks the
# library for the names of all functions and misses none.
FUNCTIONS = {
    "exp": entrywise(gmpy2.exp, lambda a, y: y, lambda size: 1 + size),
    "log": entrywise(gmpy2.log, lambda a, y: ONE / a, careful=True),
    "log2": entrywise(gmpy2.log2, log_slope(2), careful=True), "log10": entrywise(gmpy2.log10, log_slope(10), careful=True),
    "log1p": entrywise(gmpy2.log1p, lambda a, y: ONE / (ONE + a)), "expm1": entrywise(gmpy2.expm1, lambda a, y: exp_of(a), 2),
    "sqrt": entrywise(gmpy2.sqrt, lambda a, y: ONE / (TWO * y), careful=True),
    "sin": entrywise(sin, lambda a, y: each(cos, a, lambda a, y: ONE)),
    "cos": entrywise(cos, lambda a, y: -each(sin, a, lambda a, y: ONE)),
    "tan": entrywise(tan, lambda a, y: ONE + y * y, 2), "atan": entrywise(gmpy2.atan, lambda a, y: ONE / (ONE + a * a)),
    "asin": entrywise(gmpy2.asin, arc_slope(1)), "acos": entrywise(gmpy2.acos, arc_slope(-1)),
    "sinh": entrywise(gmpy2.sinh, lambda a, y: each(gmpy2.cosh, a, lambda a, y: y, 2), 2),
    "cosh": entrywise(gmpy2.cosh, lambda a, y: each(gmpy2.sinh, a, lambda a, y: each(gmpy2.cosh, a, lambda a, y: y), 2), 2),
    "erf": entrywise(gmpy2.erf, erf_slope(1), 2), "erfc": entrywise(gmpy2.erfc, erf_slope(-1), 4),
    "sigmoid": entrywise(sigmoid_value, lambda a, y: y * (ONE - y), 4),
    "tanh": entrywise(gmpy2.tanh, lambda a, y: ONE - y * y, 2),
    "sech": entrywise(gmpy2.sech, lambda a, y: -(y * tanh_of(a)), 6),
    "softplus": entrywise(softplus_value, lambda a, y: sigmoid_of(a), 4),
    "swish": entrywise(lambda t: t * sigmoid_value(t), swish_slope, 5),
    "mish": entrywise(lambda t: t * gmpy2.tanh(softplus_value(t)), mish_slope, 8),
    "gelu": entrywise(lambda t: t * gmpy2.erfc(-t / gmpy2.sqrt(mpfr(2))) / 2, gelu_slope, lambda size: 4 + 2 * size**2),
    "softsign": softsign, "clip": clip, "leaky_relu": leaky_relu, "elu": elu,
    "abs": pieces("abs", lambda a: a, lambda a: -a, ONE, -ONE), "relu": pieces("relu", lambda a: a, lambda a: ZERO, ONE, ZERO),
    "sign": step(gmpy2.sign, lambda t: t), "floor": step(gmpy2.floor, lambda t: sin(gmpy2.const_pi() * t) / 4),
    "maximum": larger("maximum", 1), "minimum": larger("minimum", -1), "where": where,
    "<": compare(lambda d: d < 0), ">": compare(lambda d: d > 0), "<=": compare(lambda d: d <= 0),
    ">=": compare(lambda d: d >= 0), "==": compare(lambda d: d == 0), "!=": compare(lambda d: d != 0),
    "sum": total, "mean": mean, "max": largest, "softmax": softmax, "log_softmax": log_softmax,
    "concat": concat, "pad": pad, "kron": kron, "block_dots": block_dots, "block_sum": block_sum, "diag": diag,
    "trace": lambda run, x: total(run, diag(run, x)), "cumsum": running(False), "cumsum_back": running(True), "norm": norm,
    "outer": lambda run, a, b: (a if a.shape[1] == 1 else a.T) @ (b if b.shape[0] == 1 else b.T),
    "inv": inv, "solve": solve, "det": det, "logdet": logdet,
    "dropout": lambda run, x, keep: x,  # nothing is dropped
}
PICKS = {"max": ("first", "last", "share")}


def picks(kinds):
    """Every way to decide the ties of these kinds of functions, or enough of them."""
    kinds = sorted(kinds)
    ways = list(itertools.product(*(PICKS.get(k, (0, 1)) for k in kinds)))
    return [dict(zip(kinds, way)) for way in ways[:12]]
