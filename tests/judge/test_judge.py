"""Learners' programs are judged: of the right ones none is accused, of the wrong ones the first wrong line is found and the
mistake named. docs/diagnosis.md has the rates. DFOO_PROGRAMS sets how many right ones are tried."""
import csv
import html.parser
import json
import os
import pathlib
import random
import time

import pytest

from judge import corpus

COUNT = int(os.environ.get("DFOO_PROGRAMS", "160"))


@pytest.fixture(scope="module")
def judge(dfoo):
    def run(model, text, *more):
        done = dfoo("check", model, "--against", "-", "--json", *more, stdin=text)
        return json.loads(done.stdout)["result"]["judgement"]
    return run


def test_right_ones_are_not_accused(judge):
    programs = list(corpus.right_ones())
    assert len(programs) > 2000
    families = sorted({family for family, _ in programs})
    random.Random(7).shuffle(programs)
    chosen = [next(p for p in programs if p[0] == family) for family in families] + programs[:COUNT]
    accused = [(family, text) for family, text in chosen if not judge(corpus.model(family), text)["right"]]
    assert not accused, f"{len(accused)} of {len(chosen)}\n{accused[0][0]}\n{accused[0][1]}"


@pytest.mark.parametrize("number", range(len(list(corpus.wrong_ones()))))
def test_wrong_ones_are_named(judge, number):
    family, text, lines, names = list(corpus.wrong_ones())[number]
    answer = judge(corpus.model(family), text)
    wrong = [g for g in answer["gradients"] if not g["right"] and g["line"]]
    assert answer["found"] and not answer["right"]
    assert (answer["first_wrong_line"] or answer["failure_line"]) in lines
    assert (wrong[0]["mistake"] if wrong else answer["failure_mistake"]) in names


def solved(dfoo, model, text):
    """The program with its wrong lines replaced by what --hint line says, one after the other; those lines."""
    lines = []
    for _ in range(4):
        done = dfoo("check", model, "--against", "-", "--hint", "line", "--json", stdin=text)
        answer = json.loads(done.stdout)["result"]["judgement"]
        wrong = next((g for g in answer["gradients"] if "solution" in g), None)
        if not wrong:
            break
        rows = text.split("\n")
        row = rows[wrong["line"] - 1]
        assert row.split("=")[0].strip() == wrong["solution"].split(" = ")[0], "the name is the program's own"
        rows[wrong["line"] - 1] = row[:len(row) - len(row.lstrip())] + wrong["solution"]
        text = "\n".join(rows)
        lines.append(wrong["solution"])
    return answer, lines


@pytest.mark.parametrize("name", sorted(p.name for p in (pathlib.Path(__file__).resolve().parent.parent.parent / "examples" / "mistakes").glob("*.py")))
def test_the_right_line_makes_it_right(dfoo, root, name):
    if name == "transpose_missing.py":
        pytest.skip("it ends in an error: there is no value to judge")
    answer, lines = solved(dfoo, "two_layer", (root / "examples" / "mistakes" / name).read_text())
    assert answer["found"] and answer["right"] and len(lines) == 1


def test_the_right_line_has_the_learners_names_and_axes(dfoo, tmp_path):
    rows = "\n".join(["import numpy as np", "def train(x, t, w1, c1, w2, c2, lr):", "    hidden = np.tanh(x @ w1 + c1)", "    out = 1/(1 + np.exp(-(hidden @ w2 + c2)))",
                      "    d2 = (out - t) / len(x)", "    gw2 = hidden.T @ d2", "    gc2 = d2.sum(axis=0, keepdims=True)", "    d1 = d2 @ w2.T * (1 - hidden)", "    gw1 = x.T @ d1", "    gc1 = d1.sum(axis=0, keepdims=True)"])
    model = (tmp_path / "rows.eq")
    model.write_text("input X : (n0, m)\nlabel T : (2, m)\nparam W1 : (4, n0)\nparam c1 : (4, 1)\nparam W2 : (2, 4)\nparam c2 : (2, 1)\nA1 = tanh(W1 @ X + c1)\nA2 = sigmoid(W2 @ A1 + c2)\n"
                     "J = -1/m * sum(T * log(A2) + (1 - T) * log(1 - A2))\nminimize J\npredict A2\n")
    answer, lines = solved(dfoo, model, rows)
    assert lines == ["d1 = d2 @ w2.T * (1 - hidden**2)"] and answer["right"]
    answer, lines = solved(dfoo, model, rows.replace("(1 - hidden)", "(1 - hidden**2)").replace("(out - t) / len(x)", "(t - out) / len(x)"))
    assert lines == ["d2 = 1/x.shape[0] * (out - t)"] and answer["right"], "the 1/m is where the program has it"


