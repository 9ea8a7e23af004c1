"""The numbers of exact.py: derivatives against differences with 120 digits, bounds against numpy, and the tables against dfoo's."""
import numpy as np
import pytest

pytest.importorskip("gmpy2")
from conftest import is_instrumented  # noqa: E402
from gen import exact, library, models, notation  # noqa: E402

BY_HAND = {"dropout": "draws a mask"}
CONSTANTS = {"eye"}  # nothing goes through it: it stands in forms, and notation.py makes it


@pytest.fixture(scope="module", autouse=True)
def digits():
    exact.precise()


@pytest.mark.skipif(is_instrumented(), reason="the library of an instrumented build cannot be loaded into Python")
def test_every_function_is_known_and_drawn(build):
    """A new operation gets a row in exact.FUNCTIONS and a form in models.py."""
    forms = " ".join([*models.ENTRYWISE, *models.FORMS, *(p[0] for p in models.PAIRS), *(p[0] for p in models.ALONG), *(p[0] for p in models.REDUCED),
                      *(p[0] for p in models.WHOLE), *(p[0] for p in models.MATRICES), *(p[0] for p in models.OF_SQUARES)])
    for name in {*library.of_build(build).words(library.FUNCTIONS)} - CONSTANTS:
        assert name in exact.FUNCTIONS, name
        assert name in BY_HAND or f"{name}(" in forms, name


def moved(arrays, name, i, by):
    out = {n: exact.to_mpfr(x) for n, x in arrays.items()}
    out[name][i] += by
    return out


@pytest.mark.parametrize("seed", range(120))
def test_derivatives(seed):
    """Against two-sided differences: a step of 2**-60 leaves 18 digits and more."""
    model = models.model(seed)
    model = type(model)(model.head, model.declared, model.statements, "normal", (), seed)
    arrays, m = models.arrays(model), notation.Model(model.text())
    run, out = m.run(arrays)
    if run.ties.kinds or run.ties.on_step or run.ties.doubt["f32"]:
        return
    h = exact.mpfr(2)**-60
    rng = np.random.default_rng(seed)
    for name, x in arrays.items():
        i = tuple(rng.integers(n) for n in x.shape)
        up, down = (m.forward(moved(arrays, name, i, s * h)).names[m.cost].val.v[0, 0] for s in (1, -1))
        difference, slope = (up - down) / (2 * h), out["d" + name].v[i]
        assert abs(difference - slope) <= 1e-15 * (1 + abs(slope)), (model.text(), name)


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_bounds(dtype):
    """What numpy computes line by line in the type is within the bound."""
    kind = {"f32": np.float32, "f64": np.float64}[dtype]
    rng = np.random.default_rng(0)
    text = ("input X : (n, m)\nparam W : (p, n)\nZ = W @ X\nA = tanh(Z)\nD = (A - 0.5)**2\nS = sqrt(1 + sum(D, axis=0))\nE = exp(-D) * A / S\n"
            "J = sum(E) - sum(sigmoid(Z))\nminimize J\n")
    for scale in 1e-3, 1, 10:
        x, w = (rng.normal(size=s).astype(kind) * kind(scale) for s in ((5, 7), (4, 5)))
        out = notation.Model(text).run({"X": x.astype(float), "W": w.astype(float)})[1]
        z = w @ x
        a = np.tanh(z)
        d = (a - kind(0.5))**2
        s = np.sqrt(kind(1) + d.sum(axis=0, keepdims=True))
        e = np.exp(-d) * a / s
        j = e.sum() - (1 / (1 + np.exp(-z))).sum()
        for name, got in {"Z": z, "A": a, "D": d, "S": s, "E": e, "J": np.array([[j]])}.items():
            err = np.abs((out[name].v - exact.to_mpfr(got.astype(float))).astype(float))
            assert np.all(err <= exact.U[dtype] * out[name].e[exact.LEVEL[dtype]]), name
            assert np.all(out[name].e[exact.LEVEL[dtype]] < 1e3 * (1 + out[name].size)), name


def test_ties():
    """Where a function has no derivative, each of its sides is a possible one."""
    text = "param a : (1, 1)\nparam b : (1, 1)\nJ = sum(maximum(a, b)) + sum(relu(a - b))\nminimize J\n"
    arrays = {"a": np.array([[2.0]]), "b": np.array([[2.0]])}
    run, _ = notation.Model(text).run(arrays)
    assert run.ties.kinds == {"maximum", "relu"}
    slopes = {tuple(float(notation.Model(text).run(arrays, exact.Ties(pick))[1][d].v[0, 0]) for d in ("da", "db")) for pick in exact.picks(run.ties.kinds)}
    assert slopes == {(0, 1), (1, 0), (1, 0), (2, -1)}
