"""Data as people have it: the course's HDF5 files, MNIST's IDX files, numpy's arrays, tables; their names,
their layouts, the names of classes. What training did to its data, predict does again."""
import csv
import gzip
import io
import re
import struct

import h5py
import numpy as np
import pytest

DEEP = ["W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4"]
SOFTMAX = """input X : (n0, m)
label Y : (k, m) onehot
param W : (k, n0) ~ zeros
param b : (k, 1) ~ zeros
A = softmax(W @ X + b)
J = -1/m * sum(Y * log(A))
minimize J
predict A
"""
LINEAR = """input X : (n0, m)
label Y : (1, m)
param w : (1, n0) ~ zeros
P = w @ X
J = 1/m * sum((P - Y)**2)
minimize J
predict P
"""


@pytest.fixture
def works(dfoo, tmp_path):
    def run(*args, **options):
        done = dfoo(*args, cwd=tmp_path, **options)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture
def refuses(dfoo, tmp_path):
    """refuses(words, *args): exit status 2 and these words."""

    def run(words, *args):
        done = dfoo(*args, cwd=tmp_path)
        assert done.returncode == 2 and words in done.stderr, done.stderr

    return run


def idx(x):
    x = np.asarray(x, np.uint8)
    return struct.pack(f">BBBB{x.ndim}I", 0, 0, 8, x.ndim, *x.shape) + x.tobytes()


def linear(tmp_path):
    """A model, examples and the parameters after one step on them."""
    rng = np.random.default_rng(3)
    (tmp_path / "net.eq").write_text(LINEAR)
    X, Y = rng.normal(size=(3, 50)), rng.normal(size=(1, 50))
    return X, Y, 0.1 * 2 / 50 * Y @ X.T


def step(works, *args):
    """One step of training; what it said and the parameters."""
    done = works("train", "net.eq", "--epochs", "1", "--restart", "-o", "run.npz", "--alpha", ".1", "--prepare", "none", *args)
    return "".join(line for line in done.stderr.splitlines(True) if not line.startswith("epoch"))


def same(tmp_path, w, tolerance=1e-14):
    with np.load(tmp_path / "run.npz") as run:
        np.testing.assert_allclose(run["w"], w, rtol=0, atol=tolerance)


# --------------------------------------------------------------- the course's cats


def cats(tmp_path):
    """Files as the course has them, smaller in number; images that tell something."""
    rng = np.random.default_rng(1)
    for name, m in ("train", 60), ("test", 20):
        y = rng.integers(0, 2, m)
        x = rng.integers(0, 180, (m, 64, 64, 3)) + 60 * y[:, None, None, None]
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file[f"{name}_set_x"] = x.astype(np.uint8)
            file[f"{name}_set_y"] = y
            file["list_classes"] = np.array([b"non-cat", b"cat"])
    rng = np.random.default_rng(2)
    sizes = [12288, 20, 7, 5, 1]
    start = {}
    for i in range(1, 5):
        start[f"W{i}"] = rng.normal(size=(sizes[i], sizes[i - 1])) / np.sqrt(sizes[i - 1])
        start[f"b{i}"] = np.zeros((sizes[i], 1))
    np.savez(tmp_path / "start.npz", **start)
    return start


def forward(p, X):
    A = [X]
    for i in range(1, 5):
        Z = p[f"W{i}"] @ A[-1] + p[f"b{i}"]
        A.append(np.maximum(Z, 0) if i < 4 else 1 / (1 + np.exp(-Z)))
    return A


def cost(A, Y):
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))


def numpy_curve(p, X, Y, rate, epochs):
    """Costs before each step and after the last, by the formulas of the course written out."""
    p, costs, m = dict(p), [], X.shape[1]
    for _ in range(epochs):
        A = forward(p, X)
        costs.append(cost(A[4], Y))
        dZ = A[4] - Y
        for i in range(4, 0, -1):
            dW, db = dZ @ A[i - 1].T / m, dZ.sum(axis=1, keepdims=True) / m
            dZ = p[f"W{i}"].T @ dZ * (A[i - 1] > 0)
            p[f"W{i}"], p[f"b{i}"] = p[f"W{i}"] - rate * dW, p[f"b{i}"] - rate * db
    return costs + [cost(forward(p, X)[4], Y)], p


