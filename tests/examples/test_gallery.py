"""The gallery, models beyond the networks of a course: the gradients of each agree with differences in 60-digit arithmetic, `check` agrees,
`explain` holds in three ways, the numpy module computes the same, and training lowers the cost."""
import inspect
import re

import numpy as np
import pytest

from conftest import ROOT

pytest.importorskip("mpmath")
from matrices.oracle import Model  # noqa: E402

MODELS = sorted((ROOT / "examples" / "gallery").glob("*.eq"))
SIZES = {"n": 3, "k": 2, "m": 5, "p": 3, "q": 2, "h": 2, "d": 3, "t": 4}


def onehot(x):
    return (x == x.max(axis=0)).astype(float)


def positive(x):
    return (x > 0).astype(float)


# What data have to be, by model and name; else they are normal.
DATA = {("poisson", "Y"): lambda x: np.floor(np.abs(3 * x)), ("cox", "E"): positive, ("factorisation", "W"): positive, ("mahalanobis", "Y"): positive,
        ("focal", "Y"): positive, ("word2vec", "X"): onehot, ("word2vec", "C"): onehot, ("word2vec", "N"): onehot, ("ppo", "U"): onehot,
        ("ppo", "P0"): lambda x: -0.7 + 0.1 * x, ("dqn", "U"): onehot, ("crf", "Y"): onehot, ("kalman", "P0"): lambda x: x + x.T,
        ("gaussian_likelihood", "S"): lambda x: x + x.T}


@pytest.fixture(params=MODELS, ids=lambda path: path.stem)
def case(request, tmp_path):
    """The model's path, its twin, and arrays for what it declares, which also lie in a file of the folder."""
    model = Model(request.param.read_text())
    rng = np.random.default_rng(sum(map(ord, request.param.stem)))
    arrays = {name: DATA.get((request.param.stem, name), lambda x: x)(x) for name, x in model.draw(SIZES, rng).items()}
    np.savez(tmp_path / "all.npz", **arrays)
    np.savez(tmp_path / "data.npz", **{name: x for name, x in arrays.items() if model.kinds[name] != "param"})
    return request.param, model, arrays


def test_gradients(dfoo, case, tmp_path):
    path, model, arrays = case
    done = dfoo("grad", path, "--values", "all.npz", "-o", "out.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    derived = dfoo("derive", path, "--format", "numpy")
    module = {}
    exec(compile(derived.stdout, "model.py", "exec"), module)  # pylint: disable=exec-used
    given = {name: arrays[name] if name in arrays else SIZES[name] for name in inspect.signature(module["forward"]).parameters}
    numpys = module["backward"](**given, values=module["forward"](**given))
    with np.load(tmp_path / "out.npz") as out:
        for name in (name for name, kind in model.kinds.items() if kind == "param"):
            want = model.gradient(arrays, name)
            if re.search(rf"symmetric param\s+{name}\b", path.read_text()):
                want = (want + want.T) / 2
            for got in out["d" + name], numpys["d" + name]:
                assert np.max(np.abs(got - want)) < 1e-10 * max(1, np.max(np.abs(want))), name


def test_check_and_explain(dfoo, case):
    path, *_ = case
    done = dfoo("check", path)
    assert done.returncode == 0, done.stdout + done.stderr
    for way in "index", "jacobian", "differential":
        done = dfoo("explain", path, "--all", "--by", way)
        assert done.returncode == 0, way + done.stdout + done.stderr


def test_training_lowers_the_cost(dfoo, case, tmp_path):
    path, model, _ = case
    costs = []
    for epochs in 1, 150:
        sizes = [f"{name}={n}" for name, n in SIZES.items() if name not in model.constants and re.search(rf"param.*\b{name}\b", path.read_text())]
        done = dfoo("train", path, "--data", "data.npz", "--epochs", epochs, "--optimizer", "adam", "--learning-rate", 0.02, "--quiet",
                    *[part for size in sizes for part in ("--set", size)], "-o", "run.npz", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        costs.append(float(re.search(r"^cost +(\S+)", done.stdout, re.M)[1]))
    assert np.isfinite(costs).all() and costs[1] < costs[0] - 0.01 * abs(costs[0]), costs
