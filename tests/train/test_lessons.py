"""Lessons: each is told where it should be, and not to a healthy twin; the document has them all."""
import re

import numpy as np
import pytest

from conftest import ROOT

TABLE = next((ROOT / "src").rglob("lessons.def")).read_text()


def rows():
    """{id: (title, what it says as a regular expression)} from the table."""
    found = {}
    for name, title, says in re.findall(r'^LESSON\((\w+), "([^"]*)", [A-Z_ |]+,((?:\s*"[^"]*")+),$', TABLE, re.M):
        says = "".join(re.findall('"([^"]*)"', says))
        found[name] = title, re.compile(r"warning: " + re.sub(r"\\\{\w+\\\}", ".*", re.escape(says)))
    return found


ROWS = rows()

# ------------------------------------------------------------------------- models

HEAD = "input X : (n0, m)\nlabel Y : (1, m)\n"
LOSS = "J = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))\nminimize J\npredict A2\n"


def network(f="tanh(Z1)", w1="xavier", b1="zeros", w2="xavier", b2="zeros", n1=4):
    return (f"size n1 = {n1}\n{HEAD}param W1 : (n1, n0) ~ {w1}\nparam b1 : (n1, 1) ~ {b1}\n"
            f"param W2 : (1, n1) ~ {w2}\nparam b2 : (1, 1) ~ {b2}\n"
            f"Z1 = W1 @ X + b1\nA1 = {f}\nA2 = sigmoid(W2 @ A1 + b2)\n{LOSS}")


def by_rows(w):
    return (f"input X : (m, n0)\nlabel Y : (m, 1)\nparam W1 : (n0, 5) ~ {w}\nparam b1 : (1, 5) ~ zeros\n"
            f"param W2 : (5, 1) ~ {w}\nA2 = sigmoid(tanh(X @ W1 + b1) @ W2)\n{LOSS}")


def single(loss, start="xavier", predict="Z"):
    """One layer without an activation: Z, and a loss of it."""
    return (f"{HEAD}param w : (1, n0) ~ {start}\nparam b : (1, 1) ~ zeros\nZ = w @ X + b\nJ = 1/m * sum({loss})\n"
            f"minimize J\npredict {predict}\n")


LOGISTIC = f"{HEAD}param w : (1, n0) ~ zeros\nparam b : (1, 1) ~ zeros\nA2 = sigmoid(w @ X + b)\n{LOSS}"
SOFTMAX = ("input X : (n0, m)\nlabel Y : (k, m) onehot\nparam W : (k, n0) ~ zeros\nparam b : (k, 1) ~ zeros\n"
           "A = softmax(W @ X + b)\nJ = -1/m * sum(Y * log(A))\nminimize J\npredict A\n")
SPELLED = (f"{HEAD}param w : (1, n0) ~ zeros\nA = 1/(1 + exp(-w @ X))\n"
           "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\nminimize J\npredict A\n")
LEAST_SQUARES = single("(Z - Y)**2")
WEIGHTED = LOGISTIC.replace("label", "input S : (1, m)\nlabel").replace("1/m * sum(", "1/m * sum(S * (").replace("A2))", "A2)))")
DROPOUT = network("dropout(tanh(Z1), 0.5)", "ones", "zeros", "ones")

# --------------------------------------------------------------------------- data


def blobs(m=200, n=2, seed=1, apart=1.5):
    """Two classes that overlap a little."""
    rng = np.random.default_rng(seed)
    y = np.arange(m) % 2
    return {"X": rng.normal(size=(n, m)) + apart * (2 * y - 1), "Y": y[None].astype(float)}


def with_x(change, **kwargs):
    data = blobs(**kwargs)
    return dict(data, X=change(data["X"]))


def with_y(change, **kwargs):
    data = blobs(**kwargs)
    return dict(data, Y=change(data["Y"]))


def rowwise(data):
    return {name: x.T for name, x in data.items()}


def pixels(scale=1):
    rng = np.random.default_rng(2)
    return with_x(lambda x: np.round(rng.uniform(0, 255, x.shape) * (rng.random(x.shape) < 0.4)) * scale, n=40)


def scaled(*factors):
    return with_x(lambda x: x * np.array(factors)[:, None], n=len(factors))


def row_set_to(value, row=1):
    def change(x):
        x = x.copy()
        x[row] = value
        return x

    return with_x(change, n=3)