def test_cats(works, tmp_path):
    start = cats(tmp_path)
    with h5py.File(tmp_path / "train.h5") as file:
        X, Y = file["train_set_x"][:].reshape(60, -1).T / 255, file["train_set_y"][:].reshape(1, -1)
    with h5py.File(tmp_path / "test.h5") as file:
        X_test, Y_test = file["test_set_x"][:].reshape(20, -1).T / 255, file["test_set_y"][:].reshape(1, -1)
    done = works("train", "deep", "--data", "train.h5", "--test", "test.h5", "--map", "X=train_set_x,Y=train_set_y",
                 "--test-map", "X=test_set_x", "--test-map", "Y=test_set_y", "--flatten", "--scale", "1/255", "--from",
                 "start.npz", "--alpha", "0.0075", "--epochs", "50", "--log", "log.csv", "--quiet", "-o", "run.npz")
    assert "note:" not in done.stderr and "error:" not in done.stderr  # such steps are too long for so few cats: a lesson
    expected, p = numpy_curve(start, X, Y, 0.0075, 50)
    log = np.genfromtxt(tmp_path / "log.csv", delimiter=",", names=True)
    np.testing.assert_allclose(log["cost"], expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(log["test_cost"][-1], cost(forward(p, X_test)[4], Y_test), rtol=0, atol=1e-10)
    with np.load(tmp_path / "run.npz") as run:
        for name in DEEP:
            np.testing.assert_allclose(run[name], p[name], rtol=0, atol=1e-10)

    # Nothing has to be said again: the test file has the names that --test-map told.
    for name, A, Y in ("train", forward(p, X)[4], Y), ("test", forward(p, X_test)[4], Y_test):
        done = works("predict", "deep", "--weights", "run.npz", "--data", f"{name}.h5")
        rows = list(csv.reader(io.StringIO(done.stdout)))
        assert rows[0] == ["A4", "class"]
        np.testing.assert_allclose([float(row[0]) for row in rows[1:]], A[0], rtol=0, atol=1e-10)
        assert [row[1] for row in rows[1:]] == ["cat" if a >= 0.5 else "non-cat" for a in A[0]]
        assert f"accuracy {100 * np.mean((A >= .5) == Y):.2f}%" in done.stderr

    # One image is one example; one that lies otherwise is refused.
    one = tmp_path / "one.npy"
    with h5py.File(tmp_path / "test.h5") as file:
        np.save(one, file["test_set_x"][0])
    done = works("predict", "deep", "--weights", "run.npz", "--data", "one.npy")
    assert "note: one.npy: taken in order: X is one (64, 64, 3)" in done.stderr
    np.testing.assert_allclose(float(done.stdout.split()[1].split(",")[0]), forward(p, X_test)[4][0, 0], atol=1e-10)


def test_cats_that_are_not_mapped(works, refuses, tmp_path):
    cats(tmp_path)
    train = ["train", "deep", "--epochs", "1", "-o", "run.npz", "--restart", "--data"]
    there = "there are train_set_x (60, 64, 64, 3), train_set_y (60,), list_classes (text)"
    refuses(f"train.h5: the input X : (n0, m) is not there; {there}", *train, "train.h5")
    refuses("--map X=NAME says which of them it is", *train, "train.h5")
    refuses(f"train.h5: --map X=train_x: there is no 'train_x'; {there}", *train, "train.h5", "--map", "X=train_x")
    refuses("--map Q=train_set_x: the model has no input or label 'Q'; it has X, Y", *train, "train.h5", "--map",
            "Q=train_set_x")
    refuses("--map takes VARIABLE=NAME, as in X=train_set_x, not 'X'", *train, "train.h5", "--map", "X")
    refuses("X is mapped twice", *train, "train.h5", "--map", "X=a", "--map", "X=b")
    maps = ["train.h5", "--map", "X=train_set_x,Y=train_set_y"]
    refuses("test.h5: the input X : (n0, m) is not there; there are test_set_x (20, 64, 64, 3)", *train, *maps, "--test",
            "test.h5")
    refuses("--test-map X=NAME says which of them it is", *train, *maps, "--test", "test.h5")
    refuses("there is no test data that --test-map X=x could speak of", *train, *maps, "--test-map", "X=x")
    refuses("train.h5: list_classes holds text, and X wants numbers", *train, "train.h5", "--map",
            "X=list_classes,Y=train_set_y")
    said = works(*train, "train.h5:train_set_x", "--data", "train.h5:train_set_y", "--scale", "1/255").stderr
    assert "taken in order: X is train_set_x (60, 64, 64, 3), Y is train_set_y (60,)" in said
    assert "train_set_x is (60, 64, 64, 3), and X is read as 60 examples of 12288 entries, as --flatten says" in said
    assert works("predict", "deep", "--weights", "run.npz", "--data", "train.h5", "-o", "p.csv").stderr.startswith("acc")
    with np.load(tmp_path / "run.npz") as run:
        assert list(run["dfoo.shape.X"]) == [64, 64, 3] and list(run["dfoo.scale.X"]) == [1, 255]


def test_larger_than_memory(dfoo, tmp_path):
    """The file is there, all 400 GB of zeros, and takes no room on the disk."""
    with open(tmp_path / "X.npy", "wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": (4 * 10**8, 1000)})
        file.truncate(file.tell() + 4 * 10**11)
    done = dfoo("train", "deep", "--data", "X.npy", "-o", "run.npz", cwd=tmp_path,
                env={"ASAN_OPTIONS": "allocator_may_return_null=1"})
    assert done.returncode == 2
    assert "X.npy: 'X' has the shape (400000000, 1000), and there is no memory for its 3.2e+03 GB as float64" in done.stderr


