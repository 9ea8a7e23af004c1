"""The file of a run is enough: `predict` and `plot` need neither MODEL nor --set; both are still taken, and runs of older
versions need MODEL."""
import numpy as np
import pytest

MODEL = ("const c = 1\ninput X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n1, n0)\nparam W2 : (1, n1)\nA1 = tanh(W1 @ X)\n"
         "A2 = sigmoid(c * (W2 @ A1))\nJ = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))\nminimize J\npredict A2\n")
SET = ["--set", "n1=5", "--set", "c=0.25"]


@pytest.fixture
def folder(dfoo, tmp_path):
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(40, 2))
    (tmp_path / "net.eq").write_text(MODEL)
    (tmp_path / "d.csv").write_text("a,b,y\n" + "".join(f"{a},{b},{int(a * b > 0)}\n" for a, b in rows))
    done = dfoo("train", "net.eq", "--data", "d.csv", *SET, "--standardize", "--epochs", 20, "--quiet", "-o", "run.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def without_model(folder):
    run = dict(np.load(folder / "run.npz"))
    np.savez(folder / "old.npz", **{k: x for k, x in run.items() if not k.startswith(("dfoo.model", "dfoo.set."))})


def test_predict(dfoo, folder):
    given = ["--weights", "run.npz", "--data", "d.csv"]
    alone, both = dfoo("predict", *given, cwd=folder), dfoo("predict", "net.eq", *SET, *given, cwd=folder)
    assert alone.returncode == both.returncode == 0 and alone.stdout.count("\n") == 41
    assert (alone.stdout, alone.stderr) == (both.stdout, both.stderr)
    other = dfoo("predict", *given, "--set", "c=3", cwd=folder)
    assert other.returncode == 0 and other.stdout != alone.stdout


@pytest.mark.parametrize("more", [[], ["--confusion", "--title", "x"]])
def test_plot(dfoo, folder, more):
    given = ["--weights", "run.npz", "--data", "d.csv", *more]
    alone, both = dfoo("plot", *given, cwd=folder), dfoo("plot", "net.eq", *SET, *given, cwd=folder)
    assert alone.returncode == 0 and alone.stdout.startswith("<svg") and alone.stdout == both.stdout


def test_a_run_without_its_model(dfoo, folder):
    without_model(folder)
    given = ["--weights", "old.npz", "--data", "d.csv"]
    for command in ("predict", "plot"):
        done = dfoo(command, *given, cwd=folder)
        assert done.returncode == 2 and done.stdout == ""
        assert "the run does not hold its model, as those of older versions: give the model, too" in done.stderr
    done = dfoo("predict", "net.eq", *SET, *given, cwd=folder)
    assert done.returncode == 0 and done.stdout.count("\n") == 41
