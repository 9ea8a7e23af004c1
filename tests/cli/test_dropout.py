"""dropout, from the model to training: a mask for each step, none when predicting."""
import re

import numpy as np
import pytest

MODEL = """\
const keep = 0.8
input X  : (n0, m)
label Y  : (1, m)
param W1 : (8, n0) ~ xavier
param b1 : (8, 1)  ~ zeros
param W2 : (1, 8)  ~ xavier
param b2 : (1, 1)  ~ zeros
Z1 = W1 @ X + b1
A1 = tanh(Z1)
D1 = dropout(A1, keep)
Z2 = W2 @ D1 + b2
A2 = sigmoid(Z2)
L  = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J  = 1/m * sum(L)
minimize J
predict  A2
"""


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(3, 200))
    np.savez(tmp_path / "data.npz", X=X, Y=(X[:1] + X[1:2] > 0) * 1.0)
    (tmp_path / "d.eq").write_text(MODEL)
    (tmp_path / "plain.eq").write_text(MODEL.replace("dropout(A1, keep)", "keep/keep * A1"))
    return tmp_path


def train(dfoo, folder, *options, model="d.eq"):
    done = dfoo("train", model, "--data", "data.npz", "--epochs", 60, "--alpha", 0.5, "-o", "run.npz", *options, cwd=folder)
    assert done.returncode == 0, done
    return dict(np.load(folder / "run.npz"))


def same(a, b):
    return all((a[k] == b[k]).all() for k in ("W1", "b1", "W2", "b2"))


@pytest.mark.parametrize("options", [[], ["--batch", 64], ["--dtype", "f32"]], ids=str)
def test_training_draws_masks(dfoo, folder, options):
    first = train(dfoo, folder, *options)
    assert same(first, train(dfoo, folder, *options))
    assert not same(first, train(dfoo, folder, *options, model="plain.eq"))
    assert not same(first, train(dfoo, folder, *options, "--set", "keep=0.5"))
    assert same(train(dfoo, folder, *options, "--set", "keep=1"), train(dfoo, folder, *options, model="plain.eq"))


def test_predicting_does_not(dfoo, folder):
    run, data = train(dfoo, folder), np.load(folder / "data.npz")
    done = dfoo("predict", "d.eq", "--weights", "run.npz", "--data", "data.npz", "-o", "out.npz", cwd=folder)
    assert done.returncode == 0, done
    A1 = np.tanh(run["W1"] @ data["X"] + run["b1"])
    A2 = 1 / (1 + np.exp(-(run["W2"] @ A1 + run["b2"])))
    assert np.allclose(np.load(folder / "out.npz")["A2"], A2, rtol=1e-12)


def grad(dfoo, folder, **arrays):
    np.savez(folder / "in.npz", **arrays)
    done = dfoo("grad", "d.eq", "--values", "in.npz", "-o", "grad.npz", cwd=folder)
    assert done.returncode == 0, done
    return np.load(folder / "grad.npz"), done.stderr


def test_a_mask_may_be_given(dfoo, folder):
    run, rng = train(dfoo, folder), np.random.default_rng(2)
    arrays = {k: run[k] for k in ("W1", "b1", "W2", "b2")} | dict(X=rng.normal(size=(3, 5)), Y=np.ones((1, 5)))
    out, said = grad(dfoo, folder, **arrays)
    assert (out["D1"] == out["A1"]).all() and "drops nothing here" in said and "M1" in said
    M1 = (rng.random((8, 5)) < 0.8) / 0.8
    out, said = grad(dfoo, folder, **arrays, M1=M1)
    assert said == "" and np.allclose(out["D1"], out["A1"] * M1, rtol=1e-14)
    assert np.allclose(out["dA1"], run["W2"].T @ out["dZ2"] * M1, rtol=1e-12)


def test_check_takes_a_given_mask(dfoo, folder):
    """Where the mask drops everything no gradient is left in front of it."""
    run, rng = train(dfoo, folder), np.random.default_rng(2)
    arrays = {k: run[k] for k in ("W1", "b1", "W2", "b2")} | dict(X=rng.normal(size=(3, 5)), Y=np.ones((1, 5)))
    np.savez(folder / "in.npz", **arrays, M1=np.zeros((8, 5)))
    done = dfoo("check", "d.eq", "--values", "in.npz", cwd=folder)
    assert "unused" not in done.stdout and "M1" not in done.stdout.split("\n\n")[0], done.stdout
    assert re.search(r"^dW1 +all zero ", done.stdout, re.M), done.stdout
    np.savez(folder / "in.npz", **arrays, M1=(rng.random((8, 5)) < 0.8) / 0.8)
    done = dfoo("check", "d.eq", "--values", "in.npz", cwd=folder)
    assert done.returncode == 0 and re.search(r"^dW1 +right ", done.stdout, re.M), done.stdout
    np.savez(folder / "in.npz", **arrays)
    done = dfoo("check", "d.eq", "--values", "in.npz", cwd=folder)
    assert done.returncode == 0 and "drawn at random, since they were not given: M1" in done.stdout, done.stdout


@pytest.mark.parametrize("line, mask", [
    ("D3 = dropout(A9, 0.5)", "M3"),
    ("D = dropout(A9, 0.5)", "M9"),
    ("Z3 = 2 * dropout(A9, 0.5)", "M9"),
], ids=str)
def test_a_mask_bears_the_number_of_its_statement(dfoo, line, mask):
    model = f"input X : (n, m)\nparam W : (1, n)\nA9 = W @ X\n{line}\nJ = 1/m * sum({line.split()[0]}**2)\nminimize J\n"
    text = dfoo("derive", "-", "--wrt", "A9", stdin=model).stdout
    assert re.search(r"\bM\d", text).group() == mask, text


def test_the_backward_pass_parses_back(dfoo, folder):
    derived = dfoo("derive", "d.eq", cwd=folder).stdout
    assert "a mask was named: M1 in D1 = dropout(A1, keep), 0 or 1/keep in each entry" in derived
    assert "\ndZ1 = W2.T @ dZ2 * M1 * (1 - A1**2) " in derived
    done = dfoo("check", "-", stdin=MODEL + derived, cwd=folder)
    assert done.returncode == 0 and done.stdout.count("equal to the derived gradient") == 6


def test_it_is_explained(dfoo, folder):
    done = dfoo("explain", "d.eq", "dZ1", cwd=folder)
    assert done.returncode == 0 and "dropout(A1, keep) is A1 * M1" in done.stdout


def test_what_is_kept_is_a_part(dfoo, folder):
    done = dfoo("derive", "d.eq", "--set", "keep=1.5", cwd=folder)
    assert done.returncode == 2 and "more than 0 and at most 1" in done.stderr