# ------------------------------------------------------------------- several files


def test_mnist_files(works, tmp_path):
    rng = np.random.default_rng(1)
    (tmp_path / "net.eq").write_text(SOFTMAX)
    labels, test_labels = rng.integers(0, 9, 300), rng.integers(0, 10, 40)  # training never sees a 9

    def images(y):
        x = rng.integers(0, 100, (len(y), 6, 5))
        x.reshape(len(y), -1)[np.arange(len(y)), y] = 255
        return x

    for name, pack, y in ("train", bytes, labels), ("t10k", gzip.compress, test_labels):
        ending = ".gz" * (pack is not bytes)
        (tmp_path / f"{name}-images-idx3-ubyte{ending}").write_bytes(pack(idx(images(y))))
        (tmp_path / f"{name}-labels-idx1-ubyte{ending}").write_bytes(pack(idx(y)))
    done = works("train", "net.eq", "--set", "k=10", "--data", "train-images-idx3-ubyte", "--data", "train-labels-idx1-ubyte",
                 "--test", "t10k-images-idx3-ubyte.gz", "--test", "t10k-labels-idx1-ubyte.gz", "--scale", "X=1/255",
                 "--flatten", "--epochs", "200", "--alpha", "2", "-o", "run.npz")
    assert "taken in order: X is train-images-idx3-ubyte (300, 6, 5), Y is train-labels-idx1-ubyte (300,)" in done.stderr
    done = works("predict", "net.eq", "--weights", "run.npz", "--data", "t10k-images-idx3-ubyte.gz")
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows[0] == [*map(str, range(10)), "class"]
    right = [row[-1] == str(y) for row, y in zip(rows[1:], test_labels) if y < 9]
    assert np.mean(right) > 0.9