def test_no_hint_below_the_last_has_the_right_line(dfoo, root):
    mistakes = root / "examples" / "mistakes"
    for name in ("square_forgotten.py", "no_1_over_m.py"):
        for level in ("1", "2", "3"):
            for more in ([], ["--json"], ["--format", "html"], ["--format", "markdown"], ["--show"]):
                said = dfoo("check", "two_layer", "--against", mistakes / name, "--hint", level, *more).stdout
                assert "right line" not in said and "solution" not in said and "A1**2" not in said and "W2.T @ dZ2" not in said


def test_both_matrices_are_shown(dfoo, root, tmp_path):
    mistakes = root / "examples" / "mistakes"
    said = dfoo("check", "two_layer", "--against", mistakes / "no_1_over_m.py", "--show").stdout
    assert "db2 (5, 1), and what it should be (5, 1)" in said and "each entry is 7 times the right one; the largest difference" in said
    assert said.count("what it should be (") == 1
    said = dfoo("check", "two_layer", "--against", mistakes / "square_forgotten.py", "--show").stdout
    assert "the ratio is not the same everywhere: from " in said and "; cosine 0." in said
    one = (mistakes / "negated.py").read_text().replace("dZ2 = Y - A2", "dZ2 = A2 - Y\n    dZ2[0, 1] = 5")
    said = dfoo("check", "two_layer", "--against", "-", "--show", stdin=one).stdout
    assert "; * differs" in said and said.count("*") == 3, "the entry is marked in both"
    done = dfoo("check", "two_layer", "--against", mistakes / "transposed.py", "--show", "--json")
    (wrong,) = [g for g in json.loads(done.stdout)["result"]["judgement"]["gradients"] if not g["right"]]
    assert [len(wrong["show"][k]) for k in ("found", "right")] == [4, 5] and "cosine" not in wrong["show"]
    done = dfoo("check", "two_layer", "--against", mistakes / "no_1_over_m.py", "--show", "--format", "json", "-o", tmp_path / "j.json")
    assert done.returncode == 1 and done.stdout == ""
    (wrong,) = [g for g in json.loads((tmp_path / "j.json").read_text())["gradients"] if not g["right"]]
    assert wrong["show"]["constant"] and wrong["show"]["least_ratio"] == pytest.approx(7) and wrong["show"]["differ"] == 5


def test_a_judgement_is_a_page(dfoo, root, tmp_path):
    wrong = root / "examples" / "mistakes" / "negated.py"
    assert dfoo("check", "two_layer", "--against", wrong, "--format", "html", "--show", "-o", tmp_path / "p.html").returncode == 1
    page = (tmp_path / "p.html").read_text()
    assert '<tr class="wrong"><td>dZ2</td>' in page and "first wrong line: 9</strong>" in page and "<pre>dZ2 (5, 7)" in page
    said = dfoo("check", "two_layer", "--against", wrong, "--format", "markdown").stdout
    assert "| dZ2 | wrong | line 9: dZ2 = Y - A2 |" in said and "**first wrong line: 9**" in said
    assert "no gradient was found" in dfoo("check", "two_layer", "--against", "-", "--format", "html", stdin="x = 1").stdout


def test_one_mistake_is_told_once(dfoo):
    text = corpus.source("course").replace("dZ2 = A2 - Y", "dZ2 = Y - A2")
    done = dfoo("check", "two_layer", "--against", "-", stdin=text)
    assert done.returncode == 1
    assert done.stdout.count("wrong:") == 1 and done.stdout.count("right, given what comes before") == 5


def test_two_mistakes_are_both_told(dfoo):
    text = corpus.source("course").replace("1 - np.power(A1, 2)", "1 - A1").replace("db2 = 1/m * ", "db2 = ")
    done = dfoo("check", "two_layer", "--against", "-", stdin=text)
    assert "exactly 7 times too large; no 1/m" in done.stdout and "1 - A: 1 - A is not the slope" in done.stdout
    assert "first wrong line: 23" in done.stdout


