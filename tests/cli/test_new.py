"""dfoo new: what it writes is a model that a person would have written, and all of dfoo takes it."""
import numpy as np
import pytest

FOUR = """\
# model.eq: relu 20, relu 7, relu 5, sigmoid 1; for binary classification
size  n1 = 20, n2 = 7, n3 = 5         # units of the layers; n0 and m come from the data

input X  : (n0, m)                    # one example per column
label Y  : (1, m)                     # 0 or 1
param W1 : (n1, n0) ~ he
param b1 : (n1, 1)  ~ zeros
param W2 : (n2, n1) ~ he
param b2 : (n2, 1)  ~ zeros
param W3 : (n3, n2) ~ he
param b3 : (n3, 1)  ~ zeros
param W4 : (1, n3)  ~ xavier
param b4 : (1, 1)   ~ zeros

Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
A2 = relu(Z2)
Z3 = W3 @ A2 + b3
A3 = relu(Z3)
Z4 = W4 @ A3 + b4
A4 = sigmoid(Z4)
L  = -(Y * log(A4) + (1 - Y) * log(1 - A4))
J  = 1/m * sum(L)

minimize J
predict  A4
"""

MODELS = [
    ("sigmoid 1", [], ["dZ1 = A1 - Y", "dW1 = 1/m * dZ1 @ X.T"]),
    ("tanh 4, sigmoid 1", [], ["dZ2 = A2 - Y", "dZ1 = W2.T @ dZ2 * (1 - A1**2)"]),
    ("tanh 4, softmax 3", [], ["dZ2 = A2 - Y"]),
    ("tanh 4, softmax 3", ["--rows", "--l2", "0.7"], ["dZ2 = A2 - Y", "dW2 = 1/m * A1.T @ dZ2 + lambda/m * W2"]),
    ("relu 3, linear 2", [], ["dZ2 = Z2 - Y"]),
    ("relu 3, identity 2", ["--loss", "mse"], ["dZ2 = Z2 - Y"]),
    ("relu 3, sigmoid 1", ["--loss", "mse"], ["dW2 = 1/m * dZ2 @ A1.T"]),
    ("tanh 3, linear 1", ["--loss", "mae"], ["dW2 = 1/m * dZ2 @ A1.T"]),
    ("tanh 3, sigmoid 2", ["--dropout", "0.8"], ["dZ1 = W2.T @ dZ2 * M1 * (1 - A1**2)"]),
    ("relu 4, linear 3, elu 2, sigmoid 1", ["--dropout", "0.5", "--l2", "1", "--rows"], ["dW4 = 1/m * D3.T @ dZ4 + lambda/m * W4"]),
    ("leaky_relu 3, softplus 3, gelu 3, swish 3, sigmoid 2", ["--l2", "0.25"], ["dZ5 = A5 - Y"]),
    (", ".join(["tanh 2"] * 11 + ["sigmoid 1"]), ["--l2", "0.25"], ["dZ12 = A12 - Y"]),
]


@pytest.fixture
def new(dfoo):
    def run(*args, **kwargs):
        done = dfoo("new", *args, **kwargs)
        assert done.returncode == 0 and done.stderr == "", done
        return done.stdout

    return run


def test_what_it_writes(new):
    assert new("--layers", "relu 20, relu 7, relu 5, sigmoid 1") == FOUR
    assert new("--layers=relu 20,relu 7 ,  relu 5,sigmoid   1", "--name", "model") == FOUR


def test_options_change_these_lines(new):
    text = new("--layers", "relu 4, softmax 3", "--l2", "0.7", "--dropout", "0.8", "--rows", "--name", "mine")
    for line in ["# mine.eq: relu 4, softmax 3; for classification", "const lambda = 0.7", "const keep = 0.8", "input X  : (m, n0)",
                 "label Y  : (m, n2) onehot", "param W1 : (n0, n1) ~ he", "param b1 : (1, n1)  ~ zeros", "Z1 = X @ W1 + b1",
                 "D1 = dropout(A1, keep)", "Z2 = D1 @ W2 + b2", "L  = -sum(Y * log(A2), axis=1)",
                 "R  = lambda/(2*m) * (sum(W1**2) + sum(W2**2))", "J  = 1/m * sum(L) + R"]:
        assert f"\n{line}" in f"\n{text}", line


