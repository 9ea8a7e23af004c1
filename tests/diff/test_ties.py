"""Gradients where two values are equal: whole numbers, repeated values, the ends of a clip. A subgradient
lies between the slopes to both sides in every direction; numpy evaluates the forward pass for them."""
import inspect

import numpy as np
import pytest

MODELS = {
    "ppo": "r = W\nJ = -1/m * sum(minimum(r * X, minimum(maximum(r, 0.5), 2) * X))",
    "clip": "J = sum(minimum(maximum(W, -1), 1) * X)",
    "clip, the other way": "J = sum(maximum(-1, minimum(1, W)) * X)",
    "clip in a clip": "J = sum(minimum(maximum(minimum(maximum(W, -2), 2), -1), 1)**2)",
    "with itself": "J = sum(maximum(W, W) + minimum(W, W))",
    "twice the same value": "A = 2 * W\nB = W + W\nJ = sum(maximum(A, B) * X)",
    "of three": "J = sum(maximum(W, maximum(X, W)))",
    "abs of two": "J = sum(maximum(W, -W))",
    "abs": "J = sum(abs(W - X))",
    "hinge": "J = sum(maximum(0, 1 - W * X))",
    "relu": "J = sum(relu(W) + 2 * maximum(0, W))",
    "leaky": "J = sum(leaky_relu(W, 0.25) + elu(W, 0.5))",
    "where": "J = sum(where(W >= X, W, X))",
    "largest": "J = sum(max(W, axis=0)) + max(W)",
    "largest of equals": "A = maximum(W, 0)\nJ = sum(max(A, axis=1))",
}
CONVEX = {"with itself", "twice the same value", "of three", "abs of two", "abs", "hinge", "relu", "largest", "largest of equals"}
NUMPY = {"sum": lambda z, axis=None: np.sum(z, axis=axis, keepdims=axis is not None), "maximum": np.maximum, "minimum": np.minimum,
         "max": lambda z, axis=None: np.max(z, axis=axis, keepdims=axis is not None), "abs": np.abs, "where": np.where,
         "relu": lambda z: np.maximum(z, 0), "leaky_relu": lambda z, s: np.where(z > 0, z, s * z),
         "elu": lambda z, a: np.where(z > 0, z, a * np.expm1(np.minimum(z, 0)))}


def cost(lines, values):
    names = {**NUMPY, **values, "m": values["X"].shape[1]}
    for line in lines.split("\n"):
        name, value = line.split(" = ")
        names[name] = eval(value, names)
    return float(names["J"])


def derived(dfoo, tmp_path, text, values):
    """dW of `grad`, and of the numpy module."""
    model = tmp_path / "model.eq"
    model.write_text(text)
    np.savez(tmp_path / "in.npz", **values)
    done = dfoo("grad", model, "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    assert done.returncode == 0, done.stderr
    module = {}
    exec(dfoo("derive", model, "--format", "numpy").stdout, module)
    names = {f: inspect.signature(module[f]).parameters for f in ("forward", "backward")}
    forward = module["forward"](**{k: v for k, v in values.items() if k in names["forward"]})
    grads = module["backward"](**{k: v for k, v in values.items() if k in names["backward"]}, values=forward)
    return np.load(tmp_path / "out.npz")["dW"], grads["dW"]


@pytest.mark.parametrize("name", MODELS)
def test_a_subgradient(dfoo, tmp_path, name):
    rng = np.random.default_rng(len(name))
    text = f"input X : (n, m)\nexamples none\nparam W : (n, m)\n{MODELS[name]}\nminimize J\n"
    for _ in range(6):
        values = {"X": rng.integers(-2, 3, (3, 4)).astype(float), "W": rng.integers(-4, 5, (3, 4)) / 2}
        both = derived(dfoo, tmp_path, text, values)
        assert np.array_equal(*both), name
        for _ in range(20):
            d, h = rng.integers(-1, 2, (3, 4)), 1e-6
            if name not in CONVEX:  # a sum of kinks to both sides: entry by entry
                d = np.eye(12)[rng.integers(12)].reshape(3, 4)
            at = cost(MODELS[name], values)
            right = (cost(MODELS[name], {**values, "W": values["W"] + h * d}) - at) / h
            left = (at - cost(MODELS[name], {**values, "W": values["W"] - h * d})) / h
            assert min(left, right) - 1e-4 <= np.sum(both[0] * d) <= max(left, right) + 1e-4, (name, values, d)


def test_the_clipped_loss_trains_where_nothing_is_clipped(dfoo):
    model = ("input X : (n0, m)\nlabel A : (1, m)\nparam W : (1, n0)\nr = exp(W @ X)\n"
             "J = -1/m * sum(minimum(r * A, minimum(maximum(r, 0.8), 1.2) * A))\nminimize J\n")
    said = dfoo("check", "-", stdin=model)
    assert said.returncode == 0 and "not judged" not in said.stdout, said.stdout
    told = dfoo("explain", "-", "--all", stdin=model).stdout
    assert "that of the first, r, is used" in " ".join(told.split())


def test_norm_of_zeros(dfoo, tmp_path):
    """0 is a subgradient; the columns beside it have what they had."""
    (tmp_path / "net.eq").write_text("param M : (n, k)\nparam x : (n, 1)\nD = x - x\nJ = sum(norm(M, axis=0)) + norm(x) + 0 * norm(D)\nminimize J\n")
    np.savez(tmp_path / "in.npz", M=[[0, 3.0, 1], [0, 4, 0]], x=[[0.0], [0]])
    for dtype in "f32", "f64":
        done = dfoo("grad", "net.eq", "--values", "in.npz", "-o", "out.npz", "--dtype", dtype, cwd=tmp_path)
        assert done.returncode == 0 and not done.stderr, done.stderr
        with np.load(tmp_path / "out.npz") as out:
            assert np.allclose(out["dM"], [[0, 0.6, 1], [0, 0.8, 0]], atol=1e-7) and not out["dx"].any()
