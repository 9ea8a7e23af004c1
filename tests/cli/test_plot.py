"""Pictures and confusion matrices: what is drawn is held against what the model says, through the numbers on the
axes; a reader of XML reads every picture."""
import re
import xml.etree.ElementTree as xml

import numpy as np
import pytest

SVG = "{http://www.w3.org/2000/svg}"
LINEAR = """input X : (n0, m)
label Y : (1, m)
param W : (1, n0)
param b : (1, 1)
A = {}(W @ X + b)
L = {}
J = 1/m * sum(L)
minimize J
predict A
"""
LOGISTIC = LINEAR.format("sigmoid", "-(Y * log(A) + (1 - Y) * log(1 - A))")
REGRESSION = LINEAR.format("", "1/2 * (A - Y)**2")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "logistic.eq").write_text(LOGISTIC)
    (tmp_path / "regression.eq").write_text(REGRESSION)
    return tmp_path


@pytest.fixture
def works(dfoo, folder):
    def run(*args, **kwargs):
        done = dfoo(*args, cwd=folder, **kwargs)
        assert done.returncode == 0, done
        return done

    return run


@pytest.fixture
def fails(dfoo, folder):
    def run(words, *args):
        done = dfoo(*args, cwd=folder)
        assert done.returncode == 2 and done.stdout == "", done
        assert words in done.stderr, done

    return run


class Picture:
    def __init__(self, text):
        self.root = xml.fromstring(text)
        assert self.root.tag == SVG + "svg"
        width, height = map(float, self.root.get("viewBox").split()[2:])
        assert float(self.root.get("width")) == width and float(self.root.get("height")) == height
        assert self.root.find(SVG + "title").text and self.root.find(SVG + "desc").text
        for element in self.root.iter():
            for at, most in [("x", width), ("y", height)]:
                assert 0 <= float(element.get(at, 0)) <= most, (element.attrib, element.text)

    def all(self, tag, kind=None):
        return [e for e in self.root.iter(SVG + tag) if kind is None or e.get("class") == kind]

    def texts(self):
        return ["".join(e.itertext()) for e in self.all("text")]

    def frame(self, i=0):
        rect = self.all("rect", "frame")[i]
        return tuple(float(rect.get(name)) for name in ("x", "y", "width", "height"))

    def axes(self, i=0, log=False):
        """Functions from the picture's positions to values, from the numbers beside frame i."""
        left, top, width, height = self.frame(i)
        below = [(float(e.get("x")), float(e.text)) for e in self.all("text", "dim mid")
                 if 0 < float(e.get("y")) - top - height < 20]
        beside = [(float(e.get("y")) - 4, float(e.text.rstrip("%"))) for e in self.all("text", "dim end")
                  if 0 < left - float(e.get("x")) < 10 and top <= float(e.get("y")) - 4 <= top + height]

        def fit(places, log):
            at, value = np.array(places).T
            assert len(at) >= 2
            slope, start = np.polyfit(at, np.log(value) if log else value, 1)
            back = (lambda x: np.exp(slope * x + start)) if log else (lambda x: slope * x + start)
            assert np.allclose(back(at), value, atol=abs(slope) * 0.11 * max(value if log else [1]))
            return back

        return (fit(below, False) if below else None), fit(beside, log)


def outlines(path):
    """The corners of each outline of a path."""
    parts = re.findall("M([^Mzh]*)", path.get("d"))
    return [np.array([[float(n) for n in pair.split()] for pair in part.split("L")]) for part in parts]


def inside(parts, x, y):
    """Is (x, y) inside of the outlines, by the even-odd rule?"""
    odd = np.zeros(len(x), bool)
    for part in parts:
        for (x1, y1), (x2, y2) in zip(part, np.roll(part, -1, axis=0)):
            crosses = (y1 > y) != (y2 > y)
            with np.errstate(divide="ignore", invalid="ignore"):
                odd ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd


def save_csv(path, header, columns):
    rows = "\n".join(",".join(map(str, row)) for row in zip(*columns))
    path.write_text(f"{header}\n{rows}\n")


def blobs(rng, centres, each):
    x = np.concatenate([rng.normal(c, 0.8, (each, 2)) for c in centres])
    return x.round(4), np.repeat(np.arange(len(centres)), each)


# ----------------------------------------------------------------------- regions


