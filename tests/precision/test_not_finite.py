"""A cost, a gradient or a prediction that is not finite: the message names the first value that is not,
its equation, the entry, the operation and what it was made from."""
import numpy as np
import pytest

MODEL = """input X : (2, m)
label Y : (1, m)
param W : (1, 2)
Z = W @ X
A = exp(Z)
E = exp(10 * Z)
L = -(Y * log(A - 1) + (1 - Y) * log(A + 2))
J = 1/m * sum(L)
minimize J
predict A
"""


@pytest.fixture
def grad(dfoo, tmp_path):
    def run(text, *options, **arrays):
        (tmp_path / "net.eq").write_text(text)
        np.savez(tmp_path / "in.npz", **{k: np.array(v, float) for k, v in arrays.items()})
        done = dfoo("grad", "net.eq", "--values", "in.npz", "-o", "out.npz", *options, cwd=tmp_path)
        assert done.returncode == 0
        return done.stderr

    return run


def test_operation_and_entry(grad):
    said = grad(MODEL, X=[[1, 2, 3], [0, 0, -3]], Y=[[1, 0, 1]], W=[[1, 1]])
    assert said.startswith("net.eq:7:1: warning: J is not finite; the first value on the way to it that is not is L[1, 3], inf in float64\n"
                           "    7 | L = -(Y * log(A - 1) + (1 - Y) * log(A + 2))\n")
    assert "   run as L = -(Y * log(expm1(Z)) + (1 - Y) * log(A + 2))\n" in said
    assert "   it begins with log(expm1(Z)), which is -inf in row 1, column 3\n   expm1(Z) is 0 there\n" in said


def test_the_first_in_the_program(grad):
    """A overflows before L; E does as well, and nothing needs it."""
    said = grad(MODEL, X=[[1, 2, 500], [0, 0, 500]], Y=[[1, 0, 1]], W=[[1, 1]])
    assert "net.eq:5:1: warning: J is not finite; the first value on the way to it that is not is A[1, 3], inf in float64" in said
    assert "Z[1, 3] = 1000" in said and "E[" not in said


def test_infinite_without_harm(grad):
    assert grad(MODEL, X=[[1, 2, 300], [0, 0, 300]], Y=[[1, 0, 1]], W=[[1, 1]]) == ""


def test_type(grad):
    """exp(100) is in the range of float64 only."""
    values = {"X": [[1, 2, 100], [0, 0, 0]], "Y": [[1, 0, 1]], "W": [[1, 1]]}
    assert grad(MODEL, **values) == ""
    assert "A[1, 3], inf in float32" in grad(MODEL, "--dtype", "f32", **values)


def test_given_value(grad):
    said = grad(MODEL, X=[[1, 2, np.nan], [0, 0, 0]], Y=[[1, 0, 1]], W=[[1, 1]])
    assert said == "warning: J is not finite, since X[1, 3], a value that was given, is nan in float64\n"


def test_product(grad):
    said = grad(MODEL, X=[[1, 2, 1e200], [0, 0, 1e300]], Y=[[1, 0, 1]], W=[[1e300, 3]])
    assert "Z[1, 3], inf" in said
    assert "the largest entry of row 1 of W is 1e+300\n   the largest entry of column 3 of X is 1e+300\n" in said


def test_gradient(grad):
    """The cost is finite, its gradient is not: a root at 0."""
    text = "input X : (1, m)\nparam W : (1, 1)\nZ = W @ X\nR = sqrt(Z)\nJ = sum(R)\nminimize J\n"
    said = grad(text, X=[[4, 0]], W=[[1]])
    assert "warning: dW is not finite; the first value on the way to it that is not is dZ[1, 2], inf in float64" in said
    assert "   run as dZ = 1 / (2 * R)\n   2 * R is 0 there\n" in said


