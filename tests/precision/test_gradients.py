"""Every value and gradient of whole models against 100 digits: off by a few roundings times the condition,
with units that are asleep, at work and saturated."""
import functools
import pathlib
import re

import numpy as np
import pytest

pytest.importorskip("mpmath")
pytest.importorskip("gmpy2")
from precision import compare, reference  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EQ = ["attention", "autoencoder", "batch_norm", "elu", "gelu", "layer_norm", "leaky_relu", "linear", "no_biases", "own_function", "penalty",
      "residual", "root_mean_square", "rows", "rows_batch_norm", "rows_softmax", "sigmoid", "sigmoid_spelled", "softplus", "swish", "tanh_spelled"]
FILES = {p.stem: p for p in [*sorted(ROOT.glob("examples/*.eq")), *(ROOT / f"tests/eq/{name}.eq" for name in EQ)]}
SIZES = {"n0": 3, "n1": 4, "n2": 1, "n3": 3, "k": 3, "d": 3, "T": 4, "n": 3, "m": 5}
SCALES = [0.1, 1, 10]
DIGITS = {0.1: 100, 1: 100, 10: 1000}  # where units saturate, 1 - tanh(Z)**2 begins behind many zeros
MOST = 16  # units of rounding: a product that cancels has one for each term


def sizes_of(model):
    """Small sizes; those that the model sets are cut down as well."""
    names = sorted({n for shape in model.shapes.values() for n in shape if not n.isdigit()})
    return {n: SIZES.get(n, 2 + i % 3) for i, n in enumerate(names)}


def arrays_for(model, text, scale, seed):
    rng, sizes, out = np.random.default_rng(seed), sizes_of(model), {}
    for name, shape in model.shapes.items():
        rows, cols = (int(n) if n.isdigit() else sizes[n] for n in shape)
        x = rng.normal(size=(rows, cols)) * scale
        if model.kinds[name] == "label":
            x = (x > 0).astype(float)
            if re.search(rf"label\s+{name}\b.*onehot", text):
                across = rows if shape[1] == "m" else cols
                pick = np.eye(across)[rng.integers(across, size=cols if shape[1] == "m" else rows)]
                x = pick.T if shape[1] == "m" else pick
        out[name] = x.astype(np.float32).astype(float)
    return out


def slack(name, text, scale):
    """A softmax near 1 is rounded itself before Y is subtracted: A - Y is off by eps * A, and what is made from it with it."""
    return max(1, scale)**2 if "softmax" in text and re.fullmatch("d[WbZ].*|J|L", name) else 0


@functools.lru_cache(maxsize=None)
def truth(name, scale):
    text = FILES[name].read_text()
    model = reference.Model(text)
    for n in sizes_of(model):
        model.constants.pop(n, None)
    arrays = arrays_for(model, text, scale, seed=1)
    return text, model, arrays, compare.Truth(model, arrays, DIGITS[scale], draws=6)


def is_told(model, name):
    """The values, the gradients of the parameters and of what goes into an activation."""
    return name[0] != "d" or model.kinds.get(name[1:]) == "param" or name[1] == "Z"


def measured(dfoo, folder, name, scale, dtype):
    """name of a value or gradient -> units of rounding."""
    text, model, arrays, exact = truth(name, scale)
    settings = [x for n, v in sizes_of(model).items() if re.search(rf"^size\s+{n}\b", text, re.M) for x in ("--set", f"{n}={v}")]
    np.savez(folder / "in.npz", **arrays)
    done = dfoo("grad", FILES[name], "--values", folder / "in.npz", "-o", folder / "out.npz", "--dtype", dtype, "--convention", "dJ", *settings)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "out.npz") as out:
        return {v: exact.worst(v, out[v], dtype, slack(v, text, scale)) for v in out.files if v in exact.value and is_told(model, v)}


@pytest.mark.parametrize("dtype", ["f32", "f64"])
@pytest.mark.parametrize("name", FILES)
def test_gradients(dfoo, tmp_path, name, dtype):
    for scale in SCALES:
        for v, units in measured(dfoo, tmp_path, name, scale, dtype).items():
            assert units < MOST, (v, scale, units)


@pytest.mark.parametrize("start", [0.3, 0.7, 2.3, 3.7, 5.1])
def test_largest_of_what_is_rewritten(dfoo, tmp_path, start):
    """The gradient of a max compares the numbers that were compared, whatever form they were computed in."""
    (tmp_path / "net.eq").write_text("input X : (1, m)\nparam b : (1, 1)\nA = sigmoid(b @ X)\nJ = max(A * (1 - A))\nminimize J\n")
    x = np.linspace(1, 3, 7)[None] * 1.1
    np.savez(tmp_path / "data.npz", X=x)
    np.savez(tmp_path / "start.npz", b=np.array([[start]]))
    done = dfoo("train", "net.eq", "--data", "data.npz", "--from", "start.npz", "--epochs", 1, "--learning-rate", 1, "--quiet", "-o", "run.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    a = 1 / (1 + np.exp(-start * x[0, 0]))
    with np.load(tmp_path / "run.npz") as run:
        assert np.isclose(run["b"][0, 0], start - a * (1 - a) * (1 - 2 * a) * x[0, 0], rtol=1e-12)