def test_a_straight_border_and_points(works, folder):
    rng = np.random.default_rng(1)
    x = rng.normal([3, -40], [2, 10], (60, 2)).round(3)
    label = (rng.random(60) < 0.5).astype(int)
    save_csv(folder / "d.csv", "width,height,kind", [x[:, 0], x[:, 1], label])
    np.savez(folder / "run.npz", W=[[2.0, 0.5]], b=[[11.0]])
    picture = Picture(works("plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv").stdout)
    to_x, to_y = picture.axes()
    (border,) = [line for path in picture.all("path", "border") for line in outlines(path)]
    assert np.abs(2 * to_x(border[:, 0]) + 0.5 * to_y(border[:, 1]) + 11).max() < 0.1
    marks = picture.all("path", "marks")
    for i, path in enumerate(marks):
        assert path.get("marker-mid") == f"url(#dfoo-m{i})"
        at = np.concatenate(outlines(path))
        found = np.stack([to_x(at[:, 0]), to_y(at[:, 1])], axis=1)
        want = x[label == i]
        assert len(found) == len(want)
        assert np.abs(found - want).max(axis=0) == pytest.approx([0, 0], abs=0.1)
    assert {"width", "height", "kind", "class 0", "class 1"} <= set(picture.texts())
    right = np.mean((2 * x[:, 0] + 0.5 * x[:, 1] + 11 >= 0) == label)
    assert picture.root.find(SVG + "title").text == f"logistic.eq on d.csv: accuracy {100 * right:.2f}%"


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("last, classes", [("sigmoid 1", 2), ("softmax 2", 2), ("softmax 3", 3), ("softmax 10", 10)])
def test_regions_are_what_is_predicted(works, folder, rows, last, classes):
    rng = np.random.default_rng(classes)
    x, label = blobs(rng, rng.uniform(-6, 6, (classes, 2)) * [1, 100] + [0, 5000], 30)
    names = np.array([f"kind {chr(97 + i)}" for i in range(classes)])[label]
    save_csv(folder / "d.csv", "u,v,kind", [x[:, 0], x[:, 1], names])
    works("new", "--layers", f"tanh 8, {last}", "-o", "net.eq", *(["--rows"] if rows else []))
    works("train", "net.eq", "--data", "d.csv", "--standardize", "--optimizer", "adam", "--learning-rate", 0.05,
          "--epochs", 200, "--quiet", "-o", "run.npz")
    picture = Picture(works("plot", "net.eq", "--weights", "run.npz", "--data", "d.csv").stdout)
    to_x, to_y = picture.axes()
    left, top, width, height = picture.frame()
    at = np.stack([rng.uniform(left, left + width, 2000), rng.uniform(top, top + height, 2000)])
    save_csv(folder / "new.csv", "u,v", [to_x(at[0]), to_y(at[1])])
    table = works("predict", "net.eq", "--weights", "run.npz", "--data", "new.csv").stdout.split("\n", 1)[1]
    p = np.array([[float(field) for field in line.split(",")[:-1]] for line in table.splitlines()])  # the last is the class
    want = (p[:, 0] >= 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)
    found = np.zeros(len(want), int)
    for k in range(1, classes):
        for path in picture.all("path", f"t{k}"):
            found[inside(outlines(path), *at)] = k
    assert np.mean(found == want) > 0.99
    assert sorted(set(names)) == [text for text in picture.texts() if text.startswith("kind ")]


def test_bands_of_a_value(works, folder):
    rng = np.random.default_rng(3)
    x = rng.uniform(-2, 2, (2, 50)).round(3)
    save_csv(folder / "d.csv", "a,b,height", [*x, 3 * x[0] - x[1] + 7])
    np.savez(folder / "run.npz", W=[[3.0, -1.0]], b=[[7.0]])
    picture = Picture(works("plot", "regression.eq", "--weights", "run.npz", "--data", "d.csv").stdout)
    to_x, to_y = picture.axes()
    left, top, width, height = picture.frame()
    at = np.stack([rng.uniform(left, left + width, 1000), rng.uniform(top, top + height, 1000)])
    value = 3 * to_x(at[0]) - to_y(at[1]) + 7
    levels = sorted(float(e.text) for e in picture.all("text") if e.get("class") is None and float(e.get("x", 0)) > 530)
    bands = [path for path in picture.all("path") if re.fullmatch("r[0-9]", path.get("class", "")) and "z" in path.get("d")]
    assert len(levels) == len(bands) >= 4
    for level, path in zip(levels, bands):
        assert np.mean(inside(outlines(path), *at) == (value > level)) > 0.995


