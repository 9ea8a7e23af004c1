"""The thresholds of lessons that look at a network: told on one side of each, silent on the other. Nothing moves in these
trainings, so the values that are looked at are the ones that are given; tests/train/test_thresholds.c has those of costs and
inputs, tests/api/test_trainer.c that of units that stay equal."""
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_lessons import ROWS


@pytest.fixture
def told(dfoo, tmp_path):
    def run(lesson, model, data, start, *options, epochs=1):
        (tmp_path / "net.eq").write_text(model)
        np.savez(tmp_path / "data.npz", **data)
        np.savez(tmp_path / "start.npz", **start)
        done = dfoo("train", "net.eq", "--data", "data.npz", "--from", "start.npz", "--learning-rate", "0", "--epochs", epochs,
                    "--quiet", "--restart", "-o", "run.npz", *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return ROWS[lesson][1].search(done.stderr) is not None

    return run


def units(function):
    """Four hidden units whose z are the four entries of X."""
    return ("size n1 = 4\ninput X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n1, n0)\nparam W2 : (1, n1)\n"
            f"Z1 = W1 @ X\nA1 = {function}\nA2 = sigmoid(W2 @ A1)\nJ = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))\n"
            "minimize J\npredict A2\n")


START = {"W1": np.eye(4), "W2": np.array([[0.1, -0.2, 0.3, -0.4]])}


def with_values(value, n_units, n_examples, m=40):
    """z of the first units is `value` in so many examples; all others are between -1 and 1."""
    x = np.tile(np.linspace(-1, 1, m), (4, 1))
    x[:n_units, :n_examples] = value
    return {"X": x, "Y": (np.arange(m) % 2)[None].astype(float)}


@pytest.mark.parametrize("n_units, n_examples, value, expected", [
    (2, 38, 3.01, True),   # 95% of 40 in half of the units
    (2, 37, 3.01, False),
    (1, 40, 3.01, False),
    (2, 38, 2.99, False),  # as flat there, but not far out
])
def test_saturated(told, n_units, n_examples, value, expected):
    model = units("tanh(5*Z1)")
    assert told("saturated_units", model, with_values(value, n_units, n_examples), START) == expected


@pytest.mark.parametrize("slope, expected", [(0.00099, True), (0.00101, False)])
def test_saturated_by_its_slope(told, slope, expected):
    """1 - tanh(z)**2 is the slope."""
    z = np.arctanh(np.sqrt(1 - slope))
    assert z > 3
    assert told("saturated_units", units("tanh(Z1)"), with_values(z, 2, 40), START) == expected


@pytest.mark.parametrize("n_units, alive, expected", [(2, 0, True), (1, 0, False), (2, 1, False)])
def test_dead(told, n_units, alive, expected):
    assert told("dead_units", units("relu(Z1)"), with_values(-0.5, n_units, 40 - alive), START) == expected


def test_dead_in_a_large_sample(told):
    """One example of 5,000 for which a unit is there, wherever it is."""
    data = with_values(-0.5, 4, 5000, m=5000)
    assert told("dead_units", units("relu(Z1)"), data, START)
    for j in [0, 2500, 4999]:
        data["X"][:, j] = 0.5
        assert not told("dead_units", units("relu(Z1)"), data, START), j
        data["X"][:, j] = -0.5


LINEAR = ("input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0)\nparam b : (1, 1)\nZ = w @ X + b\n"
          "J = 1/m * sum((Z - Y)**2)\nminimize J\npredict Z\n")


@pytest.mark.parametrize("apart, expected", [(0.9e-6, True), (1.1e-6, False)])
def test_same_prediction(told, apart, expected):
    """A millionth of the value, which is 3."""
    x = np.array([[0.0, 1.0, 0.5, 0.2]])
    data = {"X": x, "Y": np.array([[1.0, 2.0, 4.0, 3.0]])}
    assert told("same_prediction", LINEAR, data, {"w": np.array([[3 * apart]]), "b": np.array([[3.0]])}) == expected


LOGISTIC = ("input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0)\nparam b : (1, 1)\nA = sigmoid(w @ X + b)\n"
            "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\nminimize J\npredict A\n")


@pytest.mark.parametrize("epochs, right, expected", [(100, 0, True), (99, 0, False), (100, 1, False)])
def test_most_frequent(told, epochs, right, expected):
    """Seven of ten are 0, and the network says 0, but for `right` of the others."""
    x = np.linspace(0.1, 0.4, 10)[None]
    y = np.array([[0, 0, 0, 0, 0, 0, 0, 1, 1, 1.0]])
    x[0, 10 - right:] = 2
    assert told("most_frequent", LOGISTIC, {"X": x, "Y": y}, {"w": np.array([[2.0]]), "b": np.array([[-2.0]])}, epochs=epochs) == expected


@pytest.mark.parametrize("value, other, expected", [(0.5, 0.5, True), (0.5, 0.51, False), (0, 0, False), (1, 1, False), (2, 2, True)])
def test_constant_input(told, value, other, expected):
    x = np.stack([np.linspace(-1, 1, 8), np.full(8, value)])
    x[1, 7] = other
    data = {"X": x, "Y": (np.arange(8) % 2)[None].astype(float)}
    assert told("constant_input", LOGISTIC, data, {"w": np.array([[0.5, 0.5]]), "b": np.array([[0.0]])}) == expected


@pytest.mark.parametrize("label, expected", [(1.0, False), (1.0001, True), (1.0000001, True), (0.0, False), (-0.0001, True), (-1e-9, True)])
def test_label_outside(told, label, expected):
    """Cross-entropy is made for labels from 0 to 1: a little beyond, it falls without end."""
    data = {"X": np.linspace(-1, 1, 8)[None], "Y": np.array([[0, 1, 0, 1, 0, 1, 0, label]])}
    assert told("label_outside", LOGISTIC, data, {"w": np.array([[0.5]]), "b": np.array([[0.0]])}, "--any-labels") == expected


@pytest.mark.parametrize("label, expected", [(0.0, True), (0.001, False), (-1.0, False)])
def test_label_without_effect(told, label, expected):
    model = LINEAR.replace("(Z - Y)**2", "softplus(-Y * Z)")
    data = {"X": np.linspace(-1, 1, 8)[None], "Y": np.array([[1, label] * 4])}
    assert told("label_without_effect", model, data, {"w": np.array([[0.5]]), "b": np.array([[0.0]])}) == expected