def test_arrays_and_tables_in_several_files(works, refuses, tmp_path):
    X, Y, w = linear(tmp_path)
    np.save(tmp_path / "X.npy", X.astype("f4"))
    np.save(tmp_path / "Y.npy", np.asfortranarray(Y))
    step(works, "--data", "X.npy", "--data", "Y.npy")
    same(tmp_path, w, 1e-8)
    np.savetxt(tmp_path / "features.csv", X.T, delimiter=",", header="a,b,c", comments="")
    np.savetxt(tmp_path / "target.csv", Y.T, delimiter=",", header="price", comments="")
    assert step(works, "--data", "features.csv", "--data", "target.csv") == ""
    same(tmp_path, w)
    step(works, "--data", "target.csv", "--data", "features.csv", "--map", "Y=price")
    same(tmp_path, w)
    step(works, "--data", "features.csv", "--data", "Y.npy")
    same(tmp_path, w)
    train = ["train", "net.eq", "--epochs", "1", "--restart", "-o", "run.npz", "--data", "features.csv", "--data"]
    refuses("features.csv: another file has a column 'a', too", *train, "features.csv")
    np.savetxt(tmp_path / "short.csv", Y.T[:9], delimiter=",")
    refuses("short.csv has 9 rows, and the table before it 50: they do not stand side by side", *train, "short.csv")
    np.savez(tmp_path / "again.npz", Y=Y)
    refuses("again.npz: another file has an array 'Y', too", *train, "Y.npy", "--data", "again.npz")
    refuses("nosuch.csv", *train, "nosuch.csv")


def test_columns_by_name(works, refuses, tmp_path):
    X, Y, w = linear(tmp_path)
    table = np.vstack([Y, X[2], np.arange(50), X[0], X[1]]).T
    np.savetxt(tmp_path / "t.csv", table, delimiter=",", header="price,c,id,a,b", comments="")
    step(works, "--data", "t.csv", "--map", "X=a,b,c,Y=price")
    same(tmp_path, w)
    done = works("predict", "net.eq", "--weights", "run.npz", "--data", "t.csv")
    np.testing.assert_allclose(np.loadtxt(io.StringIO(done.stdout), skiprows=1), (w @ X)[0], atol=1e-12)
    assert "cost" in done.stderr
    np.savetxt(tmp_path / "new.csv", X.T, delimiter=",", header="a,b,c", comments="")
    done = works("predict", "net.eq", "--weights", "run.npz", "--data", "new.csv")
    np.testing.assert_allclose(np.loadtxt(io.StringIO(done.stdout), skiprows=1), (w @ X)[0], atol=1e-12)
    train = ["train", "net.eq", "--epochs", "1", "--restart", "-o", "run.npz", "--prepare", "none", "--data", "t.csv", "--map"]
    refuses("--map X=a, d: not all of these are columns; there are the columns price, c, id, a, b", *train, "X=a,d")
    refuses("the column 'a' is mapped twice", *train, "X=a,b,Y=a")
    refuses("t.csv has 5 columns, and they cannot be shared out: X takes 3, Y takes 1", *train, "X=a,b,c")
    np.savetxt(tmp_path / "t.csv", table, delimiter=",")
    refuses("there is no 'a'; there are the columns 5 without names", *train, "Y=a")


def test_header(works, refuses, tmp_path):
    X, Y, w = linear(tmp_path)
    np.savetxt(tmp_path / "t.csv", np.vstack([X, Y]).T, delimiter=",", header="0,1,2,3", comments="")
    assert "t.csv:1: this line is read as data, though it counts the columns" in step(works, "--data", "t.csv")
    assert step(works, "--data", "t.csv", "--header", "yes") == ""
    same(tmp_path, w)
    done = works("predict", "net.eq", "--weights", "run.npz", "--data", "t.csv", "--header=yes")
    assert len(done.stdout.splitlines()) == 51
    (tmp_path / "w.csv").write_text("1,2,yes\n3,4,no\n")
    (tmp_path / "net.eq").write_text(SOFTMAX)
    step(works, "--data", "w.csv", "--header", "no")
    with np.load(tmp_path / "run.npz") as run:
        assert run["W"].shape == (2, 2)
    refuses('--header takes auto, yes or no, not "maybe"', "train", "net.eq", "--data", "w.csv", "-o", "r.npz", "--header",
            "maybe")