def test_one_feature(works, folder):
    x = np.linspace(-3, 3, 21).round(2)
    save_csv(folder / "d.csv", "dose,answer", [x, np.where(x > 0.5, "yes", "no")])
    works("train", "logistic.eq", "--data", "d.csv", "--prepare", "none", "--epochs", 20, "--quiet", "-o", "run.npz")
    run = np.load(folder / "run.npz")
    picture = Picture(works("plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv").stdout)
    to_x, to_y = picture.axes()
    (curve,) = [line for path in picture.all("path", "curve l1") for line in outlines(path)]
    want = 1 / (1 + np.exp(-run["W"] * to_x(curve[:, 0]) - run["b"]))
    assert np.abs(to_y(curve[:, 1]) - want).max() < 0.005
    no, yes = (np.concatenate(outlines(path)) for path in picture.all("path", "marks"))
    assert np.allclose(to_x(yes[:, 0]), x[x > 0.5], atol=0.02) and np.allclose(to_y(yes[:, 1]), 1, atol=0.01)
    assert np.allclose(to_x(no[:, 0]), x[x <= 0.5], atol=0.02) and np.allclose(to_y(no[:, 1]), 0, atol=0.01)
    assert "probability of yes" in picture.texts()


def test_several_classes_over_one_feature(works, folder):
    x = np.arange(30)
    save_csv(folder / "d.csv", "x,size", [x, np.repeat(["large", "middle", "small"], 10)])
    works("new", "--layers", "tanh 4, softmax 3", "-o", "net.eq")
    works("train", "net.eq", "--data", "d.csv", "--standardize", "--epochs", 20, "--quiet", "-o", "run.npz")
    picture = Picture(works("plot", "net.eq", "--weights", "run.npz", "--data", "d.csv").stdout)
    to_x, _ = picture.axes()
    assert len([e for e in picture.all("path") if re.fullmatch("curve l[012]", e.get("class", ""))]) == 3
    lanes = [np.concatenate(outlines(path)) for path in picture.all("path", "marks")]
    _, top, _, height = picture.frame(1)
    for i, lane in enumerate(lanes):
        assert np.allclose(to_x(lane[:, 0]), x[10 * i:10 * i + 10], atol=0.1)
        assert len(set(lane[:, 1])) == 1 and top + height * i / 3 < lane[0, 1] < top + height * (i + 1) / 3


def test_features(works, fails, folder):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(40, 4)).round(3) + [0, 1, 2, 3]
    save_csv(folder / "d.csv", "a,b,c,d,y", [*x.T, np.arange(40) % 2])
    w = np.array([1.0, -2.0, 0.5, 3.0])
    np.savez(folder / "run.npz", W=[w], b=[[-6.0]])
    common = ["plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv"]
    fails("the model has 4 features, and a picture shows one or two of them\n   --features NAME,NAME", *common)
    fails("there are a, b, c, d", *common)
    picture = Picture(works(*common, "--features", "d,b").stdout)
    to_x, to_y = picture.axes()
    (border,) = [line for path in picture.all("path", "border") for line in outlines(path)]
    held = w[0] * x[:, 0].mean() + w[2] * x[:, 2].mean() - 6
    assert np.abs(w[3] * to_x(border[:, 0]) + w[1] * to_y(border[:, 1]) + held).max() < 0.05
    assert "the other 2 features at their means" in picture.texts()
    assert "d" in Picture(works(*common, "--features", "d").stdout).texts()
    fails("there is no feature 'X_5'", *common, "--features", "X_5")
    fails("names 'a' twice", *common, "--features", "a,a")
    fails("names 3 features", *common, "--features", "a,b,c")
    np.savez(folder / "d.npz", X=x.T, Y=[np.arange(40) % 2])
    common[-1] = "d.npz"
    fails("there are X_1, X_2, X_3, X_4", *common)
    assert {"X_4", "X_2", "Y"} <= set(Picture(works(*common, "--features", "X_4,X_2").stdout).texts())