def test_hints_say_no_more_than_they_should(dfoo):
    text = corpus.source("course").replace("1 - np.power(A1, 2)", "1 - A1")
    said = [dfoo("check", "two_layer", "--against", "-", "--hint", level, stdin=text).stdout for level in ("where", "kind", "mistake", "line")]
    for number, level in enumerate(said, 1):
        assert dfoo("check", "two_layer", "--against", "-", "--hint", str(number), stdin=text).stdout == level
        assert dfoo("check", "two_layer", "--against", "-", stdin=text, env={"DFOO_HINT": str(number)}).stdout == level
    assert "something is wrong in this line" in said[0] and "activation" not in said[0]
    assert "look at: activation derivative" in said[1] and "1 - A**2" not in said[1]
    assert "1 - A: 1 - A is not" in said[2]


def test_one_output_is_a_remark(dfoo):
    text = corpus.source("course").replace("np.sum(dZ2, axis=1, keepdims=True)", "np.sum(dZ2)")
    done = dfoo("check", "two_layer", "--against", "-", stdin=text)
    assert done.returncode == 0 and "right only because the output has one unit" in done.stdout


def test_errors_of_python_are_told_with_shapes(dfoo):
    text = corpus.source("course").replace("np.dot(W2.T, dZ2)", "np.dot(W2, dZ2)")
    done = dfoo("check", "two_layer", "--against", "-", stdin=text)
    assert done.returncode == 1
    assert "line 24: ValueError: shapes (5,4) and (5,7) not aligned: 4 (dim 1) != 5 (dim 0)" in done.stdout
    assert "(5,4) is (n2, n1), (5,7) is (n2, m)" in done.stdout and "transpose missing" in done.stdout


def test_notebooks(dfoo, tmp_path):
    text = corpus.source("course").replace("1 - np.power(A1, 2)", "1 - A1")
    head, back = text.split("def backward_propagation", 1)
    cells = [{"cell_type": "markdown", "source": ["# network"]}, {"cell_type": "code", "source": head.splitlines(True)},
             {"cell_type": "code", "source": ("def backward_propagation" + back).splitlines(True)}]
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    done = dfoo("check", "two_layer", "--against", path)
    assert "first wrong line: cell 3, line 10" in done.stdout


@pytest.mark.parametrize("text", ["", "x = (", "while True: pass", "def backward(X, Y): return backward(X, Y)",
                                  "def backward(X, Y):\n    dW1 = [0]*10**12\n", "import os\nos.remove('x')\nopen('y')", "\0\1\2",
                                  "def backward(X, Y):\n    x = 1\n    while True: x = x + 1\n", "(" * 3000])
def test_hostile_sources(dfoo, text):
    start = time.monotonic()
    done = dfoo("check", "two_layer", "--against", "-", stdin=text)
    if "\0" in text:
        assert done.returncode == 2 and "is no text: it has a zero byte" in done.stderr
    else:
        assert done.returncode == 1 and done.stdout.startswith("# -")
    assert time.monotonic() - start < 20


def test_what_is_not_understood_is_named(dfoo):
    done = dfoo("check", "two_layer", "--against", "-", stdin="import foo\nx = foo.bar()\ny = 3 +\n")
    assert "no gradient was found" in done.stdout and "line 3: the line ends where a value is expected" in done.stdout


def test_a_file_that_is_not_there(dfoo):
    done = dfoo("check", "two_layer", "--against", "nowhere.py")
    assert done.returncode == 2 and "nowhere.py: cannot be opened" in done.stderr