def test_places_of_bad_values_are_the_files_own(works, refuses, tmp_path):
    X, Y, _ = linear(tmp_path)
    X[1, 30] = np.nan
    for x, words in (X, "X: row 2, column 31 (its example): nan"), (X.T, "X: row 31 (its example), column 2: nan"):
        np.savez(tmp_path / "d.npz", X=x, Y=Y)
        refuses(words, "train", "net.eq", "--data", "d.npz", "-o", "run.npz")


# ------------------------------------------------------------------------- layouts


@pytest.mark.parametrize("x_turned", [False, True])
@pytest.mark.parametrize("y_shape", [(50,), (1, 50), (50, 1)], ids=str)
def test_rows_columns_and_vectors(works, tmp_path, x_turned, y_shape):
    X, Y, w = linear(tmp_path)
    np.savez(tmp_path / "d.npz", X=X.T if x_turned else X, Y=Y.reshape(y_shape))
    said = step(works, "--data", "d.npz")
    same(tmp_path, w)
    assert ("note: d.npz: X is (50, 3), and is read as (3, 50): in this model an example is a column" in said) == x_turned
    assert ("Y is (50, 1), and is read as (1, 50)" in said) == (y_shape == (50, 1))
    done = works("predict", "net.eq", "--weights", "run.npz", "--data", "d.npz")
    np.testing.assert_allclose(np.loadtxt(io.StringIO(done.stdout), skiprows=1), (w @ X)[0], atol=1e-12)


def test_rows(works, tmp_path):
    """A model whose examples are rows, with arrays in all layouts."""
    rng = np.random.default_rng(3)
    (tmp_path / "net.eq").write_text("input X : (m, n0)\nlabel Y : (m, 1)\nparam w : (n0, 1) ~ zeros\nP = X @ w\n"
                                     "J = 1/m * sum((P - Y)**2)\nminimize J\npredict P\n")
    X, Y = rng.normal(size=(50, 3, 2)), rng.normal(size=(50, 1))
    w = 0.1 * 2 / 50 * X.reshape(50, -1).T @ Y
    for x in X, X.reshape(50, -1), X.reshape(50, -1).T:
        for y in Y, Y.T, Y[:, 0], Y[:, :, None]:
            np.savez(tmp_path / "d.npz", X=x, Y=y)
            said = step(works, "--data", "d.npz", "--flatten")
            same(tmp_path, w)
            assert ("X is (6, 50), and is read as (50, 6): in this model an example is a row" in said) == (x.shape == (6, 50))
    step(works, "--data", "d.npz", "--batch", "50")
    same(tmp_path, w)


@pytest.mark.parametrize("y_shape", [(50,), (1, 50), (50, 1)], ids=str)
@pytest.mark.parametrize("sized", [False, True])
def test_numbers_of_classes(works, tmp_path, y_shape, sized):
    rng = np.random.default_rng(1)
    (tmp_path / "net.eq").write_text(SOFTMAX)
    X, y = rng.normal(size=(2, 50)), np.resize([0, 1, 2], 50)
    np.savez(tmp_path / "d.npz", X=X, Y=y.reshape(y_shape))
    np.savez(tmp_path / "onehot.npz", X=X, Y=np.eye(3)[:, y])
    runs = []
    for name in "d.npz", "onehot.npz":
        step(works, "--data", name, *(["--set", "k=3"] if sized else []))
        with np.load(tmp_path / "run.npz") as run:
            runs.append(run["W"])
    np.testing.assert_array_equal(*runs)