def image_like():
    """Most features alike, some nearly always 0: the border of an image."""
    def change(x):
        x = np.abs(x)
        x[:6] = 0
        x[0, 7] = x[1, 9] = 0.05
        return x

    return with_x(change, n=40)


def noise_labels(m=40, n=10, share=0.5, seed=3):
    rng = np.random.default_rng(seed)
    return {"X": rng.normal(size=(n, m)), "Y": (rng.random((1, m)) < share).astype(float)}


def one_hot(m=90):
    rng = np.random.default_rng(4)
    y = np.arange(m) % 3
    return {"X": rng.normal(size=(3, m)) + 2 * np.eye(3)[:, y], "Y": np.eye(3)[:, y]}


def regression(size=1.0, m=100):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(2, m))
    return {"X": x, "Y": size * (x[:1] - 2 * x[1:] + 0.1 * rng.normal(size=(1, m)))}


def far():
    """Labels far from 0, which short steps do not reach."""
    return dict(regression(), Y=regression()["Y"] + 50)


def noise():
    rng = np.random.default_rng(8)
    return {"X": rng.normal(size=(40, 80)), "Y": rng.normal(size=(1, 80))}


def by_chance():
    """Four of five are of one class, whatever the inputs."""
    rng = np.random.default_rng(9)
    return {"X": rng.normal(size=(60, 200)), "Y": (rng.random((1, 200)) < 0.2).astype(float)}


def rare():
    """One of 30 is of the second class, weighs as much as the others together, and cannot be told apart well."""
    rng = np.random.default_rng(10)
    y = (np.arange(600) % 30 == 0).astype(float)[None]
    return {"X": rng.normal(size=(2, 600)) + 0.9 * y, "Y": y, "S": np.where(y > 0, 15.0, 15 / 29)}


def counts():
    rng = np.random.default_rng(6)
    return {"X": rng.normal(size=(2, 80)), "Y": rng.poisson(2, (1, 80)).astype(float)}


def seldom():
    """3000 examples; one that no even sample of a thousand has makes every relu active."""
    rng = np.random.default_rng(7)
    x = -np.abs(rng.normal(size=(1, 3000)))
    x[0, 1] = 4
    return {"X": x, "Y": (np.arange(3000) % 2)[None].astype(float)}


def never(x):
    return dict(x, X=-np.abs(x["X"]))


# ---------------------------------------------------------------------------- cases