def test_features_have_the_names_of_the_columns(works, fails, folder):
    rng = np.random.default_rng(5)
    save_csv(folder / "d.csv", 'length,"<w> & ""h""",weight,y', [*rng.normal(size=(3, 20)), np.arange(20) % 2])
    works("train", "logistic.eq", "--data", "d.csv", "--epochs", 5, "--quiet", "-o", "run.npz")
    common = ["plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv", "--features"]
    assert {"weight", '<w> & "h"'} <= set(Picture(works(*common, 'weight,<w> & "h"').stdout).texts())
    fails("did you mean 'weight'?", *common, "wieght")


def test_names_that_are_no_xml(works, folder):
    text = b'a,b,l\n1,2,"<svg> & ""x"" \xff\x01 of a name that goes on"\n3,1,caf\xc3\xa9\n2,2,caf\xc3\xa9\n'
    (folder / "d.csv").write_bytes(text.replace(b"\xff\x01", b"'"))
    works("train", "logistic.eq", "--data", "d.csv", "--epochs", 2, "--quiet", "-o", "run.npz")
    picture = Picture(works("plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv", "--title", "<&\">'").stdout)
    assert any(text.startswith('<svg> & "x" \' of a name that goes on') for text in picture.texts())
    assert "caf\u00e9" in picture.texts() and "<&\">'" in picture.texts()
    Picture(works("plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv", "--confusion").stdout)


def test_data_without_labels(works, folder):
    np.savez(folder / "run.npz", W=[[1.0, 1.0]], b=[[0.0]])
    np.savez(folder / "d.npz", X=np.random.default_rng(6).normal(size=(2, 30)))
    picture = Picture(works("plot", "logistic.eq", "--weights", "run.npz", "--data", "d.npz").stdout)
    assert sum(len(outlines(path)[0]) for path in picture.all("path", "marks")) == 30
    assert "accuracy" not in picture.root.find(SVG + "title").text


@pytest.mark.parametrize("columns", [
    [[5] * 9, range(9)],                       # a feature that is the same for all
    [[0] * 9, [0] * 9],
    [np.arange(9) * 1e-3 + 1e6, np.arange(9) * 1e-9],
    [np.arange(9) * 1e200, np.arange(9) * -1e150],
], ids=["one value", "zeros", "narrow", "huge"])
def test_ranges(works, folder, columns):
    save_csv(folder / "d.csv", "a,b,y", [*columns, np.arange(9) % 2])
    np.savez(folder / "run.npz", W=[[1.0, -1.0]], b=[[0.5]])
    text = works("plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv").stdout
    assert not re.search("nan|inf", text)
    left, top, width, height = Picture(text).frame()
    for path in Picture(text).all("path", "marks"):
        at = np.concatenate(outlines(path))
        assert ((at > [left, top]) & (at < [left + width, top + height])).all()


def test_thousands_of_points_are_a_small_file(works, folder):
    rng = np.random.default_rng(7)
    x, label = blobs(rng, [(0, 0), (2, 1)], 20000)
    save_csv(folder / "d.csv", "a,b,y", [x[:, 0], x[:, 1], label])
    np.savez(folder / "run.npz", W=[[1.0, 1.0]], b=[[-1.5]])
    text = works("plot", "logistic.eq", "--weights", "run.npz", "--data", "d.csv").stdout
    assert "40000 examples" in Picture(text).root.find(SVG + "desc").text
    assert len(text) < 600_000


# --------------------------------------------------------------------- confusion


def predictions_of(label, classes):
    """Made up: a model that repeats its input, with some mistakes."""
    return np.where(np.arange(len(label)) % 4 == 0, (label + 1) % classes, label)


SOFTMAX = """input X : (k, m)
label Y : (k, m) onehot
param c : (k, 1)
A = softmax(c + X, axis=0)
J = -1/m * sum(Y * log(A))
minimize J
predict A
"""


@pytest.fixture
def classified(folder):
    """Makes data.npz for softmax.eq, and returns the matrix."""
    (folder / "softmax.eq").write_text(SOFTMAX)

    def make(classes, n=200):
        rng = np.random.default_rng(classes)
        label = rng.integers(0, classes, n)
        label[:classes] = np.arange(classes)
        predicted = predictions_of(label, classes)
        np.savez(folder / "data.npz", X=9.0 * np.eye(classes)[predicted].T, Y=np.eye(classes)[label].T)
        np.savez(folder / "run.npz", c=np.zeros((classes, 1)))
        matrix = np.zeros((classes, classes), int)
        np.add.at(matrix, (label, predicted), 1)
        return matrix

    return make


