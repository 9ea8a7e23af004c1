"""The pictures of a run by their names: what they say is held against numpy and against `dfoo predict`."""
import json
import re
import xml.etree.ElementTree as xml

import numpy as np
import pytest

SVG = "{http://www.w3.org/2000/svg}"
OF_CLASSES = ["confusion", "roc", "precision-recall", "calibration"]
OF_VALUES = ["predicted", "residuals"]
ALWAYS = ["curve", "rate", "activations", "gradients"]


def texts(path):
    root = xml.fromstring(path.read_text())
    assert root.find(SVG + "desc").text and root.find(SVG + "title").text
    return ["".join(t.itertext()) for t in root.iter(SVG + "text")]


def table(path, classes, n=400, seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(n, 3))
    z = X[:, 0] - X[:, 1] ** 2 + 0.3 * r.normal(size=n)
    y = z * 1000 + 3e5 if not classes else np.digitize(z, np.linspace(-1.5, 0.5, classes - 1))
    rows = [",".join(map(repr, map(float, x))) + f",{v}" for x, v in zip(X.tolist(), y.tolist())]
    path.write_text("\n".join(["a,b,c,y", *rows]) + "\n")
    return y


def model(works, tmp_path, last):
    works("new", "--layers", f"relu 8, {last}", "-o", "net.eq")


def all_of(works, tmp_path):
    done = works("plot", "run.npz", "--data", "d.csv", "--all", "p").stdout
    left = dict(re.findall(r"^left out: ([\w-]+): (.*)$", done, re.M))
    drawn = re.findall(r"^p/([\w-]+)\.svg$", done, re.M)
    assert sorted(p.stem for p in (tmp_path / "p").iterdir()) == sorted(drawn)
    return drawn, left


def test_what_there_is(works, tmp_path):
    table(tmp_path / "d.csv", 2)
    model(works, tmp_path, "sigmoid 1")
    works("train", "net.eq", "--data", "d.csv", "--epochs", 3, "-o", "run.npz")
    said = works("plot", "run.npz").stdout
    for kind in ALWAYS + OF_CLASSES + OF_VALUES + ["model"]:
        assert re.search(rf"^  {kind} +\w", said, re.M)


@pytest.mark.parametrize("classes, last", [(2, "sigmoid 1"), (4, "softmax 4"), (0, "linear 1")])
def test_all(works, tmp_path, classes, last):
    table(tmp_path / "d.csv", classes)
    model(works, tmp_path, last)
    works("train", "net.eq", "--data", "d.csv", "-o", "run.npz")
    drawn, left = all_of(works, tmp_path)
    assert sorted(drawn) == sorted(ALWAYS + (OF_CLASSES if classes else OF_VALUES))
    assert "one or two" in left["model"] and len(left) == 1 + len(OF_VALUES if classes else OF_CLASSES)
    told = json.loads(works("plot", "run.npz", "--data", "d.csv", "--all", "p", "--json").stdout)
    assert told["result"]["files"] == [f"p/{name}.svg" for name in drawn] and told["messages"] == []


def test_curves_say_what_predict_says(works, tmp_path):
    y = table(tmp_path / "d.csv", 2)
    model(works, tmp_path, "sigmoid 1")
    works("train", "net.eq", "--data", "d.csv", "--epochs", 4, "--split", 0.3, "-o", "run.npz")
    for part in "all", "train", "test":
        done = works("predict", "--weights", "run.npz", "--data", "d.csv", "--part", part, "-o", "p.csv", "--json")
        auc = json.loads(done.stdout)["result"]["metrics"]["AUC"]
        works("plot", "run.npz", "--data", "d.csv", "--part", part, "--kind", "roc", "-o", "roc.svg")
        assert f"class 1: AUC {auc:.3f}" in texts(tmp_path / "roc.svg")
    works("predict", "--weights", "run.npz", "--data", "d.csv", "-o", "p.csv")
    p = np.loadtxt(tmp_path / "p.csv", delimiter=",", skiprows=1, usecols=0)
    order = np.argsort(-p)
    hits = y[order] == 1
    precision = np.cumsum(hits) / np.arange(1, len(y) + 1)
    works("plot", "run.npz", "--data", "d.csv", "--kind", "precision-recall", "-o", "pr.svg")
    assert f"class 1: mean precision {precision[hits].mean():.3f}" in texts(tmp_path / "pr.svg")