def test_a_file_of_bytes_does_not_end_a_class(dfoo, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.py").write_bytes(b"x = 1\0\n")
    (tmp_path / "in" / "b.py").write_text(corpus.source("course"))
    done = dfoo("grade", "two_layer", tmp_path / "in", "-o", tmp_path / "out.csv")
    assert done.returncode == 0 and "a.py: is no text" in done.stderr and "2 programs, 1 right" in done.stdout
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert rows[1].endswith('a.py","no text","",,,"",""') and '"right"' in rows[2]


@pytest.fixture
def handed_in(tmp_path):
    course = corpus.source("course")
    wrong = {"a": course.replace("A2 - Y", "Y - A2"), "b": course.replace("np.dot(W2.T, dZ2)", "np.dot(W2, dZ2)"),
             "c<i>": course.replace("A2 - Y", "Y - A2"), "d": course, "e": "x = 1", "f": course.replace("db1", "other")}
    folder = tmp_path / "handed in"
    folder.mkdir()
    for name, text in wrong.items():
        (folder / f"{name}.py").write_text(text)
    (folder / "notes.txt").write_text("no program")
    cells = [{"cell_type": "code", "source": "import numpy as np"}, {"cell_type": "code", "source": wrong["b"]}]
    (folder / "g.ipynb").write_text(json.dumps({"cells": cells}))
    return folder


def test_grade(dfoo, handed_in, tmp_path):
    done = dfoo("grade", "two_layer", handed_in, "-o", tmp_path / "report.csv")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == ["7 programs, 1 right", "     2  negated", "     2  transpose missing"]
    rows = list(csv.DictReader((tmp_path / "report.csv").open()))
    assert [row["verdict"] for row in rows] == ["wrong", "wrong", "wrong", "right", "no gradient found", "incomplete", "wrong"]
    assert [row["variable"] for row in rows] == ["dZ2", "", "dZ2", "", "", "", ""]
    assert [row["first wrong line"] for row in rows] == ["21", "24", "21", "", "", "", "24"]
    assert [row["cell"] for row in rows] == ["", "", "", "", "", "", "2"]
    assert [row["mistake"] for row in rows] == ["negated", "transpose missing", "negated", "", "", "", "transpose missing"]
    assert rows[5]["hint"] == "not found: db1"


def test_grade_as_data(dfoo, handed_in, tmp_path):
    done = dfoo("grade", "two_layer", handed_in, "-o", "-", "--format", "json")
    found = json.loads(done.stdout)
    assert "7 programs, 1 right" in done.stderr, "it stands beside what is data"
    assert found["model"] == "two_layer" and found["right"] == 1 and len(found["programs"]) == 7
    a, f = found["programs"][0], found["programs"][5]
    assert (a["verdict"], a["variable"], a["line"], a["cell"], a["text"], a["mistake"], a["kind"]) == ("wrong", "dZ2", 21, None, "dZ2 = Y - A2", "negated", "sign")
    assert f["missing"] == ["db1"] and f["mistake"] is None
    named = {x["mistake"]: [os.path.basename(p) for p in x["programs"]] for x in found["mistakes"]}
    assert named == {"negated": ["a.py", "c<i>.py"], "transpose missing": ["b.py", "g.ipynb"], "no gradient found": ["e.py"], "not found: db1": ["f.py"]}
    assert dfoo("grade", "two_layer", handed_in, "-o", tmp_path / "r.json").returncode == 0
    assert json.loads((tmp_path / "r.json").read_text()) == found, "the ending says which"


def test_grade_as_a_page(dfoo, handed_in, tmp_path):
    assert dfoo("grade", "two_layer", handed_in, "-o", tmp_path / "r.html").returncode == 0
    page = (tmp_path / "r.html").read_text()
    tags = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append((tag, dict(attrs)))
    Reader().feed(page)
    links = [a["href"] for tag, a in tags if tag == "a"]
    assert len(links) == 6 + 7, "every mistake and every row lead to what is said of a program"
    assert set(links) == {"#" + a["id"] for tag, a in tags if tag == "section"}
    assert "i" not in {tag for tag, _ in tags} and "c&lt;i&gt;.py" in page, "names are no markup"
    assert page.count("line 21: dZ2 = Y - A2") == 2 and "http" not in page
    assert dfoo("grade", "two_layer", handed_in, "-o", tmp_path / "r.csv", "--format", "html").returncode == 0
    assert (tmp_path / "r.csv").read_text() == page


def test_grade_as_markdown(dfoo, handed_in, tmp_path):
    assert dfoo("grade", "two_layer", handed_in, "-o", tmp_path / "r.md").returncode == 0
    lines = (tmp_path / "r.md").read_text().splitlines()
    assert "- **negated** (2): a.py, c\\<i\\>.py" in lines
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 8 and all(line.count(" |") == 6 for line in rows)
    assert "| a.py | wrong | dZ2 | line 21 | negated |" in rows[1]


def test_what_is_not_understood_is_told_once(dfoo):
    said = dfoo("check", "two_layer", "--against", "-", stdin="def f(:\n").stdout
    assert said.count("line 1:") == 1


# Right, and half of it where nobody looks: on the model's values of the other half it would be wrong.
ELSEWHERE = """import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_hidden, n_in)
        self.b1 = np.random.randn(n_hidden, 1)
        self.out = (np.random.randn(n_out, n_hidden), np.random.randn(n_out, 1))

    def forward(self, X):
        self.X = X
        self.A1 = np.tanh(self.W1 @ X + self.b1)
        self.A2 = 1 / (1 + np.exp(-(self.out[0] @ self.A1 + self.out[1])))
        return self.A2

    def backward(self, Y):
        m = Y.shape[1]
        dZ2 = self.A2 - Y
        dW2 = dZ2 @ self.A1.T / m
        db2 = dZ2.sum(axis=1, keepdims=True) / m
        dZ1 = self.out[0].T @ dZ2 * (1 - self.A1 ** 2)
        dW1 = dZ1 @ self.X.T / m
        db1 = dZ1.sum(axis=1, keepdims=True) / m
        return dW1, db1, dW2, db2
"""


@pytest.mark.parametrize("text, reason", [
    ("def backward(records, Y, W1, b1, W2, b2):\n    return records\n",
     "line 1: backward takes `records`, and nothing is known under this name"),
    ("records = 1\n", "line 1: nothing in the program is known as the "),
    (ELSEWHERE, "line 15: the object keeps parameters of the model, and W2 is not found in it"),
])
def test_where_nothing_is_found_it_says_why(dfoo, text, reason):
    done = dfoo("check", "two_layer", "--against", "-", stdin=text)
    assert done.returncode == 1 and "no gradient was found" in done.stdout and reason in done.stdout, done.stdout


@pytest.mark.parametrize("lines, said", [
    ("dZ2 = A2 - Y\ndW2 = 1/m * dZ2 @ A1.T\n", ["dZ2  right", "dW2  right", "dW1  not found"]),
    ("dZ2 = Y - A2\ndZ1 = W2.T @ dZ2 * (1 - A1**2)\n", ["dZ2  wrong: the sign is turned round", "dZ1  right, given", "first wrong line: 1"]),
    ("dZ1 = W2.T @ dZ2 * (1 - Z1**2)\n", ["dZ1  wrong: 1 - Z**2", "first wrong line: 1"]),
    ("dZ1 = W2 @ dZ2 * (1 - A1**2)\n", ["(5,4) is (n2, n1), (5,7) is (n2, m)", "transpose missing", "first wrong line: 1"]),
    ("def slope(a):\n    return 1 - a\ndZ1 = np.vstack([W2.T @ dZ2 * slope(A1), slope(A1)])\n",
     ["it has the shape (8, 7), and dZ1 is (n1, m)", "first wrong line: 3"]),
    ("x = W1\n", ["no gradient was found"]),
    ("m = X.shape[1]\ndb1 = np.sum(dZ1, axis=1, keepdims=True) / n\n", ["no gradient was found", "name 'n' is not defined"]),
])
def test_lines_alone_begin_with_the_models_values(dfoo, lines, said):
    done = dfoo("check", "two_layer", "--against", "-", stdin=lines)
    assert all(part in done.stdout for part in said), done.stdout
    assert done.returncode == (0 if "dZ2  right" in said else 1)


@pytest.mark.parametrize("own, line", [("2 * dA1, Z1", 7), ("dA1, Z1", 2)])
def test_a_helper_that_is_right_elsewhere_is_not_to_blame(dfoo, own, line):
    """What it was handed is; where it is wrong itself, its own line is told."""
    slope = "(Z > 0)" if line == 7 else "Z"
    lines = f"def relu_back(dA, Z):\n    return dA * {slope}\ndZ4 = A4 - Y\n\ndZ2 = relu_back(W3.T @ dZ3, Z2)\ndA1 = W2.T @ dZ2\ndZ1 = relu_back({own})\n"
    answer = json.loads(dfoo("check", "deep", "--against", "-", "--json", stdin=lines).stdout)["result"]["judgement"]
    assert answer["first_wrong_line"] == line, answer