# (lesson, model, data, options)
TOLD = [
    ("as_the_mean", LEAST_SQUARES, far(), ["--epochs", "50", "--alpha", "0.001"]),
    ("as_the_mean", LEAST_SQUARES, far(), ["--epochs", "10", "--batch", "25", "--alpha", "0.001"]),
    ("useless_on_test", LEAST_SQUARES, noise(), ["--split", "0.5", "--alpha", "0.02", "--epochs", "500"]),
    ("useless_on_test", LOGISTIC, by_chance(), ["--split", "0.5", "--alpha", "0.5", "--epochs", "500"]),
    ("equal_units", network("tanh(Z1)", "zeros", "zeros", "zeros"), blobs(), []),
    ("equal_units", network("relu(Z1)", "zeros", "zeros", "zeros"), blobs(), ["--optimizer", "adam"]),
    ("equal_units", network("tanh(Z1)", "ones", "zeros", "ones"), blobs(), ["--batch", "16"]),
    ("equal_units", network("tanh(Z1)", "ones", "zeros", "zeros"), blobs(), ["--epochs", "2"]),
    ("equal_units", by_rows("ones"), rowwise(blobs()), ["--dtype", "f32"]),
    ("pixels", network(), pixels(), []),
    ("large_inputs", network(), scaled(300, 1), []),
    ("large_inputs", by_rows("xavier"), rowwise(with_x(lambda x: x + 50)), ["--batch", "50"]),
    ("small_inputs", network(), scaled(1e-4, 2e-3), []),
    ("uneven_inputs", network(), scaled(1, 1e-5), []),
    ("constant_input", network(), row_set_to(7), []),
    ("label_outside", LOGISTIC, with_y(lambda y: y + 1), ["--any-labels"]),
    ("label_outside", LOGISTIC, with_y(lambda y: 2 * y - 1), ["--any-labels"]),
    ("label_outside", LOGISTIC, with_y(lambda y: 1.1 * y), ["--any-labels", "--batch", "20"]),
    ("label_outside", network(), with_y(lambda y: 5 * y), ["--any-labels"]),
    ("label_outside", by_rows("xavier"), rowwise(with_y(lambda y: -y)), ["--any-labels"]),
    ("label_outside", SPELLED, with_y(lambda y: y + 1), ["--any-labels"]),
    ("label_outside", single("exp(Z) - Y*Z"), with_y(lambda y: y - 1), ["--any-labels", "--epochs", "2", "--alpha", "0.01"]),
    ("label_outside", single("softplus(Z) - Y*Z"), with_y(lambda y: 2 * y), ["--any-labels"]),
    ("label_without_effect", single("maximum(0, 1 - Y*Z)"), blobs(), []),
    ("label_without_effect", single("log(1 + exp(-Y*Z))"), blobs(), []),
    ("saturated_units", network(w1="normal(100)"), blobs(), []),
    ("saturated_units", network("sigmoid(Z1)", b1="uniform(30, 40)"), blobs(), []),
    ("saturated_units", by_rows("normal(100)"), rowwise(blobs()), []),
    ("dead_units", network("relu(Z1)", b1="uniform(-40, -30)"), blobs(), []),
    ("dead_units", network("maximum(0, Z1)", b1="uniform(-40, -30)"), blobs(m=2500), ["--batch", "100", "--epochs", "3"]),
    ("dead_units", network("relu(Z1)", "ones", w2="uniform(1, 2)"), never(seldom()), ["--epochs", "3"]),
    ("cost_rises", LEAST_SQUARES, regression(), ["--learning-rate", "1.5", "--epochs", "12"]),
    ("cost_rises", LEAST_SQUARES, regression(), ["--learning-rate", "1.5", "--epochs", "4", "--batch", "50"]),
    ("cost_swings", network(n1=8), blobs(apart=0.7), ["--optimizer", "rmsprop", "--learning-rate", "0.9", "--epochs", "60"]),
    ("cost_stands", LOGISTIC, blobs(), ["--learning-rate", "1e-5", "--epochs", "40"]),
    ("test_cost_rises", network(n1=30), noise_labels(), ["--split", "0.4", "--optimizer", "adam", "--alpha", "0.02",
                                                         "--epochs", "400"]),
    ("same_prediction", network(w1="zeros", b1="uniform(100, 200)"), blobs(), ["--epochs", "10"]),
    ("same_prediction", LOGISTIC, {"X": np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), "Y": np.array([[0.0, 1, 1, 0]])}, ["--alpha", "1", "--epochs", "1000"]),
    ("most_frequent", LOGISTIC, noise_labels(share=0.15, m=300, n=2), ["--epochs", "200"]),
]

