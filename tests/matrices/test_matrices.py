"""Operations on matrices, each composed with others, against differences in 60-digit arithmetic, in float64 and float32, in the numpy
module; `check` agrees, and `explain` holds."""
import itertools

import numpy as np
import pytest

pytest.importorskip("mpmath")
from matrices.oracle import Model  # noqa: E402

SIZES = {"n": 3, "k": 2}
DECLARED = "param X : (n, n)\nparam B : (n, k)\nparam x : (n, 1)\n"

# Matrices that are far from singular, whatever is drawn, over X, B and x.
SQUARE = ["X.T @ X + 2 * eye(n)", "diag(1 + x**2) + B @ B.T", "inv(X @ X.T + eye(n)) + eye(n)", "4 * eye(n) + tanh(X)",
          "(X + X.T) * X + 9 * eye(n)"]
# A number of a square matrix A.
NUMBER = ["logdet(A)", "det(A / 3)", "trace(A)", "trace(A @ X)", "trace(inv(A))", "norm(A)", "norm(A)**2", "sum(diag(A)**2)",
          "sum(solve(A, B)**2)", "trace(B.T @ solve(A, B))", "x.T @ inv(A) @ x", "sum(sin(inv(A)))", "sum(cumsum(A, axis=0)**2)",
          "sum(sin(cumsum(A, axis=1)))", "sum(norm(A, axis=0))", "sum(log(norm(A, axis=1)))", "sum(diag(diag(A)) @ B)",
          "logdet(inv(A) + eye(n))", "sum(x * solve(A, x))", "log(det(A)**2) + trace(A.T @ A)"]
# Of vectors and functions entry by entry.
OTHERS = ["norm(x)", "norm(x, 1)", "norm(x, inf)", "norm(X @ x)", "norm(X @ x, 2)", "sum(outer(x, x) * X)",
          "sum(outer(X @ x, B @ ones(k, 1)))", "sum(mish(X) + softsign(X) * atan(X))", "sum(sinh(X) / cosh(X) + tan(X / 9))",
          "sum(asin(tanh(X)) * acos(sigmoid(X)))", "sum(log2(1 + X**2) + log10(2 + sin(X)))", "sum(clip(X, -0.5, 0.7)**2)",
          "sum(sin(cumsum(x) + cumsum_back(x, axis=0)))", "norm(mish(X @ B))", "sum(diag(X) * x)", "sum(diag(x) @ B)",
          "trace(outer(x, X @ x))", "log(sum(exp(x)))"]
# Of rows, columns and blocks, some of which make a whole again.
OTHERS += ["sum(sin(X[0:2, :]))", "sum(X[:, -1:] * x)", "sum(exp(X[1:, 1:] @ B[1:, :]))", "sum((B[:, 0:1] - B[:, -1:].T)**3)",
           "sum(sin(X[0:1, :]) * X[1:2, :]) + sum(X[2:, :]**2)", "norm(concat(X, B.T, x.T))", "sum(sin(concat(x, X, B, axis=1)) @ ones(n + k + 1, 1))",
           "sum(concat(X @ x, x, B[:, 0:1])[2:n + 2, :]**2)", "sum(cos(pad(X, 1, 2)) @ x)", "sum(exp(pad(B, k, 0, axis=1))[:, 1:3])",
           "sum(tanh(kron(B, X)))", "sum(kron(x, B)[2:5, :]**2)", "sum(sin(block_dots(kron(X, B), B)))", "sum(block_sum(kron(B, X), B)**2)",
           "sum(exp(x - x.T) * X)", "sum(maximum(x, B[:, 0:1].T))", "sum(X / (1 + x**2 + (x**2).T))", "trace(kron(B.T @ B, X))",
           "logdet(concat(concat(X @ X.T + eye(n), B, axis=1), concat(-B.T, eye(k), axis=1)))", "sum(inv(kron(eye(k), X @ X.T + eye(n)))**2)",
           "sum(softmax((X @ B)[0:2, :], axis=0)[0:1, :])", "sum(cumsum(X[:, 1:], axis=0)[-1:, :]**2)", "sum(sum(X[0:n - 1, :] - X[1:n, :], axis=0)**2)"]


REST = "0.1 * sum(X**2) + 0.1 * sum(B**2) + 0.1 * sum(x**2)"  # every model has a gradient by all of them


def models():
    for square, number in itertools.product(SQUARE, NUMBER):
        yield DECLARED + f"A = {square}\nJ = {number} + {REST}\nminimize J\n"
    for number in OTHERS:
        yield DECLARED + f"J = {number} + {REST}\nminimize J\n"


MODELS = list(models())


def off(got, want):
    return np.max(np.abs(got - want)) / np.max(np.abs(want))


@pytest.mark.parametrize("text", MODELS, ids=lambda text: " ".join(line for line in text.splitlines() if "=" in line))
def test_gradients(dfoo, tmp_path, text):
    (tmp_path / "model.eq").write_text(text)
    model = Model(text)
    arrays = model.draw(SIZES, np.random.default_rng(len(text)))
    np.savez(tmp_path / "values.npz", **arrays)
    want = {name: model.gradient(arrays, name) for name in arrays}
    for dtype, allowed in ("f64", 1e-10), ("f32", 2e-4):
        done = dfoo("grad", "model.eq", "--values", "values.npz", "--dtype", dtype, "-o", "out.npz", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        with np.load(tmp_path / "out.npz") as out:
            for name in arrays:
                assert off(out["d" + name], want[name]) < allowed, (dtype, name)
    done = dfoo("derive", "model.eq", "--format", "numpy", cwd=tmp_path)
    module = {}
    exec(compile(done.stdout, "model.py", "exec"), module)  # pylint: disable=exec-used
    got = module["backward"](*[arrays[name] for name in arrays], module["forward"](**arrays))
    for name in arrays:
        assert off(got["d" + name], want[name]) < 1e-10, name
    done = dfoo("check", "model.eq", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for way in "index", "jacobian", "differential":
        done = dfoo("explain", "model.eq", "--all", "--by", way, cwd=tmp_path)
        assert done.returncode == 0, way + done.stdout + done.stderr