@pytest.mark.parametrize("classes", [2, 3, 12, 20])
def test_confusion_as_text(works, classified, classes):
    matrix = classified(classes)
    said = works("predict", "softmax.eq", "--weights", "run.npz", "--data", "data.npz", "-o", "p.npz").stderr
    lines = [line for line in said.splitlines() if not line.startswith("balanced-accuracy")]
    assert lines[0].startswith("accuracy ") and lines[1].split() == ["is", "predicted", "as"]
    assert lines[2].split() == [*map(str, range(classes)), "recall"]
    recall, precision = matrix.diagonal() / matrix.sum(axis=1), matrix.diagonal() / matrix.sum(axis=0)
    for i, line in enumerate(lines[3:-1]):
        assert line.split() == [str(i), *map(str, matrix[i]), f"{100 * recall[i]:.2f}%"]
    assert lines[-1].split() == ["precision", *(f"{100 * x:.2f}%" for x in precision)]
    assert len({len(line) for line in lines[2:-1]}) == 1


def test_confusion_of_many_classes_as_text(works, classified):
    matrix = classified(26, n=2000)
    said = works("predict", "softmax.eq", "--weights", "run.npz", "--data", "data.npz", "-o", "p.npz").stderr
    lines = [line for line in said.splitlines() if not line.startswith("balanced-accuracy")]
    assert lines[1] == "most often mistaken, of 26 classes:"
    found = [tuple(map(int, re.fullmatch(r" *(\d+)  (\d+) predicted as (\d+)", line).groups())) for line in lines[2:]]
    np.fill_diagonal(matrix, 0)
    assert [n for n, _, _ in found] == sorted(matrix.flatten())[::-1][:10]
    assert all(matrix[i, k] == n for n, i, k in found) and len(set(found)) == 10


def test_confusion_has_the_names_of_the_classes(works, folder):
    x, label = blobs(np.random.default_rng(8), [(0, 0), (4, 4)], 20)
    names = np.array(["caf\u00e9", "a name that is far too long"])[label]
    save_csv(folder / "d.csv", "a,b,y", [x[:, 0], x[:, 1], names])
    works("train", "logistic.eq", "--data", "d.csv", "--epochs", 400, "--quiet", "-o", "run.npz")
    lines = works("predict", "logistic.eq", "--weights", "run.npz", "--data", "d.csv", "-o", "p.csv").stderr.splitlines()
    assert lines.pop(1).startswith("balanced-accuracy")
    assert lines[2].split() == ["a", "name", "that", "is..", "caf\u00e9", "recall"]
    assert len({len(line) for line in lines[2:]} - {len(lines[-1])}) == 1


@pytest.mark.parametrize("classes", [2, 7, 30, 100])
def test_confusion_as_a_picture(works, folder, classified, classes):
    matrix = classified(classes, n=3000)
    works("plot", "softmax.eq", "--weights", "run.npz", "--data", "data.npz", "--confusion", "-o", "c.svg")
    picture = Picture((folder / "c.svg").read_text())
    left, top, width, _ = picture.frame()
    side = width / classes
    cells = {}
    for cell in picture.all("rect", "cell"):
        i, k = round((float(cell.get("y")) - top) / side), round((float(cell.get("x")) - left) / side)
        cells[i, k] = float(cell.get("fill-opacity"))
    assert set(cells) == set(zip(*map(list, matrix.nonzero())))
    for (i, k), shade in cells.items():
        assert shade == pytest.approx(0.12 + 0.88 * matrix[i, k] / matrix[i].sum(), abs=0.001)
    said = {e.text for e in picture.all("title")}
    assert f"0 as 1: {matrix[0, 1]} of {matrix[0].sum()}" in said


def test_confusion_needs_classes(works, fails, classified, folder):
    save_csv(folder / "d.csv", "a,y", [[1, 2, 3], [1.5, 2.5, 3]])
    np.savez(folder / "r.npz", W=[[1.0]], b=[[0.0]])
    fails("has no labels that are classes", "plot", "regression.eq", "--weights", "r.npz", "--data", "d.csv", "--confusion")
    assert "predicted as" not in works("predict", "regression.eq", "--weights", "r.npz", "--data", "d.csv").stderr
    classified(101)
    fails("of 101 classes is too large for a picture", "plot", "softmax.eq", "--weights", "run.npz", "--data", "data.npz",
          "--confusion")