def test_values_are_no_classes(works, refuses, tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "net.eq").write_text(SOFTMAX)
    np.savez(tmp_path / "data.npz", X=rng.normal(size=(2, 50)), Y=rng.random(50))
    refuses("data.npz: Y has 50 different values, such as 0.", "train", "net.eq", "--data", "data.npz", "-o", "run.npz")
    np.savez(tmp_path / "data.npz", X=rng.normal(size=(2, 50)), Y=np.arange(50) % 10 / 2)
    assert works("train", "net.eq", "--data", "data.npz", "--epochs", 1, "-o", "run.npz").stdout.startswith("1 epoch in ")
    assert len(np.load(tmp_path / "run.npz")["b"]) == 10


def test_one_example_with_its_onehot_label(works, tmp_path):
    (tmp_path / "net.eq").write_text(SOFTMAX)
    np.savez(tmp_path / "d.npz", X=np.ones((2, 5)), Y=np.arange(5))
    step(works, "--data", "d.npz")
    np.savez(tmp_path / "one.npz", X=np.ones((2, 1)), Y=np.eye(5)[:, :1])
    done = works("predict", "net.eq", "--weights", "run.npz", "--data", "one.npz")
    assert len(done.stdout.splitlines()) == 2 and "accuracy" in done.stderr


def test_notes_come_first(works, tmp_path):
    X, Y, _ = linear(tmp_path)
    np.savez(tmp_path / "d.npz", X=X.T, Y=Y)
    for batch in [], ["--batch", "7"]:
        lines = works("train", "net.eq", "--data", "d.npz", "--epochs", "40", "-o", "run.npz", *batch).stderr.splitlines()
        assert lines[0].startswith("note: d.npz: X is (50, 3)") and lines[1].startswith("epoch ")
        assert sum(line.startswith("note") for line in lines) == 1


# ----------------------------------------------------------- scales, names of classes


def test_scale(works, refuses, tmp_path):
    X, Y, w = linear(tmp_path)
    np.savez(tmp_path / "d.npz", X=X * 255, Y=Y)
    for scale in "1/255", "X=1/255", "0.5,X=1/255":
        step(works, "--data", "d.npz", "--scale", scale)
        same(tmp_path, w)
    step(works, "--data", "d.npz", "--scale", "-2")
    same(tmp_path, w * -2 * 255, 1e-11)
    step(works, "--data", "d.npz", "--scale", "1/255", "--split", "0.5")
    done = works("predict", "net.eq", "--weights", "run.npz", "--data", "d.npz")
    with np.load(tmp_path / "run.npz") as run:
        np.testing.assert_allclose(np.loadtxt(io.StringIO(done.stdout), skiprows=1), (run["w"] @ X)[0], atol=1e-12)
    step(works, "--data", "d.npz", "--standardize")
    with np.load(tmp_path / "run.npz") as run:
        standardized = run["w"]
    step(works, "--data", "d.npz", "--standardize", "--scale", "1/255")
    same(tmp_path, standardized, 0)
    train = ["train", "net.eq", "--epochs", "1", "--restart", "-o", "run.npz", "--data", "d.npz", "--scale"]
    for scale in "x", "1/0", "0", "1/", "X=", "1/2/3", "inf", "X=nan":
        refuses("--scale takes a number or a fraction other than 0", *train, scale)
    refuses("--scale Y=..: the model has no input 'Y'; it has X", *train, "Y=2")