# (model, data, options): nothing is said at all
HEALTHY = [
    ("two layers", network(), blobs(), []),
    ("relu", network("relu(Z1)", "he", n1=12), blobs(), []),
    ("leaky relu that is never active", network("leaky_relu(Z1)", "he", b1="uniform(-9, -8)"), blobs(), []),
    ("batches", network(), blobs(), ["--batch", "16", "--epochs", "50"]),
    ("float32", network(), blobs(), ["--dtype", "f32"]),
    ("adam", network(), blobs(), ["--optimizer", "adam", "--alpha", "0.01"]),
    ("one epoch", network(), blobs(), ["--epochs", "1"]),
    ("one step of all", LOGISTIC, blobs(), ["--epochs", "1", "--optimizer", "adam"]),
    ("logistic from zeros", LOGISTIC, blobs(), []),
    ("logistic from zeros with adam", LOGISTIC, blobs(), ["--optimizer", "adam", "--alpha", "0.05"]),
    ("softmax from zeros", SOFTMAX, one_hot(), ["--optimizer", "adam", "--alpha", "0.05"]),
    ("last layer from zeros", network(w2="zeros"), blobs(), []),
    ("first layer from zeros", network(w1="zeros"), blobs(), []),
    ("biases break the symmetry", network("tanh(Z1)", "zeros", "normal(1)", "zeros"), blobs(m=251), []),
    ("masks break the symmetry", DROPOUT, blobs(), []),
    ("rows", by_rows("xavier"), rowwise(blobs()), []),
    ("pixels over 255", network(n1=8), dict(pixels(1 / 255), Y=(pixels()["X"][:1] > 0) * 1.0), ["--alpha", "0.5"]),
    ("large inputs, standardised", network(), scaled(300, 1), ["--standardize"]),
    ("border of an image", network(), image_like(), []),
    ("a column of ones", network(), row_set_to(1), []),
    ("a column of zeros", network(), row_set_to(0), []),
    ("labels between 0 and 1", LOGISTIC, with_y(lambda y: 0.1 + 0.8 * y), []),
    ("labels of a square", LEAST_SQUARES, regression(), []),
    ("rare examples that weigh more", WEIGHTED, rare(), ["--alpha", "0.5"]),
    ("other examples are as well predicted", LEAST_SQUARES, regression(), ["--split", "0.4"]),
    ("weights of examples are no features", WEIGHTED, dict(blobs(), S=np.full((1, 200), 50.0)), ["--alpha", "0.002"]),
    ("large labels of a square", LEAST_SQUARES, regression(1e4), []),
    ("labels of an absolute value", single("abs(Z - Y)"), regression(100), ["--alpha", "5"]),
    ("counts", single("exp(Z) - Y*Z"), counts(), ["--alpha", "0.05"]),
    ("labels of a hinge", single("maximum(0, 1 - Y*Z)"), with_y(lambda y: 2 * y - 1), []),
    ("labels -1 and 1", single("log(1 + exp(-Y*Z))"), with_y(lambda y: 2 * y - 1), []),
    ("a sure output is no saturated unit", LOGISTIC, blobs(apart=6), ["--alpha", "1"]),
    ("a sure sigmoid behind units", network(), blobs(apart=3), ["--alpha", "1"]),
    ("swish with large values", network("Z1 * sigmoid(Z1)", "normal(3)", n1=8), blobs(), []),
    ("a test cost that falls", network(), blobs(m=300), ["--split", "0.3", "--report", "10", "--epochs", "100"]),
    ("a relu that few examples reach", network("relu(Z1)", "ones", w2="uniform(1, 2)"), seldom(), ["--epochs", "2"]),
    ("a dropout", network("dropout(relu(Z1), 0.7)", "he", n1=20), blobs(), []),
]


def train(dfoo, tmp_path, model, data, options):
    (tmp_path / "net.eq").write_text(model)
    np.savez(tmp_path / "data.npz", **data)
    if "--epochs" not in options:
        options = ["--epochs", "300", *options]
    quiet = [] if "--report" in options else ["--quiet"]
    done = dfoo("train", tmp_path / "net.eq", "--data", tmp_path / "data.npz", "--threads", "1", *quiet, "-o", tmp_path / "run.npz", *options)
    assert done.returncode == 0, done
    return done.stderr


@pytest.mark.parametrize("lesson,model,data,options", TOLD, ids=[f"{i}-{case[0]}" for i, case in enumerate(TOLD)])
def test_told(dfoo, tmp_path, lesson, model, data, options):
    said = train(dfoo, tmp_path, model, data, options)
    assert len(ROWS[lesson][1].findall(said)) == 1, said
    assert "{" not in said and "  " not in re.sub(r"^ +.*\|.*$|^ +", "", said, flags=re.M), said


@pytest.mark.parametrize("model,data,options", [case[1:] for case in HEALTHY], ids=[case[0] for case in HEALTHY])
def test_healthy(dfoo, tmp_path, model, data, options):
    assert "warning" not in train(dfoo, tmp_path, model, data, options)


