"""Matrices of numbers with 120 digits that know how far a program that rounds after each operation may be from them.

The bound is the one of running error analysis (Wilkinson; Higham, Accuracy and Stability, 3.3): with u the unit of
rounding, each operation y = f(a, b) has |error of y| <= u * e(y), to first order in u, where
    e(y) = |df/da| e(a) + |df/db| e(b) + |y|,
and no |y| where the result is a number of the type, which has no error then. A product also has what two errors make,
since both factors may be 0. An e is infinite where the first order says nothing any more: behind a divisor that is not
known from 0, behind what overflows."""
import functools

import gmpy2
import numpy as np
from gmpy2 import mpfr

U = {"f32": 2.0**-24, "f64": 2.0**-53}
LEVEL = {"f32": 0, "f64": 1}
UNIT = np.array([U["f32"], U["f64"]])[:, None, None]
LARGEST = (float(np.finfo(np.float32).max), float(np.finfo(float).max))
SMALLEST = (2.0**-126, 2.0**-1022)
UNDERFLOW = (2.0**-102, 2.0**-969)  # a number below `smallest` may have become 0: so much in u
BITS = 400  # 1 - sigmoid(130) has 2**-188 of 1, and is asked for to 2**-150 of itself


def precise(bits=BITS):
    """From now on numbers have so many bits."""
    gmpy2.get_context().precision = bits


precise()
np.seterr(all="ignore")  # what overflows has no bound, and says so
to_mpfr = np.frompyfunc(lambda x: mpfr(x) if isinstance(x, (int, float, str, type(mpfr(0)))) else mpfr(float(x)), 1, 1)


def rounding(v, f, known=True):
    """How far one rounding moves each entry, in u, for both types. f: v in float64; known: where v has all its digits."""
    size = np.abs(f)
    fits64 = (v == f).astype(bool) & known
    out = np.empty((2,) + v.shape)
    out[:] = size
    for k, fits in enumerate((fits64 & (f.astype(np.float32) == f), fits64)):
        small = size < SMALLEST[k]
        if small.any():
            out[k][small] += UNDERFLOW[k]
        out[k][fits] = 0
        large = ~(size <= LARGEST[k])
        if large.any():
            out[k][large] = np.inf
    return out


def safe(e):
    """0 * inf: nothing is known."""
    e[np.isnan(e)] = np.inf
    return e


def true_where(mask):
    return mask.astype(bool)


class Val:
    """Values and bounds, and arithmetic of both; without bounds (e is None) where one of the operands has none."""
    __slots__ = ("v", "e", "float", "size")

    def __init__(self, v, e=None):
        self.v, self.e = v, e

    def __getattr__(self, name):
        """The values in float64, and their sizes: made when they are asked for."""
        if name == "float":
            self.float = self.v.astype(float)
            return self.float
        self.size = np.abs(self.float)
        return self.size

    @property
    def shape(self):
        return self.v.shape

    def rounded(self, e=0, known=True):
        """With the bound e of what it was made from, and a rounding of its own."""
        self.e = safe(e + rounding(self.v, self.float, known))
        return self

    def bare(self):
        return Val(self.v)

    def __add__(self, other):
        out = Val(self.v + other.v)
        if self.e is None or other.e is None:
            return out
        return out.rounded(self.e + other.e, true_where((out.v - self.v == other.v) & (out.v - other.v == self.v)))

    def __sub__(self, other):
        out = Val(self.v - other.v)
        if self.e is None or other.e is None:
            return out
        return out.rounded(self.e + other.e, true_where((out.v + other.v == self.v) & (self.v - out.v == other.v)))

    def __neg__(self):
        return Val(-self.v, self.e)

    def __mul__(self, other):
        out = Val(self.v * other.v)
        if self.e is None or other.e is None:
            return out
        return out.rounded(self.size * other.e + (other.size + UNIT * other.e) * self.e)

    def __truediv__(self, other):
        out = Val(self.v / other.v)
        if self.e is None or other.e is None:
            return out
        e = self.e / other.size + out.size * other.e / other.size
        return out.rounded(np.where(other.lost(), np.inf, e))

    def __matmul__(self, other):
        out = Val(self.v @ other.v)
        if self.e is None or other.e is None:
            return out
        most = self.size @ other.size
        if self.is_whole() and other.is_whole() and most.max() < 2**24:
            out.e = np.zeros((2,) + out.shape)
            return out
        return out.rounded(self.e @ (other.size + UNIT * other.e) + self.size @ other.e + (self.shape[1] + 1) * most)

    def is_whole(self):
        """Whole numbers, without an error."""
        return not self.e.any() and bool(np.all(self.size == np.floor(self.size)))

    def lost(self):
        """Where the error is not small beside the value."""
        return (self.e > 0) & (self.e * UNIT > 0.1 * self.size)

    @property
    def T(self):
        return Val(self.v.T, None if self.e is None else self.e.transpose(0, 2, 1))

    def sum(self, axis=None):
        over = (0, 1) if axis is None else axis
        v = np.sum(self.v, axis=over, keepdims=True)
        out = Val(v if isinstance(v, np.ndarray) else np.array([[v]], dtype=object))
        if self.e is None:
            return out
        e = self.e.sum(axis=(1, 2) if axis is None else axis + 1, keepdims=True)
        most = self.size.sum(axis=over, keepdims=True)
        n = self.v.size if axis is None else self.shape[axis]
        if n == 1 or (self.is_whole() and most.max() < 2**24):
            out.e = e
            return out
        return out.rounded(e + (n - 1) * most)

    def to(self, shape):
        """Stretched to a shape, or summed back to it."""
        x, shape = self, tuple(shape)
        for axis in range(2):
            if x.shape[axis] != shape[axis] and shape[axis] == 1:
                x = x.sum(axis)
        if x.shape == shape:
            return x
        return Val(np.broadcast_to(x.v, shape).copy(), None if x.e is None else np.broadcast_to(x.e, (2,) + shape).copy())


