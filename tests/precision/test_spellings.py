"""Costs and gradients at logits up to 1e4, however the cost was written: finite, and as close to the
truth as rounded inputs allow. The truth comes from reference.py, with 250 digits, and 9000 for the
largest logits, where 1 - sigmoid(Z) has its first digit after 4300 zeros."""
import functools

import numpy as np
import pytest

pytest.importorskip("mpmath")
pytest.importorskip("gmpy2")
from precision import compare, reference, spellings  # noqa: E402

MODELS = spellings.models()
MODERATE = [0, 1e-8, -1e-8, 1, -1, 40, -40, 100, -100]
COLUMNS = [[0, 0, 0], [1e-8, 0, 1], [1, -1, 40], [40, -40, 0], [100, -100, 1], [-40, 100, 99]]
DIGITS = {False: 250, True: 9000}
MOST = 6  # units of rounding


def logits(kind, extreme):
    """Every logit with every label."""
    if kind == "one":
        z = [1e4, -1e4] if extreme else MODERATE
        return {"X": np.array([z + z], float), "Y": np.array([[0.0] * len(z) + [1.0] * len(z)]), "W": np.ones((1, 1))}
    columns = [[1e4, 0, -1e4]] if extreme else COLUMNS
    x = np.array([c for c in columns for _ in range(3)], float).T
    y = np.array([np.eye(3)[k] for _ in columns for k in range(3)]).T
    return {"X": x.T, "Y": y.T, "W": np.eye(3)} if kind == "rows" else {"X": x, "Y": y, "W": np.eye(3)}


def kind_of(name):
    return "one" if not name.startswith("softmax") else "rows" if name.endswith("rows") else "many"


def inputs(name, extreme):
    """In numbers that float32 has as well."""
    return {k: v.astype(np.float32).astype(float) for k, v in logits(kind_of(name), extreme).items()}


@functools.lru_cache(maxsize=None)
def truth(name, extreme):
    return compare.Truth(reference.Model(MODELS[name][0]), inputs(name, extreme), DIGITS[extreme])


def slack(name, arrays):
    """A softmax near 1 is rounded itself before 1 is subtracted: A - Y is off by eps * A, not eps * |A - Y|."""
    if not name.startswith("softmax"):
        return {}
    x, axis = arrays["X"], 1 if name.endswith("rows") else 0
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    m = x.shape[1 - axis]
    z = 4 * e / e.sum(axis=axis, keepdims=True) / m
    return {"dZ": z, "dW": np.abs(x).T @ z if axis else z @ np.abs(x).T}


def computed(dfoo, tmp_path, text, arrays, *options):
    (tmp_path / "net.eq").write_text(text)
    np.savez(tmp_path / "in.npz", **arrays)
    done = dfoo("grad", tmp_path / "net.eq", "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz", *options)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as out:
        return {name: out[name] for name in out.files}


def wanted(name):
    return ["J"] if name.endswith("cost only") else ["J", "dZ", "dW"]


@pytest.mark.parametrize("extreme", [False, True], ids=["moderate", "extreme"])
@pytest.mark.parametrize("name", MODELS)
def test_grad(dfoo, tmp_path, name, extreme):
    text, same = MODELS[name]
    arrays = inputs(name, extreme)
    for dtype in "f32", "f64":
        got = computed(dfoo, tmp_path, text, arrays, "--dtype", dtype, "--convention", "dJ")
        for v in wanted(name):
            if v in got:
                units = truth(same, extreme).worst(v, got[v], dtype, slack(name, arrays).get(v, 0))
                assert units < MOST, (v, dtype, units)


@pytest.mark.parametrize("name", MODELS)
def test_course_convention_and_training(dfoo, tmp_path, name):
    """The course's convention has other formulas; training computes its cost on its own."""
    text, same = MODELS[name]
    for extreme in False, True:
        arrays = inputs(name, extreme)
        got = computed(dfoo, tmp_path, text, arrays)
        if wanted(name) != ["J"]:
            assert truth(same, extreme).worst("dW", got["dW"], "f64", slack(name, arrays).get("dW", 0)) < MOST
        data = tmp_path / "data.npz"
        np.savez(data, X=arrays["X"], Y=arrays["Y"])
        np.savez(tmp_path / "start.npz", W=arrays["W"])
        if name.endswith("cost only"):
            continue
        for dtype in "f32", "f64":
            done = dfoo("train", tmp_path / "net.eq", "--data", data, "--from", tmp_path / "start.npz", "--epochs", 1, "--learning-rate", 1e-30,
                        "--dtype", dtype, "--log", tmp_path / "log.csv", "-o", tmp_path / "run.npz", "--quiet")
            assert done.returncode == 0, done.stderr
            with np.load(tmp_path / "run.npz") as run:
                assert np.isfinite(run["W"]).all(), dtype  # and so were the gradients
            cost = float((tmp_path / "log.csv").read_text().splitlines()[1].split(",")[1])
            assert truth(same, extreme).worst("J", np.array(cost), dtype) < MOST + 1e-5 / compare.EPS[dtype] * 1e-4


@pytest.mark.parametrize("name", MODELS)
def test_the_table_is_what_it_says(name):
    """Every spelling has the value and the gradient of the model that it is held against."""
    text, same = MODELS[name]
    arrays = inputs(name, False)
    own, other = (compare.Truth(reference.Model(t), arrays, 250, draws=1).value for t in (text, MODELS[same][0]))
    for v in "J", "dW":
        assert np.all(np.abs(own[v] - other[v]) < 1e-60), v


def test_rewrites_are_told(dfoo, tmp_path):
    """`derive --run` names the rule for each rewrite, with a sentence."""
    (tmp_path / "net.eq").write_text(MODELS["softmax: named"][0])
    done = dfoo("derive", tmp_path / "net.eq", "--run")
    assert "in A: E / S -> softmax(Z)   (a softmax in exponentials: " in done.stdout
    assert "in L: log(A) -> log_softmax(Z)   (logarithm of a softmax: " in done.stdout


def test_given_values_are_not_looked_through(dfoo, tmp_path):
    """With A given, log(A) is the logarithm of what was given."""
    text = MODELS["sigmoid: function, cross-entropy"][0]
    arrays = inputs("one", False)
    a = np.full_like(arrays["Y"], 0.25)
    got = computed(dfoo, tmp_path, text, {**arrays, "A": a})
    assert np.allclose(got["J"], -np.mean(arrays["Y"] * np.log(a) + (1 - arrays["Y"]) * np.log(1 - a)), rtol=1e-14)
