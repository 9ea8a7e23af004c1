"""A cost that is a matrix of one entry is a number: x.T @ A @ x, 1/m * r.T @ r. Everything is as for the same cost
written with sum(..)."""
import inspect

import numpy as np
import pytest

MODELS = {
    "quadratic form": "input A : (n, n)\nparam x : (n, 1)\nJ = x.T @ A @ x\n",
    "through a name": "input A : (n, n)\ninput b : (n, 1)\nparam x : (n, 1)\nQ = x.T @ A @ x\nJ = Q/2 - b.T @ x + 0.1 * x.T @ x\n",
    "quotient": "input A : (n, n)\nparam x : (n, 1)\nJ = x.T @ A @ x / (x.T @ x)\n",
    "least squares, rows": "input X : (m, n)\nlabel y : (m, 1)\nparam w : (n, 1)\nr = X @ w - y\nJ = 1/m * r.T @ r + 0.1 * w.T @ w\n",
    "least squares, columns": "input X : (n, m)\nlabel y : (1, m)\nparam w : (n, 1)\nr = w.T @ X - y\nJ = r @ r.T / (2*m)\n",
    "with a number": "input X : (n, m)\nparam w : (n, 1)\nJ = w.T @ w + 1/m * sum(tanh(w.T @ X))\n",
    "one output": "input x : (n, 1)\nlabel y : (1, 1)\nparam W : (k, n)\nparam V : (1, k)\nJ = (V @ tanh(W @ x) - y)**2\n",
}
SIZES = {"n": 3, "m": 5, "k": 4}


def values_of(text, seed=1):
    rng = np.random.default_rng(seed)
    found = {}
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind in ("input", "label", "param"):
            name, shape = rest.split(" : ")
            found[name] = rng.normal(size=[SIZES.get(d) or int(d) for d in shape.strip("()").split(", ")])
    return found


@pytest.mark.parametrize("name", MODELS)
def test_a_matrix_of_one_is_a_number(dfoo, tmp_path, name):
    text = MODELS[name]
    head, cost = text.rsplit("J = ", 1)
    values = values_of(text)
    np.savez(tmp_path / "in.npz", **values)
    out = {}
    for key, model in ("single", f"{text}minimize J\n"), ("sum", f"{head}K = {cost}J = sum(K)\nminimize J\n"):
        path = tmp_path / f"{key}.eq"
        path.write_text(model)
        done = dfoo("grad", path, "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
        assert done.returncode == 0, done.stderr
        out[key] = dict(np.load(tmp_path / "out.npz"))
        assert dfoo("check", path).returncode == 0
    assert out["single"]["J"].size == 1
    convention = dfoo("derive", tmp_path / "single.eq").stdout.split("\n")[0]
    parameters = [line.split()[1] for line in text.splitlines() if line.startswith("param")]
    for v in parameters:
        assert np.allclose(out["single"]["d" + v], out["sum"]["d" + v], rtol=1e-13, atol=1e-13), (v, convention)
    for way in "index", "jacobian", "differential":
        for v in parameters:
            told = dfoo("explain", tmp_path / "single.eq", "d" + v, "--by", way)
            assert told.returncode == 0, told.stdout + told.stderr
    module = {}
    exec(dfoo("derive", tmp_path / "single.eq", "--format", "numpy").stdout, module)
    names = {f: inspect.signature(module[f]).parameters for f in ("forward", "backward")}
    forward = module["forward"](**{k: v for k, v in values.items() if k in names["forward"]})
    grads = module["backward"](**{k: v for k, v in values.items() if k in names["backward"]}, values=forward)
    for v in parameters:
        assert np.allclose(grads["d" + v], out["single"]["d" + v], rtol=1e-12)
        assert grads["d" + v].shape == values[v].shape


def test_it_trains(dfoo, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3))
    np.savez(tmp_path / "data.npz", X=X, y=X @ np.array([[1], [2], [-1]]))
    (tmp_path / "model.eq").write_text("input X : (m, n)\nlabel y : (m, 1)\nparam w : (n, 1)\nr = X @ w - y\n"
                                       "J = 1/m * r.T @ r\npredict r\nminimize J\n")
    done = dfoo("train", "model.eq", "--data", "data.npz", "--epochs", 200, "--learning-rate", "0.1", "-o", "run.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert np.allclose(np.load(tmp_path / "run.npz")["w"], [[1], [2], [-1]], atol=1e-6)


def test_course_convention_of_a_product(dfoo):
    """1/m * r.T @ r is 1/m times a sum over the examples."""
    head = dfoo("derive", "-", stdin=MODELS["least squares, rows"] + "minimize J\n").stdout
    assert "examples are rows, m of them. Course convention" in head and "affect each other" not in head


def test_a_sum_that_comes_back_joins_the_examples(dfoo):
    text = "input X : (n, m)\nparam w : (1, n)\nz = w @ X\ns = {}\na = z / s\nJ = 1/m * sum(a**2)\nminimize J\n"
    for s in "sum(z)", "z @ z.T", "sqrt(sum(z**2))":
        assert "examples affect each other here" in dfoo("derive", "-", stdin=text.format(s)).stdout, s
    assert "affect each other" not in dfoo("derive", "-", stdin=text.format("sum(w)")).stdout
