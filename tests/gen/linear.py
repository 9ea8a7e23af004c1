"""Inverse, solution and determinant of small matrices with their bounds (bounds.py): what elimination with row exchanges may
leave, which is P @ L @ U = A + E with |E| <= 3 n u |L| |U| (Higham, Accuracy and Stability, 9.3), whatever the order of its
sums; and what the errors of the operands move, to first order."""
import gmpy2
import numpy as np
from gmpy2 import mpfr

from gen.bounds import UNIT, Val, to_mpfr

ENOUGH = 0.1  # of what the error of a matrix, turned by its inverse, may be for the first order to say something


def factors(v):
    """rows, L, U and the sign with v[rows] = L @ U; None if v is singular."""
    n, u, rows, sign = len(v), v.copy(), np.arange(len(v)), 1
    low = to_mpfr(np.eye(n))
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(u[i, k]))
        if not u[best, k] or gmpy2.is_nan(u[best, k]):
            return None
        if best != k:
            for x in (u, rows):
                x[[k, best]] = x[[best, k]]
            low[[k, best], :k] = low[[best, k], :k]
            sign = -sign
        for i in range(k + 1, n):
            low[i, k] = u[i, k] / u[k, k]
            u[i] = u[i] - low[i, k] * u[k]
            u[i, k] = mpfr(0)
    return rows, low, u, sign


class Factored:
    """A square matrix, its inverse, and how far elimination may move it."""

    def __init__(self, a):
        self.a, self.n, found = a, len(a.v), factors(a.v)
        self.singular = found is None
        if self.singular:
            return
        self.rows, self.low, self.up, self.sign = found
        self.inverse = self.turned(to_mpfr(np.eye(self.n)))
        if a.e is not None:
            left = np.abs(self.low.astype(float)) @ np.abs(self.up.astype(float))
            moved = np.empty_like(left)
            moved[self.rows] = 3 * self.n * left
            self.moved, self.turns = a.e + moved, np.abs(self.inverse.astype(float))
            relative = (UNIT * self.turns @ self.moved).sum(axis=2).max(axis=1)
            self.known = (relative < ENOUGH)[:, None, None]

    def turned(self, b):
        """inv(a) @ b, by substitution."""
        x = b[self.rows].copy()
        for i in range(self.n):
            for j in range(i):
                x[i] = x[i] - self.low[i, j] * x[j]
        for i in reversed(range(self.n)):
            for j in range(i + 1, self.n):
                x[i] = x[i] - self.up[i, j] * x[j]
            x[i] = x[i] / self.up[i, i]
        return x

    def bounded(self, out, e):
        return out.rounded(np.where(self.known, e, np.inf))


def nothing(shape, bare):
    """Of a singular matrix."""
    return Val(np.full(shape, mpfr("nan"), dtype=object), None if bare else np.full((2, *shape), np.inf))


def solution(a, b):
    f = Factored(a)
    if f.singular:
        return nothing(b.shape, a.e is None or b.e is None)
    out = Val(f.turned(b.v))
    if a.e is None or b.e is None:
        return out
    return f.bounded(out, f.turns @ (b.e + f.moved @ out.size))


def inverse(a):
    eye = Val(to_mpfr(np.eye(len(a.v))))
    return solution(a, eye if a.e is None else Val(eye.v, np.zeros((2, *a.shape))))


def number(x):
    return np.array([[x]], dtype=object)


def determinant(a):
    f = Factored(a)
    if f.singular:
        return Val(number(mpfr(0)), None if a.e is None else np.full((2, 1, 1), np.inf))
    out = Val(number(product(f.up.diagonal(), f.sign)))
    if a.e is None:
        return out
    moves = (f.turns.T * f.moved).sum(axis=(1, 2), keepdims=True)
    return f.bounded(out, out.size * (moves + f.n))


def product(entries, sign):
    out = mpfr(sign)
    for x in entries:
        out = out * x
    return out


def log_determinant(a):
    """log|det(a)|, the sum of the logarithms of the pivots."""
    f = Factored(a)
    if f.singular:
        return nothing((1, 1), a.e is None)
    logs = [gmpy2.log(abs(x)) for x in f.up.diagonal()]
    out = Val(number(gmpy2.fsum(logs)))
    if a.e is None:
        return out
    moves = (f.turns.T * f.moved).sum(axis=(1, 2), keepdims=True)
    return f.bounded(out, moves + f.n * sum(abs(float(x)) for x in logs))