@pytest.mark.parametrize("layers, options, lines", MODELS)
def test_it_is_derived_checked_and_trained(new, dfoo, tmp_path, layers, options, lines):
    (tmp_path / "new.eq").write_text(new("--layers", layers, *options))
    derived = dfoo("derive", "new.eq", cwd=tmp_path)
    assert derived.returncode == 0, derived
    for line in lines:
        assert f"\n{line} " in derived.stdout, derived.stdout
    checked = dfoo("check", "new.eq", cwd=tmp_path)
    assert checked.returncode == 0, checked
    units = int(layers.split()[-1])
    X = np.random.default_rng(0).normal(size=(3, 20))
    Y = np.eye(units)[np.arange(20) % units].T if units > 1 else (X[:1] > 0) * 1.0
    if "--rows" in options:
        X, Y = X.T, Y.T
    np.savez(tmp_path / "data.npz", X=X, Y=Y)
    trained = dfoo("train", "new.eq", "--data", "data.npz", "--epochs", 20, "-o", "run.npz", cwd=tmp_path)
    assert trained.returncode == 0, trained
    done = dfoo("predict", "new.eq", "--weights", "run.npz", "--data", "data.npz", "-o", "out.npz", cwd=tmp_path)
    assert done.returncode == 0, done
    (predicted,) = np.load(tmp_path / "out.npz").values()
    assert predicted.shape == Y.shape


def test_a_file(dfoo, tmp_path):
    done = dfoo("new", "--layers", "sigmoid 1", "-o", tmp_path / "mine.eq")
    assert done.returncode == 0 and done.stdout == "" and "dfoo derive" in done.stderr
    text = (tmp_path / "mine.eq").read_text()
    assert text.startswith("# mine.eq: sigmoid 1")
    done = dfoo("new", "--layers", "relu 2, sigmoid 1", "-o", tmp_path / "mine.eq")
    assert done.returncode == 2 and "is there already" in done.stderr
    assert (tmp_path / "mine.eq").read_text() == text
    done = dfoo("new", "--layers", "sigmoid 1", "-o", tmp_path / "nosuch" / "mine.eq")
    assert done.returncode == 2 and "cannot write" in done.stderr


WRONG = [
    (["--layers", "rleu 20, sigmoid 1"], ["layers:1:1: error: there is no activation 'rleu'", "did you mean relu?"]),
    (["--layers", "tanh 3, sigmod 1"], ["layers:1:9:", "did you mean sigmoid?"]),
    (["--layers", "foo 1"], ["there are: relu"]),
    (["--layers", "relu"], ["the number of units"]),
    (["--layers", "relu 0"], ["from 1 to"]),
    (["--layers", "relu 99999999999"], ["from 1 to"]),
    (["--layers", "relu 2.5"], ["the number of units"]),
    (["--layers", "20 relu"], ["its activation and its units"]),
    (["--layers", "relu 20,"], ["a layer is expected here"]),
    (["--layers", " "], ["a layer is expected here"]),
    (["--layers", "tanh 2, softmax 3, sigmoid 1"], ["layers:1:9:", "softmax stands in the last layer"]),
    (["--layers", "softmax 1"], ["softmax 2 or sigmoid 1"]),
    (["--layers", "relu 1", "--loss", "cross_entropy"], ["cross_entropy needs probabilities", "--loss mse"]),
    (["--layers", "relu 1", "--loss", "msd"], ["there are cross_entropy, mse and mae"]),
    (["--layers", "sigmoid 1", "--dropout", "0.5"], ["no hidden layer"]),
    (["--layers", "tanh 2, sigmoid 1", "--dropout", "1.5"], ["--dropout takes a number above 0 and below 1"]),
    (["--layers", "sigmoid 1", "--l2", "-1"], ["--l2 takes a number above 0"]),
    (["--layers", "sigmoid 1", "more"], ["takes options only"]),
    ([], ["new needs --layers LAYERS"]),
]


@pytest.mark.parametrize("args, words", WRONG)
def test_what_is_wrong(dfoo, args, words):
    done = dfoo("new", *args)
    assert done.returncode == 2 and done.stdout == ""
    for word in words:
        assert word in done.stderr