@pytest.mark.parametrize("options", [[], ["--batch", 3], ["--optimizer", "momentum"], ["--dtype", "f32"], ["--batch", 2, "--threads", 2]])
def test_train(dfoo, tmp_path, options):
    """A step that diverges is found again, though its parameters were overwritten."""
    (tmp_path / "net.eq").write_text("input X : (n, m)\nlabel Y : (1, m)\nparam W : (1, n) ~ xavier\nparam b : (1, 1)\n"
                                     "A = W @ X + b\nD = A - Y\nJ = 1/m * sum(D**2)\nminimize J\n")
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", X=rng.normal(size=(3, 8)) * 100, Y=rng.normal(size=(1, 8)))
    done = dfoo("train", "net.eq", "--data", "data.npz", "--learning-rate", 10, "-o", "run.npz", "--quiet", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert "\nerror: the cost is inf after " in done.stderr  # behind a lesson on large inputs
    assert f"net.eq:7:1: error: J is inf in {'float32' if 'f32' in options else 'float64'}" in done.stderr
    entry = "it begins with D**2, which is inf in row 1, column " in done.stderr and "   D[1, " in done.stderr
    assert entry or "it begins with sum(D**2), which is inf\n   the largest entry of D**2 is " in done.stderr


def test_train_before_the_first_step(dfoo, tmp_path):
    (tmp_path / "net.eq").write_text(MODEL)
    np.savez(tmp_path / "data.npz", X=np.array([[1.0, 2], [3, -2]]), Y=np.array([[1.0, 1]]))
    np.savez(tmp_path / "start.npz", W=np.ones((1, 2)))
    done = dfoo("train", "net.eq", "--data", "data.npz", "--from", "start.npz", "-o", "run.npz", "--quiet", cwd=tmp_path)
    assert done.returncode == 2
    assert "before the first step" in done.stderr and "the first value on the way to it that is not is L[1, 2], inf" in done.stderr


def test_predict(dfoo, tmp_path):
    (tmp_path / "net.eq").write_text(MODEL)
    np.savez(tmp_path / "data.npz", X=np.array([[1.0, 2], [3, 2]]), Y=np.array([[1.0, 1]]))
    np.savez(tmp_path / "start.npz", W=np.ones((1, 2)))
    assert dfoo("train", "net.eq", "--data", "data.npz", "--from", "start.npz", "--learning-rate", 1e-3, "--epochs", 1, "-o", "run.npz", "--quiet", cwd=tmp_path).returncode == 0
    with np.load(tmp_path / "run.npz") as run:
        np.savez(tmp_path / "large.npz", **{**run, "W": np.array([[1.0, 500]])})
    done = dfoo("predict", "net.eq", "--weights", "large.npz", "--data", "data.npz", "-o", "p.csv", cwd=tmp_path)
    assert done.returncode == 0
    assert "net.eq:5:1: warning: A[1, 1] is inf in float64\n" in done.stderr and "   Z[1, 1] = 1501\n" in done.stderr


@pytest.mark.parametrize("formula, said", [
    ("sum(inv(P))", ["it begins with inv(P), which is nan", "P is singular: its determinant is 0, and it has no inverse", "P + 0.001 * eye(n) would have one"]),
    ("sum(solve(P - 0, ones(n, 1)))", ["P - 0 is singular", "P - 0 + 0.001 * eye(n) would have one"]),
    ("logdet(P)", ["P is singular"]),
    ("log(det(P - 3 * eye(n)))", ["det(P - 3 * eye(n)) is -6 there", "logdet(P - 3 * eye(n)) is the logarithm of the absolute value"]),
])
def test_a_singular_matrix_is_named(grad, formula, said):
    text = grad(f"param P : (n, n)\nexamples none\nJ = {formula}\nminimize J\n", P=[[1, 2], [2, 4]])
    assert text.startswith("net.eq:3:1: warning: J is ") and all(part in text for part in said), text


def test_an_invertible_one_is_not(grad):
    said = grad("param P : (n, n)\nexamples none\nJ = sum(inv(P) / 0)\nminimize J\n", P=[[1, 2], [3, 4]])
    assert said.startswith("net.eq:3:1: warning: J is ") and "singular" not in said
