"""Data far from zero: what is run keeps the digits that the forward pass as written keeps. A sum that is
multiplied out, `Y**2 - 2*Y*Mu + Mu**2`, would lose them all."""
import numpy as np
import pytest

pytest.importorskip("mpmath")
pytest.importorskip("gmpy2")
from precision import compare, reference  # noqa: E402

HEAD = "input X : (n0, m)\nlabel Y : (1, m)\nparam W : (1, n0)\nparam b : (1, 1)\nparam V : (1, n0)\nMu = W @ X + b\nZ = V @ X\n"
TAIL = "\nJ = 1/m * sum(L)\nminimize J\n"
LOSSES = {
    "a learned variance": "s2 = softplus(Z) + 0.01\nL = log(s2)/2 + (Y - Mu)**2/(2*s2)",
    "a learned variance, unnamed": "L = log(softplus(Z) + 0.01)/2 + (Y - Mu)**2/(2*(softplus(Z) + 0.01))",
    "a learned deviation": "s = exp(Z)\nL = Z + ((Y - Mu)/s)**2/2",
    "Cauchy": "L = log(1 + (Y - Mu)**2)",
    "Cauchy with a scale": "s = softplus(Z)\nL = log(s**2 + (Y - Mu)**2) - log(s)",
    "pseudo-Huber": "L = sqrt(1 + (Y - Mu)**2) - 1",
    "the fourth power": "L = (Y - Mu)**4 + (Y - Mu)**2 * Z**2",
    "relative to a neighbour": "L = (Y - Mu)**2/(1 + (Y - Mu)**2) + Z * (Y - Mu)",
    "log cosh": "R = Y - Mu\nL = R + softplus(-2*R) + Z**2*R",
    "two sums": "L = ((Y - Mu) * Z + 1) * ((Y - Mu) + Z)",
    "logistic of a difference": "L = softplus((Y - Mu) * Z) * (Y - Mu)**2",
}
MOST = 24  # units of rounding


def arrays(offset, scale):
    rng = np.random.default_rng(3)
    w, x = rng.normal(size=(1, 3)), rng.normal(size=(3, 5))
    y = offset + w @ x + scale * rng.normal(size=(1, 5))
    made = {"X": x, "Y": y, "W": w, "b": np.full((1, 1), offset), "V": 0.3 * rng.normal(size=(1, 3))}
    return {name: np.float32(a).astype(float) if offset < 1e6 else a for name, a in made.items()}


@pytest.mark.parametrize("dtype, offset", [("f32", 1e4), ("f64", 1e4), ("f64", 1e8)])
@pytest.mark.parametrize("loss", LOSSES)
def test_far_from_zero(dfoo, tmp_path, loss, dtype, offset):
    (tmp_path / "m.eq").write_text(HEAD + LOSSES[loss] + TAIL)
    model = reference.Model((tmp_path / "m.eq").read_text())
    values = arrays(offset, scale=1)
    np.savez(tmp_path / "in.npz", **values)
    done = dfoo("grad", tmp_path / "m.eq", "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz", "--dtype", dtype, "--convention", "dJ")
    assert done.returncode == 0, done.stderr
    exact = compare.Truth(model, values, digits=100, draws=6)
    # Mu is rounded before Y is subtracted: a unit is what that does to the entry
    near = dict(values, b=values["b"] * (1 + 2 * compare.EPS[dtype]))
    moved = compare.Truth(model, near, digits=100, draws=1)
    with np.load(tmp_path / "out.npz") as out:
        for v in {"dMu", "dZ", "dW", "db", "dV"} & {*out.files}:
            with compare.mpmath.workdps(100):
                shift = np.abs(moved.value[v] - exact.value[v]) / compare.mpf(compare.EPS[dtype])
            assert exact.worst(v, out[v], dtype, shift) < MOST, v