def test_values_are_in_their_own_units(works, tmp_path):
    table(tmp_path / "d.csv", 0)
    model(works, tmp_path, "linear 1")
    works("train", "net.eq", "--data", "d.csv", "-o", "run.npz")
    done = works("predict", "--weights", "run.npz", "--data", "d.csv", "-o", "p.csv", "--json")
    metrics = json.loads(done.stdout)["result"]["metrics"]
    for kind in OF_VALUES:
        works("plot", "run.npz", "--data", "d.csv", "--kind", kind, "-o", "v.svg")
        found = texts(tmp_path / "v.svg")
        r2, rmse = re.fullmatch(r"R2 (\S+), RMSE (\S+)", found[1]).groups()
        assert float(r2) == pytest.approx(metrics["R2"], rel=1e-3) and float(rmse) == pytest.approx(metrics["RMSE"], rel=1e-3)
    assert "300000" in found


def test_layers(works, tmp_path):
    """Half of the entries of a relu are 0 at first; the median of a layer stands where numpy has it."""
    table(tmp_path / "d.csv", 2)
    model(works, tmp_path, "sigmoid 1")
    works("train", "net.eq", "--data", "d.csv", "--epochs", 0, "--prepare", "none", "-o", "run.npz")
    works("plot", "run.npz", "--data", "d.csv", "--kind", "activations", "-o", "a.svg")
    found = texts(tmp_path / "a.svg")
    X = np.loadtxt(tmp_path / "d.csv", delimiter=",", skiprows=1)[:, :3].T
    with np.load(tmp_path / "run.npz") as run:
        A1 = np.maximum(run["W1"] @ X + run["b1"], 0)
    assert [t for t in found if t in ("Z1", "A1", "Z2", "A2", "L", "J")] == ["Z1", "A1", "Z2", "A2"]
    assert f"{100 * (A1 == 0).mean():.0f}% are 0" in found
    works("plot", "run.npz", "--data", "d.csv", "--kind", "gradients", "-o", "g.svg")
    assert [t for t in texts(tmp_path / "g.svg") if t.startswith("d")] == ["dW1", "db1", "dW2", "db2"]


def test_without_labels(works, tmp_path):
    table(tmp_path / "d.csv", 2)
    model(works, tmp_path, "sigmoid 1")
    works("train", "net.eq", "--data", "d.csv", "--epochs", 3, "-o", "run.npz")
    lines = (tmp_path / "d.csv").read_text().splitlines()
    (tmp_path / "d.csv").write_text("\n".join(line.rsplit(",", 1)[0] for line in lines))
    drawn, left = all_of(works, tmp_path)
    assert sorted(drawn) == ["activations", "curve", "rate"] and "labels" in left["gradients"] and "labels" in left["roc"]


def test_titles_and_names_fit(works, tmp_path):
    """No text is wider than its picture, measured as rsvg-convert's fonts have it: a letter takes some 0.6 of its size."""
    table(tmp_path / "d.csv", 4)
    model(works, tmp_path, "softmax 4")
    (tmp_path / "a_file_with_quite_a_long_name_of_its_own.csv").write_bytes((tmp_path / "d.csv").read_bytes())
    works("train", "net.eq", "--data", "d.csv", "--epochs", 5, "-o", "run.npz")
    works("plot", "run.npz", "--data", "a_file_with_quite_a_long_name_of_its_own.csv", "--all", "p")
    for path in (tmp_path / "p").iterdir():
        root = xml.fromstring(path.read_text())
        width = float(root.get("width"))
        for t in root.iter(SVG + "text"):
            shown = t.text or "" if t.find(SVG + "title") is None else t.find(SVG + "title").tail
            size = 15 if "heading" in t.get("class", "") else 12
            if t.get("x") and not {"mid", "end"} & set(t.get("class", "").split()):
                assert float(t.get("x")) + 0.62 * size * len(shown) < width + 30, (path, shown)