@pytest.mark.parametrize("model,data", [case[1:3] for case in TOLD if case[0] == "label_outside"])
def test_labels_outside_are_refused(dfoo, tmp_path, model, data):
    """Nothing is trained, and a run that is there stays."""
    (tmp_path / "net.eq").write_text(model)
    np.savez(tmp_path / "data.npz", **data)
    (tmp_path / "run.npz").write_bytes(b"what was there")
    done = dfoo("train", "net.eq", "--data", "data.npz", "-o", "run.npz", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == "" and "the cost has no smallest value" in done.stderr
    assert re.search(r"^net\.eq:\d+:\d+: error: ", done.stderr, re.M) and "--any-labels trains all the same" in done.stderr
    assert (tmp_path / "run.npz").read_bytes() == b"what was there"


def test_every_lesson_has_a_case():
    assert len(ROWS) == len(re.findall(r"^LESSON\(", TABLE, re.M))
    assert {case[0] for case in TOLD} == set(ROWS)


def test_document_has_every_lesson():
    text = (ROOT / "docs/lessons.md").read_text()
    assert re.findall(r"^## (.*)$", text, re.M) == [title[0].upper() + title[1:] for title, _ in ROWS.values()]


EXAMPLES = [("logistic", "breast_cancer_train.csv", ["--standardize"]),
            ("two_layer", "breast_cancer_train.csv", ["--standardize", "--learning-rate", "0.5"]),
            ("deep", "breast_cancer_train.csv", ["--standardize", "--epochs", "300"]),
            ("softmax", "breast_cancer_train.csv", ["--standardize", "--epochs", "300"]),
            ("two_layer", "planar.csv", ["--learning-rate", "1", "--epochs", "2000"]),
            ("deep", "planar.csv", ["--optimizer", "adam"]),
            ("softmax", "planar.csv", ["--batch", "64", "--epochs", "200"])]


@pytest.mark.parametrize("model,data,options", EXAMPLES, ids=[f"{m}-{d}" for m, d, _ in EXAMPLES])
def test_examples_are_healthy(dfoo, root, tmp_path, model, data, options):
    for seed in range(5):
        done = dfoo("train", model, "--data", root / "examples/data" / data, "--quiet", "--threads", "1", "--seed",
                    str(seed), *options, "-o", tmp_path / "run.npz")
        assert done.returncode == 0 and done.stderr == ""


def test_places_and_reasons(dfoo, tmp_path):
    """A warning names the line of the model, the numbers, the reason and what would help."""
    said = train(dfoo, tmp_path, network("tanh(Z1)", "zeros", "zeros", "zeros"), blobs(), [])
    assert re.search(r"net\.eq:4:7: warning: the 4 rows of W1 are equal, and stay equal", said)
    assert "    4 | param W1 : (n1, n0) ~ zeros\n" in said
    assert "gets the same gradient" in said and "W1 : (n1, n0) ~ xavier" in said
    said = train(dfoo, tmp_path, LOGISTIC, with_y(lambda y: y + 1), ["--any-labels"])
    assert "Y is 2 in 100 of the 200 training examples" in said
    assert "This loss is made for labels from 0 to 1." in said
    said = train(dfoo, tmp_path, single("exp(Z) - Y*Z"), with_y(lambda y: y - 1), ["--any-labels", "--epochs", "2", "--alpha", "0.01"])
    assert "This loss is made for labels from 0 on." in said


def test_columns_are_named(dfoo, tmp_path):
    rng = np.random.default_rng(1)
    lines = [f"{rng.normal():.3f},{rng.normal(500, 90):.1f},{i % 2}" for i in range(60)]
    (tmp_path / "people.csv").write_text("height,income,class\n" + "\n".join(lines))
    done = dfoo("train", "two_layer", "--data", tmp_path / "people.csv", "--prepare", "none", "--epochs", "2", "-o", tmp_path / "run.npz")
    assert re.search(r"warning: 1 of the 2 entries of X is large: 'income' has mean [45]\d\d and deviation", done.stderr)


def test_told_when_it_occurs(dfoo, tmp_path):
    """Not only at the end: before the report that follows."""
    (tmp_path / "net.eq").write_text(network("tanh(Z1)", "zeros", "zeros", "zeros"))
    np.savez(tmp_path / "data.npz", **blobs())
    said = dfoo("train", tmp_path / "net.eq", "--data", tmp_path / "data.npz", "--epochs", "50", "--report", "10",
                "-o", tmp_path / "run.npz").stderr
    assert said.index("epoch  0 of 50") < said.index("are equal, and stay equal") < said.index("epoch 10 of 50")


def test_looking_changes_nothing(dfoo, tmp_path):
    """The same run twice, told and healthy alike."""
    for model in (network(), network("relu(Z1)", "zeros", "zeros", "zeros")):
        runs = []
        for _ in range(2):
            train(dfoo, tmp_path, model, blobs(), ["--epochs", "20", "--batch", "7"])
            runs.append((tmp_path / "run.npz").read_bytes())
        assert runs[0] == runs[1]