# ---------------------------------------------------------------------- training


def test_curves_of_training(works, root, folder):
    data = root / "examples" / "data"
    works("train", "two_layer", "--data", data / "breast_cancer_train.csv", "--test", data / "breast_cancer_test.csv",
          "--standardize", "--epochs", 300, "--learning-rate", 0.5, "--quiet", "-o", "run.npz", "--plot", "c.svg", "--log", "log.csv")
    log = np.genfromtxt(folder / "log.csv", delimiter=",", names=True)
    scored = log[~np.isnan(log["test_cost"])]
    assert 90 <= len(scored) <= 110
    for text in [(folder / "c.svg").read_text(), works("plot", "--log", "log.csv").stdout,
                 works("plot", "--log", "run.npz", "--title", "from the run").stdout]:
        picture = Picture(text)
        to_x, to_accuracy = picture.axes(1)
        _, to_cost = picture.axes(0, log=True)
        for kind, rows, cost, accuracy in [("curve l0", log, "cost", "accuracy"), ("curve l1 test", scored, "test_cost", "test_accuracy")]:
            _, *curves = [np.concatenate(outlines(path)) for path in picture.all("path", kind)]
            for curve, back, name in zip(curves, [to_cost, to_accuracy], [cost, accuracy]):
                known = rows[~np.isnan(rows[name])]
                want = np.interp(to_x(curve[:, 0]), known["epoch"], known[name] * (1 if back is to_cost else 100))
                assert np.allclose(back(curve[1:, 1]), want[1:], rtol=0.02)
                assert to_x(curve[0, 0]) < 1 and to_x(curve[-1, 0]) > 296 # the run lacks the scores of the very end
        best = scored[scored["test_cost"].argmin()]
        assert f"lowest test cost {best['test_cost']:.4g} at epoch {best['epoch']:.0f}" in picture.texts()
        assert {"log.csv", "two_layer.eq on breast_cancer_train.csv", "from the run"} & set(picture.texts())


def test_a_picture_does_not_change_training(works, root, folder):
    for name, more in [("a.npz", []), ("b.npz", ["--plot", "c.svg"])]:
        done = works("train", "two_layer", "--data", root / "examples" / "data" / "planar.csv", "--split", 0.2, "--batch", 64, "--prepare", "none",
                     "--epochs", 200, "-o", name, *more)
        assert len(done.stderr.splitlines()) == 20
    a, b = np.load(folder / "a.npz"), np.load(folder / "b.npz")
    for name in set(a) | set(b) - {"dfoo.history"}:
        assert np.array_equal(a[name], b[name]) or name == "dfoo.history"


@pytest.mark.parametrize("rows, expected", [
    ("5,0.3,0.9,nan,nan", []),
    ("0,nan,nan,nan,nan\n1,nan,nan,nan,nan", ["the cost is nan at epoch 1"]),
    ("0,1,nan,nan,nan\n1,1e9,nan,nan,nan\n2,inf,nan,nan,nan", ["the cost is inf at epoch 2"]),
    ("0,-5,0,nan,nan\n7,-8,1,-7,0.5", ["lowest test cost -7 at epoch 7"]),
    ("0,3,1,3,1\n1,3,1,3,1\n2,3,1,3,1", ["lowest test cost 3 at epoch 0"]),
    ("0,1e300,nan,nan,nan\n1,1e-300,nan,nan,nan\n2,0,nan,nan,nan", []),
])
def test_strange_histories(works, folder, rows, expected):
    (folder / "log.csv").write_text("epoch,cost,accuracy,test_cost,test_accuracy\n" + rows + "\n")
    text = works("plot", "--log", "log.csv").stdout
    assert set(expected) <= set(Picture(text).texts())
    assert not re.search(r"[ML \"](nan|inf|-?\d{5})", re.sub("<text.*", "", text))


def test_a_run_that_diverges_has_its_picture(dfoo, folder):
    save_csv(folder / "d.csv", "a,y", [[100, 200, 300], [1, 2, 3]])
    done = dfoo("train", "regression.eq", "--data", "d.csv", "--prepare", "none", "--learning-rate", 1, "--epochs", 500, "--quiet", "-o", "run.npz",
                "--plot", "c.svg", cwd=folder)
    assert done.returncode == 2 and "learning rate" in done.stderr
    assert any(text.startswith("the cost is ") for text in Picture((folder / "c.svg").read_text()).texts())