def given(array, bare=False):
    """Numbers that come from outside, rounded to the type if it has to be."""
    out = Val(to_mpfr(array))
    return out if bare else out.rounded()


@functools.lru_cache(maxsize=4096)
def const(x):
    """A number. It is shared: nothing that is made of a Val changes it."""
    return given(np.array([[x]], dtype=object))


ONE, TWO, HALF, ZERO = const(1), const(2), const(0.5), const(0)


def mapped(function, x):
    return Val(np.frompyfunc(function, 1, 1)(x.v))


def each(function, x, by, roundings=1, careful=False):
    """function of every entry; by(a, y): the slope there. roundings: how many a program makes, a number or a function of |x|;
    only at 0, and where the logarithm is 0, is the value a number of the type for sure. careful: x must be known from 0."""
    out = mapped(function, x)
    if x.e is None:
        return out
    e = 0
    if x.e.any():
        e = np.where(x.e > 0, by(x.bare(), out.bare()).size * x.e, 0)
        e = np.where(x.e * UNIT > 0.1, np.inf, e)  # exp of it is not known
        if careful:
            e = np.where(x.lost(), np.inf, e)
    n = roundings(x.size) if callable(roundings) else roundings
    known = true_where((x.v == 0) | (x.v == 1) & (out.v == 0))
    out.e = safe(e + n * rounding(out.v, out.float, known))
    return out


def select(mask, a, b):
    v = np.where(mask, *np.broadcast_arrays(a.v, b.v))
    if a.e is None or b.e is None:
        return Val(v)
    return Val(v, np.where(mask, *np.broadcast_arrays(a.e, b.e)))


# ------------------------------------------------------------------ where functions have no derivative

class Ties:
    """What was met where a function has no derivative. kinds: of the functions that stand there, exactly; pick: what is taken
    there, by kind. doubt: in which types roundings decide on which side of a kink or a step a number is."""

    def __init__(self, pick=None):
        self.pick, self.kinds = pick or {}, set()
        self.doubt = {"f32": False, "f64": False}
        self.on_step = False

    def look(self, d):
        """Is a difference that is not 0 too small to be known from 0?"""
        for at in U if d.e is not None else ():
            self.doubt[at] |= bool(((d.size <= 4 * U[at] * d.e[LEVEL[at]]) & (d.v != 0)).any())

    def jump(self, d):
        """A step at 0: which side is it on?"""
        self.look(d)
        self.on_step |= bool((d.v == 0).any())
        for at in U if d.e is not None else ():
            self.doubt[at] |= bool(((d.v == 0) & (d.e[LEVEL[at]] > 0)).any())

    def above(self, d, kind):
        """Where d > 0; where it is 0, as `pick` says."""
        self.look(d)
        zero = true_where(d.v == 0)
        if zero.any():
            self.kinds.add(kind)
        return np.where(zero, bool(self.pick.get(kind, 0)), true_where(d.v > 0))
