"""A 0 that is no default can be asked for: no epochs, no step, no decay. What it means is that nothing moves."""
import numpy as np
import pytest

MODEL = "input X : (n0, m)\nlabel Y : (1, m)\nparam W : (1, n0)\nparam b : (1, 1)\nA = sigmoid(W @ X + b)\n" \
        "J = 1/m * sum((A - Y)**2)\nminimize J\npredict A\n"


@pytest.fixture
def trained(dfoo, tmp_path):
    (tmp_path / "net.eq").write_text(MODEL)
    (tmp_path / "data.csv").write_text("1,2,0\n2,1,1\n0,1,0\n3,0,1\n")

    def run(*options):
        done = dfoo("train", "net.eq", "--data", "data.csv", "-o", "run.npz", "--restart", "--seed", "7", *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        with np.load(tmp_path / "run.npz") as file:
            return {name: file[name] for name in ("W", "b")}, done

    return run


def test_no_epochs(trained):
    start, done = trained("--epochs", "0")
    assert done.stdout.startswith("0 epochs") and "cost" in done.stdout
    one, _ = trained("--epochs", "1", "--batch", "2")
    assert not np.array_equal(start["W"], one["W"])
    for options in [["--plot", "curve.svg"], ["--checkpoint", "1"], ["--split", "0.3", "--patience", "2"], ["--batch", "1"], ["--report", "3"]]:
        again, _ = trained("--epochs", "0", *options)
        assert np.array_equal(again["W"], start["W"]) and np.array_equal(again["b"], start["b"]), options


def test_no_learning_rate(trained):
    start, _ = trained("--epochs", "0")
    for optimizer in ["sgd", "adam"]:
        still, done = trained("--epochs", "3", "--optimizer", optimizer, "--learning-rate", "0")
        assert done.stdout.startswith("3 epochs") and np.array_equal(still["W"], start["W"])


def test_no_decay(trained):
    plain, _ = trained("--epochs", "5", "--optimizer", "adam", "--alpha", "0.1")
    none, _ = trained("--epochs", "5", "--optimizer", "adamw", "--alpha", "0.1", "--decay", "0")
    own, _ = trained("--epochs", "5", "--optimizer", "adamw", "--alpha", "0.1")
    assert np.allclose(plain["W"], none["W"], rtol=1e-13) and not np.allclose(own["W"], none["W"], rtol=1e-6)


def test_the_equations_say_so(dfoo):
    text = dfoo("show", "--optimizer", "adamw", "--decay", "0", "--learning-rate", "0").stdout
    assert "alpha = 0," in text and "decay = 0\n" in text
