"""About 150 losses at logits from 0 to 1e4 in float32 (and float64): cost and gradients finite, and as close to the truth as rounded
logits allow. The truth is reference.py's, with as many digits as exp(1e4) asks for. What cannot be saved stands in losses.IMPOSSIBLE."""
import functools

import numpy as np
import pytest

pytest.importorskip("mpmath")
pytest.importorskip("gmpy2")
from precision import compare, losses, reference  # noqa: E402

MODELS = losses.models()
LOGITS = [0, 1, -1, 30, -30, 100, -100]
COLUMNS = [[0, 0, 0], [1, -1, 30], [30, -30, 0], [100, -100, 1], [-30, 100, 99]]
DIGITS = {False: 250, True: 9000}
MOST = 8  # units of rounding


def inputs(several, extreme):
    if not several:
        z = [1e4, -1e4] if extreme else LOGITS
        return {"X": np.array([z + z], float), "Y": np.array([[0.0] * len(z) + [1.0] * len(z)]), "W": np.ones((1, 1))}
    columns = [[1e4, 0, -1e4]] if extreme else COLUMNS
    return {"X": np.array([c for c in columns for _ in range(3)], float).T, "Y": np.tile(np.eye(3), len(columns)), "W": np.eye(3)}


@functools.lru_cache(maxsize=None)
def truth(name, extreme):
    text, several = MODELS[name]
    return compare.Truth(reference.Model(text), inputs(several, extreme), DIGITS[extreme])


def slack(several, arrays):
    """A probability near 1 is rounded itself before 1 is subtracted."""
    if not several:
        return {}
    e = np.exp(arrays["X"] - arrays["X"].max(axis=0))
    z = 4 * e / e.sum(axis=0) / arrays["X"].shape[1]
    return {"dZ": z, "dW": z @ np.abs(arrays["X"]).T}


def grad(dfoo, tmp_path, text, arrays, *options):
    (tmp_path / "net.eq").write_text(text)
    np.savez(tmp_path / "in.npz", **arrays)
    done = dfoo("grad", "net.eq", "--values", "in.npz", "-o", "out.npz", "--convention", "dJ", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as out:
        return {name: out[name] for name in out.files}, done.stderr


@pytest.mark.parametrize("extreme", [False, True], ids=["moderate", "1e4"])
@pytest.mark.parametrize("name", MODELS)
def test_loss(dfoo, tmp_path, name, extreme):
    text, several = MODELS[name]
    arrays = inputs(several, extreme)
    found = {}
    for dtype in "f32", "f64":
        got, _ = grad(dfoo, tmp_path, text, arrays, "--dtype", dtype)
        for v in "J", "dZ", "dW":
            if v in got:
                found[v, dtype] = truth(name, extreme).worst(v, got[v], dtype, slack(several, arrays).get(v, 0))
    assert all(units < MOST for units in found.values()), found


@pytest.mark.parametrize("name", losses.IMPOSSIBLE)
def test_what_cannot_be_saved_is_said(dfoo, tmp_path, name):
    """The warning names the first value on the way that is not finite, as the list says."""
    body, reason = losses.IMPOSSIBLE[name]
    _, said = grad(dfoo, tmp_path, losses.ONE.format(body=body, cost=losses.MEAN), inputs(False, True), "--dtype", "f32")
    assert f"the first value on the way to it that is not is {reason.split(': ')[1]}[" in said, said