# ---------------------------------------------------------------------- requests


@pytest.mark.parametrize("words, args", [
    ("needs a run, the NPZ file that `dfoo train` wrote", []),
    ("logistic.eq is no run", ["logistic.eq"]),
    ("--confusion needs --data FILE", ["logistic.eq", "--weights", "run.npz", "--confusion"]),
    ("--features needs --data FILE", ["logistic.eq", "--weights", "run.npz", "--features", "a"]),
    ("roc: it needs data", ["logistic.eq", "--weights", "run.npz", "--kind", "roc"]),
    ("--kind takes curve, rate", ["logistic.eq", "--weights", "run.npz", "--kind", "frob"]),
    ("curve: the run has no history", ["logistic.eq", "--weights", "run.npz", "--kind", "curve"]),
    ("give one of them", ["logistic.eq", "--weights", "run.npz", "--data", "d.csv", "--confusion", "--kind", "roc"]),
    ("leave --kind away", ["logistic.eq", "--weights", "run.npz", "--data", "d.csv", "--all", "p", "--kind", "roc"]),
    ("residuals: it is of values", ["logistic.eq", "--weights", "run.npz", "--data", "d.csv", "--kind", "residuals"]),
    ("--log is a picture of its own", ["logistic.eq", "--log", "log.csv"]),
    ("--log is a picture of its own", ["--log", "log.csv", "--confusion"]),
    ("--features says nothing there", ["logistic.eq", "--weights", "run.npz", "--data", "d.csv", "--confusion", "--features", "a"]),
    ("nosuch.npz", ["logistic.eq", "--weights", "nosuch.npz", "--data", "d.csv"]),
    ("nosuch.csv", ["logistic.eq", "--weights", "run.npz", "--data", "nosuch.csv"]),
    ("nosuch.csv", ["--log", "nosuch.csv"]),
    ("cannot write nosuch/c.svg", ["--log", "log.csv", "-o", "nosuch/c.svg"]),
    ("has no history of training", ["--log", "d.csv"]),
    ("has no history of training", ["--log", "run.npz"]),
    ("the epochs do not ascend", ["--log", "back.csv"]),
    ("the run has no W", ["logistic.eq", "--weights", "other.npz", "--data", "d.csv"]),
    ("J has no entry for each example", ["number.eq", "--weights", "run.npz", "--data", "d.csv"]),
    ("has 2 values for each example", ["two.eq", "--weights", "two.npz", "--data", "two_data.npz"]),
], ids=lambda x: None if isinstance(x, list) else x)
def test_wrong_requests(fails, folder, words, args):
    save_csv(folder / "d.csv", "a,b,y", [[1, 2], [3, 4], [0, 1]])
    (folder / "log.csv").write_text("epoch,cost\n0,1\n")
    (folder / "back.csv").write_text("epoch,cost\n1,1\n0,1\n")
    np.savez(folder / "run.npz", W=[[1.0, 1.0]], b=[[0.0]])
    np.savez(folder / "other.npz", V=[[1.0, 1.0]])
    (folder / "number.eq").write_text(LOGISTIC.replace("predict A", "predict J"))
    (folder / "two.eq").write_text(REGRESSION.replace("(1, m)", "(2, m)").replace("(1, n0)", "(2, n0)").replace("(1, 1)", "(2, 1)"))
    np.savez(folder / "two.npz", W=np.eye(2), b=np.zeros((2, 1)))
    np.savez(folder / "two_data.npz", X=np.ones((2, 3)), Y=np.ones((2, 3)))
    (folder / "c.svg").write_text("old")
    fails(words, "plot", *args, *([] if "-o" in args else ["-o", "c.svg"]))
    assert (folder / "c.svg").read_text() == "old"
    assert not list(folder.glob("*.tmp"))


def test_train_refuses_a_picture_on_standard_output(fails, folder):
    save_csv(folder / "d.csv", "a,y", [[1, 2], [0, 1]])
    fails("--plot takes a file", "train", "logistic.eq", "--data", "d.csv", "-o", "run.npz", "--plot", "-")