def test_names_of_classes(works, refuses, tmp_path):
    (tmp_path / "net.eq").write_text(SOFTMAX)
    y = np.array([2, 0, 2, 0])  # of three classes, training sees two
    X = np.eye(3)[:, y]
    np.savez(tmp_path / "d.npz", X=X, Y=y, class_names=np.array(["Äpfel", "pears, red", "plums"]))
    np.savez(tmp_path / "plain.npz", X=X, Y=y)
    (tmp_path / "names.txt").write_text("Äpfel\n\"pears, red\"\nplums\n")
    for data in ["d.npz"], ["plain.npz", "--classes", "names.txt"], ["d.npz", "--classes", "class_names"]:
        step(works, "--data", *data)
        done = works("predict", "net.eq", "--weights", "run.npz", "--data", "plain.npz")
        rows = list(csv.reader(io.StringIO(done.stdout)))
        assert rows[0] == ["Äpfel", "pears, red", "plums", "class"]
        assert [row[-1] for row in rows[1:]] == ["plums", "Äpfel", "plums", "Äpfel"]
        assert re.search(r"^is +predicted as\n +Äpfel +pears, red +plums +recall$", done.stderr, re.M)  # so has the confusion
    train = ["train", "net.eq", "--epochs", "1", "--restart", "-o", "run.npz", "--data", "plain.npz", "--classes"]
    refuses("--classes: 4 names are given (a, b, c, d), and Y has 3 classes", *train, "a,b,c,d", "--set", "k=3")
    refuses("--classes nosuch: this is no array of text in the data, no file, and no list", *train, "nosuch")
    (tmp_path / "net.eq").write_text(LINEAR)
    np.savez(tmp_path / "r.npz", X=X, Y=[.5, .1, .2, 3])
    refuses("--classes: no label of the model tells classes", "train", "net.eq", "--epochs", "1", "-o", "r2.npz", "--data",
            "r.npz", "--classes", "a,b")


def test_labels_in_words(works, refuses, tmp_path):
    (tmp_path / "net.eq").write_text(SOFTMAX)
    words = np.array(["plum", "apple", "plum", "pear"])
    X = np.eye(3)[:, [2, 0, 2, 1]]
    np.savez(tmp_path / "d.npz", X=X, Y=words)
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["X"] = X
        file["Y"] = words.astype("S")
    np.savetxt(tmp_path / "d.csv", np.column_stack([X.T.astype(str), words]), delimiter=",", fmt="%s", header="a,b,c,kind",
               comments="")
    for name in "d.npz", "d.h5", "d.csv":
        step(works, "--data", name)
        for other in "d.npz", "d.h5", "d.csv":
            if (name == "d.csv") != (other == "d.csv"):
                continue
            done = works("predict", "net.eq", "--weights", "run.npz", "--data", other)
            rows = list(csv.reader(io.StringIO(done.stdout)))
            assert rows[0] == ["apple", "pear", "plum", "class"]
            assert [row[-1] for row in rows[1:]] == list(words)
            assert "accuracy 100" in done.stderr


def test_two_classes_in_words(works, tmp_path):
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 60)
    with open(tmp_path / "d.csv", "w") as file:
        file.write("a,b,class\n")
        for k in y:
            file.write(f"{rng.normal() + 4 * k},{rng.normal()},{'spam' if k else 'ham'}\n")
    works("train", "logistic", "--data", "d.csv", "--quiet", "-o", "run.npz")
    rows = list(csv.reader(io.StringIO(works("predict", "logistic", "--weights", "run.npz", "--data", "d.csv").stdout)))
    assert [row[-1] for row in rows[1:]] == ["spam" if float(row[0]) >= 0.5 else "ham" for row in rows[1:]]
    assert np.mean([row[-1] == ("spam" if k else "ham") for row, k in zip(rows[1:], y)]) > 0.9


def test_damaged_runs(works, refuses, tmp_path):
    X, Y, _ = linear(tmp_path)
    np.savez(tmp_path / "d.npz", X=X, Y=Y)
    step(works, "--data", "d.npz", "--scale", "1/255")
    with np.load(tmp_path / "run.npz") as run:
        good = dict(run)
    for name, value in [("dfoo.scale.X", [1, 0]), ("dfoo.scale.X", [1]), ("dfoo.scale.X", [np.nan, 1]),
                        ("dfoo.shape.X", [-1, 2]), ("dfoo.shape.X", [1e300]), ("dfoo.shape.X", np.ones(9)),
                        ("dfoo.map.X", [300.0]), ("dfoo.map.X", [65.0])]:
        np.savez(tmp_path / "run.npz", **{**good, name: np.array(value, float)})
        refuses(f"the run is damaged: {name} is not what training wrote", "predict", "net.eq", "--weights", "run.npz",
                "--data", "d.npz")
