"""The program as its users see it: help, results, messages and statuses."""
import io
import json
import os
import pathlib
import pty
import re
import stat
import subprocess

import numpy as np
import pytest

# Of the table, so that none is forgotten.
COMMANDS = re.findall(r'^COMMAND\(\w+, "([\w-]+)"', (pathlib.Path(__file__).resolve().parents[2] / "cli/commands.def").read_text(), re.M)
HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture
def planar(root):
    return root / "examples" / "data" / "planar.csv"


@pytest.fixture
def program(build):
    return os.environ.get("DFOO_BIN", str(build / "dfoo"))


@pytest.fixture
def fails(dfoo):
    """fails(words of the message, arguments ..): status 2, nothing on standard output."""

    def run(words, *args, **kwargs):
        done = dfoo(*args, **kwargs)
        assert done.returncode == 2, done
        assert done.stdout == "", done
        assert words in done.stderr, done
        return done.stderr

    return run


@pytest.fixture
def works(dfoo):
    def run(*args, **kwargs):
        done = dfoo(*args, **kwargs)
        assert done.returncode == 0, done
        return done

    return run


def equations(text):
    return [line for line in text.splitlines() if line and not line.startswith("#")]


# --------------------------------------------------------------------------- help


def test_first_minutes(works):
    done = works()
    assert done.stderr == ""
    for words in ["dfoo derive two_layer", "dfoo explain two_layer dZ1", "dfoo check two_layer", "dfoo train",
                  "dfoo predict", "the two-layer network for binary classification"]:
        assert words in done.stdout


def test_first_minutes_run(works):
    """What it says to type works as it is typed."""
    lines = re.findall(r"^  (dfoo (?:show|derive|explain|check) .*?)(?:   .*)?$", works().stdout, re.M)
    assert len(lines) >= 4
    for line in lines:
        assert works(*line.split()[1:]).stdout


def test_help(works):
    text = works("--help").stdout
    assert text == works("help").stdout == works("-h").stdout
    for command in COMMANDS:
        assert f"\n  {command} " in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(works, command):
    text = works("help", command).stdout
    assert text == works(command, "--help").stdout == works(command, "-h", "--unknown").stdout
    assert text.startswith(f"usage: dfoo {command}")
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("command", COMMANDS)
def test_help_lists_what_is_read(dfoo, works, command):
    text = works("help", command).stdout
    listed = re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)(?= |,|$)", "\n".join(re.findall(r"^  -.*$", text, re.M)))
    assert listed
    for option in set(listed) - {"-h", "--help"}:
        assert "has no option" not in dfoo(command, option).stderr


def test_version(works):
    assert re.fullmatch(r"dfoo \d+\.\d+\.\d+\n", works("--version").stdout)


# ------------------------------------------------------------------ wrong requests

T = "two_layer"
WRONG = [
    (["derive"], "derive needs MODEL; MODEL is a file, - for standard input, or built in: logistic, two_layer"),
    (["derive", ""], "is empty"),
    (["derive", T, "x"], '"x" is one too many'),
    (["derive", T, "--stesp"], "did you mean --steps?"),
    (["derive", T, "-steps"], "did you mean --steps?"),
    (["derive", T, "\u2013steps"], "typographic dash; write --steps"),
    (["derive", T, "--steps=yes"], "--steps takes no value"),
    (["derive", T, "--epochs", "3"], "derive has no option --epochs (dfoo train has)"),
    (["derive", T, "--convention", "dj"], '--convention takes course or dJ, not "dj"'),
    (["derive", T, "--given", "A1,dZ7"], "has no variable 'dZ7'"),
    (["derive", T, "--given", " , "], 'there is no name in " , "'),
    (["derive", T, "--given", "A1", "--format", "numpy"], "--given comes as text only"),
    (["derive", T, "--steps", "--steps"], "--steps is given twice"),
    (["derive", T, "--wrt"], "--wrt needs a value: --wrt NAME,.."),
    (["derive", T, "--wrt="], "--wrt is empty"),
    (["derive", T, "--wrt", "--steps"], "--wrt needs a value: --wrt NAME,.., not --steps"),
    (["derive", T, "--set", "n1"], 'NAME=VALUE, as in n1=20, not "n1"'),
    (["derive", T, "--set", "=1"], "NAME=VALUE"),
    (["derive", T, "--set", "n1=1O"], '--set n1= takes a number, not "1O"'),
    (["derive", T, "--set", "n1=0x10"], "takes a number"),
    (["derive", T, "--set", "nosuch=1"], "nosuch"),
    (["derive", T, "--set", "n1=1.5"], "n1"),
    (["derive", T, "-x"], "has no option -x"),
    (["explain"], "explain needs MODEL NAME"),
    (["explain", T], "is a model; name what to explain"),
    (["explain", "dZ1", T], f"the model comes first: dfoo explain {T} dZ1"),
    (["explain", T, "dQ7"], "dQ7"),
    (["explain", "nosuch"], "nosuch"),
    (["show"], "show needs a MODEL"),
    (["show", T, "--optimizer", "adam"], "not both"),
    (["show", "--optimizer", "adm"], "adm"),
    (["check", "-", "--values", "-"], "standard input (-) can be read once only"),
    (["check"], "dfoo check needs a MODEL"),
    (["check", T, "--list"], "--list belongs to no MODEL"),
    (["check", T, "--hint", "kind"], "belong to --against"),
    (["check", T, "--format", "html"], "belongs to --against"),
    (["check", T, "--against", "nosuch.eq"], "nosuch.eq"),
    (["check", T, "--against", "nosuch.npz"], "nosuch.npz"),
    (["check", T, "--seed", "-1"], '--seed takes a whole number from 0 on, not "-1"'),
    (["check", T, "--seed", "18446744073709551616"], "too large"),
    (["check", T, "--values", "nosuch.npz"], "nosuch.npz"),
    (["grad", T, "-o", "x.npz"], "grad needs --values FILE"),
    (["grad", T, "--values", "x.npz"], "grad needs -o FILE"),
    (["grad", T, "--values", "nosuch.npz", "-o", "x.npz"], "nosuch.npz"),
    (["grad", T, "--values", "x.npz", "-o", "x.npz", "--dtype", "f16"], '--dtype takes f64 or f32, not "f16"'),
    (["train", T, "-o", "x.npz"], "train needs --data FILE"),
    (["train", T, "--data", "x.csv"], "train needs -o FILE"),
    (["train", T, "--data", "nosuch.csv", "-o", "x.npz"], "nosuch.csv"),
    (["train", T, "--data", "x.csv", "-o", "nosuch/x.npz"], "cannot write nosuch/x.npz"),
    (["train", T, "--data", "x.csv", "-o", "."], "cannot write ."),
    (["train", T, "--data", "x.csv", "-o", "x.npz", "--test", "y.csv", "--split", ".5"], "give one of them"),
    (["train", T, "--epochs", "1e3"], '--epochs takes a whole number from 0 on, not "1e3"'),
    (["train", T, "--epochs", "-0"], "--epochs takes"),
    (["train", T, "--batch", "0"], "--batch takes a whole number from 1 on"),
    (["train", T, "--decay", "-0.1"], "--decay takes a number from 0 on"),
    (["train", T, "--clip", "0"], "--clip takes a number above 0"),
    (["train", T, "--epochs="], "--epochs takes"),
    (["train", T, "--epoch", "3"], "did you mean --epochs?"),
    (["train", T, "--batch", "-3"], "--batch takes"),
    (["train", T, "--split", "1"], '--split takes a number above 0 and below 1, not "1"'),
    (["train", T, "--alpha", "nan"], "--learning-rate takes a number from 0 on"),
    (["train", T, "--alpha", "1e999"], "--learning-rate takes"),
    (["train", T, "--learning-rate=-1"], "--learning-rate takes"),
    (["train", T, "--alpha", "1", "--learning-rate", "1"], "--learning-rate is given twice"),
    (["predict", T, "--data", "x.csv"], "predict needs --weights FILE"),
    (["predict", T, "--weights", "nosuch.npz", "--data", "x.csv"], "nosuch.npz"),
    (["predict", T, "--weights", "x.npz", "--data", "x.csv", "-o", "x.txt"], "-o x.txt: dfoo predict writes .csv or .npz there, not .txt"),
    (["dervie", T], "did you mean derive?"),
    (["deri", T], "did you mean derive?"),
    (["frobnicate"], 'no command "frobnicate"'),
    (["help", "frobnicate"], 'no command "frobnicate"'),
    ([T], "is a model; say what to do with it, as in dfoo derive two_layer"),
    (["--steps", "derive"], "no option --steps before a command"),
    ([""], 'no command ""'),
]


@pytest.mark.parametrize("args, words", WRONG, ids=[" ".join(args) for args, _ in WRONG])
def test_wrong_request(fails, tmp_path, args, words):
    message = fails(words, *args, cwd=tmp_path)
    assert len(message.splitlines()) <= 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["show", "derive", "check"])
def test_no_such_model(fails, command):
    message = fails("two_lair", command, "two_lair")
    assert "did you mean two_layer?" in message
    assert "built in are: logistic, two_layer" in fails("nosuch.eq", command, "nosuch.eq")


def test_mistake_in_a_model(fails):
    message = fails("standard input:3:", "derive", "-", stdin="input X : (n, m)\nlabel Y : (n, m)\nZ = X @ Y\n")
    assert "    3 | Z = X @ Y" in message and "^" in message


def test_odd_words(dfoo):
    """Nothing on the command line ends in a crash, and status 2 has a message."""
    odd = ["", "-", "--", "---", "-=", "--=", "=", "%s%n", "\u2014", "a" * 70000, "--" + "a" * 70000, "--set"]
    for command in ["", *COMMANDS]:
        for word in odd:
            for args in ([command, word], [command, T, word], [command, T, "--set", word], [command, T, word, T]):
                done = dfoo(*args)
                assert done.returncode == 0 or done.stderr, args


# ------------------------------------------------------------------- show, derive


def test_show(works, root):
    text = works("show", root / "examples" / "two_layer.eq").stdout
    assert "W1" in text and "(n1, n0)" in text


def test_show_built_in_is_a_model(works, root):
    text = works("show", T).stdout
    assert text.startswith((root / "examples" / "two_layer.eq").read_text())
    assert equations(works("derive", "-", stdin=text).stdout) == equations(works("derive", T).stdout)


def test_show_set(works):
    assert re.search(r"n1\W+20\b", works("show", T, "--set", "n1=20").stdout)


def test_show_plan_and_optimizer(works):
    assert works("show", T, "--plan").stdout != works("show", T).stdout
    assert works("show", "--optimizer", "adam").stdout != works("show", "--optimizer=sgd").stdout


def test_derive(works):
    """The text of the first page, to the letter."""
    with open(os.path.join(HERE, "derive_two_layer.txt"), encoding="utf-8") as golden:
        assert works("derive", T).stdout == golden.read()


def test_derive_options(works):
    steps = works("derive", "--steps", T).stdout
    assert "dA1 = W2.T @ dZ2" in steps and "dA1 =" not in works("derive", T).stdout
    assert "dZ2 = 1/m * (A2 - Y)" in works("derive", T, "--convention=dJ").stdout
    assert [line.split(" = ")[0] for line in equations(works("derive", T, "--wrt", "W2,b2").stdout)][-2:] == ["dW2", "db2"]
    assert works("derive", T, "--run").stdout
    assert works("derive", "--", T).stdout == works("derive", T).stdout


# ------------------------------------------------------------------ explain, check


def test_explain(works):
    text = works("explain", T, "dZ1", env={"LC_ALL": "C.UTF-8"}).stdout
    assert text.startswith("dZ1 = W2.T @ dZ2 * (1 - A1**2)")
    assert "\u2202" in text
    assert works("explain", T, "dZ[1]", env={"LC_ALL": "C.UTF-8"}).stdout == text


def test_explain_ascii(works):
    text = works("explain", T, "dZ1", "--ascii", env={"LC_ALL": "C.UTF-8"}).stdout
    assert text.isascii()
    assert works("explain", T, "dZ1", env={"LC_ALL": "C"}).stdout == text
    assert works("explain", T, "dZ1", env={"LC_ALL": "", "LC_CTYPE": "", "LANG": ""}).stdout == text


def test_explain_function(works):
    assert "sigmoid" in works("explain", "sigmoid").stdout


def test_check(works):
    assert works("check", T).stdout
    assert works("check", T, "--seed", "7").stdout == works("check", T, "--seed=7").stdout


def test_check_says_no(dfoo, root):
    """A wrong line in the model is what ends with status 1, its report on standard output."""
    text = (root / "examples" / "two_layer.eq").read_text()
    right = dfoo("check", "-", stdin=text + "dW2 = 1/m * dZ2 @ A1.T\n")
    wrong = dfoo("check", "-", stdin=text + "dW2 = dZ2 @ A1.T\n")
    assert (right.returncode, wrong.returncode) == (0, 1)
    assert "dW2" in wrong.stdout


MINE = "dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T\ndb2 = 1/m * sum(dZ2, axis=1, keepdims=True)\n"


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.eq").write_text(MINE)
    return tmp_path / "mine.eq"


def test_check_against_equations(dfoo, mine):
    done = dfoo("check", T, "--against", mine)
    assert done.returncode == 1 and "no 1/m" in done.stdout and "one mistake: line 2, dW2" in done.stdout
    mine.write_text(MINE.replace("dZ2 @", "1/m * dZ2 @"))
    assert dfoo("check", T, "--against", mine).returncode == 0


@pytest.mark.parametrize("hint, told, kept", [("1", "dW2   wrong", "scale"), ("2", "look at: scale", "no 1/m"), ("3", "no 1/m", "the right line"),
                                              ("4", "the right line: dW2 = 1/m * dZ2 @ A1.T", "\0")])
def test_check_hints(dfoo, mine, hint, told, kept):
    word = ["where", "kind", "mistake", "line"][int(hint) - 1]
    text = dfoo("check", T, "--against", mine, "--hint", word).stdout
    assert told in text and kept not in text
    assert dfoo("check", T, "--against", mine, env={"DFOO_HINT": hint}).stdout == text
    assert dfoo("check", T, "--against", mine, "--hint", hint).stdout == text


def test_check_against_formats(dfoo, mine, tmp_path):
    assert "| dW2 | wrong |" in dfoo("check", T, "--against", mine, "--format", "markdown").stdout
    assert dfoo("check", T, "--against", mine, "--format", "html", "-o", tmp_path / "a.html").returncode == 1
    assert "<td>wrong</td>" in (tmp_path / "a.html").read_text()
    assert json.loads(dfoo("check", T, "--against", mine, "--format", "json").stdout)["first_wrong"] == 2
    assert " | " in dfoo("check", T, "--against", mine, "--show").stdout


def test_check_against_arrays(dfoo, tmp_path, values):
    right = expected(values)
    np.savez(tmp_path / "mine.npz", **right)
    asked = "check", T, "--against", tmp_path / "mine.npz", "--values", tmp_path / "values.npz"
    assert dfoo(*asked).returncode == 0
    np.savez(tmp_path / "mine.npz", **{**{n: x.astype(np.float32) for n, x in right.items()}, "dW1": -right["dW1"]})
    done = dfoo(*asked)
    assert done.returncode == 1 and "negated" in done.stdout and "one mistake: dW1" in done.stdout
    np.savez(tmp_path / "mine.npz", **{**right, "db1": right["db1"][:, 0], "dW2": right["dW2"].T})
    assert "one mistake: dW2" in dfoo(*asked).stdout


def test_check_list(works):
    assert "no 1/m" in works("check", "--list").stdout


@pytest.mark.parametrize("text, said", [("dZ2 = A2 -\n", "mine.eq:1:"), ("Z9 = 3\n", "gradients"), ("dZ9 = A2\n", "'dZ9' is not d"), ("", "nothing was judged"),
                                        ("dW2 = W1\n", "it has the shape"), ("dW2 = log(-1) * W2\n", "not a number")])
def test_check_against_odd_texts(dfoo, tmp_path, text, said):
    (tmp_path / "mine.eq").write_text(text)
    done = dfoo("check", T, "--against", tmp_path / "mine.eq")
    assert said in done.stdout + done.stderr and done.returncode == (2 if ":" in said or "'" in said or said == "gradients" else 0 if "nothing" in said else 1)


# --------------------------------------------------------------------------- grad


@pytest.fixture
def values(tmp_path):
    r = np.random.default_rng(1)
    arrays = {"X": r.normal(size=(3, 6)), "Y": (r.uniform(size=(1, 6)) > 0.5) * 1.0, "W1": r.normal(size=(4, 3)),
              "b1": r.normal(size=(4, 1)), "W2": r.normal(size=(1, 4)), "b2": r.normal(size=(1, 1))}
    np.savez(tmp_path / "values.npz", **arrays)
    return arrays


def expected(v):
    m = v["X"].shape[1]
    A1 = np.tanh(v["W1"] @ v["X"] + v["b1"])
    dZ2 = 1 / (1 + np.exp(-(v["W2"] @ A1 + v["b2"]))) - v["Y"]
    dZ1 = v["W2"].T @ dZ2 * (1 - A1**2)
    return {"dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "dZ1": dZ1, "dW1": dZ1 @ v["X"].T / m, "dX": v["W1"].T @ dZ1,
            "db1": dZ1.sum(axis=1, keepdims=True) / m}


def test_grad(works, tmp_path, values):
    done = works("grad", T, "--values", tmp_path / "values.npz", "-o", tmp_path / "out.npz")
    assert done.stdout == ""
    out = np.load(tmp_path / "out.npz")
    for name, value in expected(values).items():
        np.testing.assert_allclose(out[name], value, rtol=1e-12, atol=1e-14)


def test_given_values_stand_for_their_names(works, tmp_path, values):
    """A cache that does not agree with its equation is what the shown line says, and a gradient that is not
    shown is not gone through: dA is infinite here."""
    model = "input Z : (n, m)\nlabel Y : (n, m)\nparam b : (n, 1)\nA = sigmoid(Z + b)\n" \
            "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\nminimize J\n"
    z, y = np.array([[800.0, -800, 3]]), np.array([[0.0, 1, 1]])
    for given in {}, {"A": np.array([[1.0, 0, 0.5]])}:
        np.savez(tmp_path / "in.npz", Z=z, Y=y, b=[[0.0]], **given)
        works("grad", "-", "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz", stdin=model)
        out = np.load(tmp_path / "out.npz")
        assert np.array_equal(out["dZ"], given.get("A", out.get("A")) - y)
        assert np.isinf(out["dA"][0, 0])
    shown = works("derive", "-", "--given", "Z,A", "--wrt", "Z", stdin=model).stdout
    assert "# given, and used as given in every line: Z, A\n" in shown and "\ndZ = A - Y " in shown
    run = works("derive", "-", "--given", "dA", "--given", "Z", "--run", stdin=model).stdout
    assert run.endswith("dJ = 1\ndZ = dA * A * sigmoid(-(Z + b))\n"
                        "db = 1/m * sum(dA * A * sigmoid(-(Z + b)), axis=1, keepdims=True)\n"), run


def test_grad_options(works, tmp_path, values):
    np.savez(tmp_path / "x.npz", X=values["X"])
    rest = {k: v for k, v in values.items() if k != "X"}
    np.savez(tmp_path / "rest.npz", **rest)
    done = works("grad", T, "--values", tmp_path / "x.npz", "--values", tmp_path / "rest.npz", "-o", "-",
                 "--dtype", "f32", "--convention", "dJ", text=False)
    out = np.load(io.BytesIO(done.stdout))
    assert out["dZ2"].dtype == np.float32
    np.testing.assert_allclose(out["dZ2"], expected(values)["dZ2"] / 6, rtol=1e-4, atol=1e-6)


def test_check_values(works, tmp_path, values):
    assert works("check", T, "--values", tmp_path / "values.npz").stdout


# ----------------------------------------------------------------- train, predict


def test_train_and_predict(works, tmp_path, planar):
    run, csv = tmp_path / "run.npz", tmp_path / "p.csv"
    done = works("train", T, "--data", planar, "--split", "0.25", "--epochs", "100", "--alpha", "1", "-o", run)
    assert re.search(r"^cost +[\d.e-]+ +[\d.e-]+$", done.stdout, re.M)
    assert re.search(r"^accuracy +[\d.]+% +[\d.]+%$", done.stdout, re.M)
    assert "100 epochs in" in done.stdout and str(run) in done.stdout
    assert 15 <= len(done.stderr.splitlines()) <= 25
    assert "epoch 100 of 100: cost" in done.stderr and "\r" not in done.stderr and "\x1b" not in done.stderr
    assert np.load(run)["W1"].shape == (4, 2)

    done = works("predict", T, "--weights", run, "--data", planar)
    header, *rows = done.stdout.splitlines()
    assert header == "A2" and len(rows) == 400
    assert all(0 <= float(row) <= 1 for row in rows)
    assert re.search(r"accuracy [\d.]+%, cost", done.stderr)
    works("predict", T, "--weights", run, "--data", planar, "-o", csv)
    assert csv.read_text() == done.stdout
    works("predict", T, "--weights", run, "--data", planar, "-o", tmp_path / "p.npz")
    np.testing.assert_array_equal(np.load(tmp_path / "p.npz")["A2"].ravel(), np.array(rows, float))


def test_train_reports(works, tmp_path, planar):
    def train(*args):
        return works("train", T, "--data", planar, "--optimizer", "sgd", "--epochs", "30", "-o", tmp_path / "run.npz", *args)

    assert re.findall(r"^epoch (\d+) of 30:", train("--report", "10").stderr, re.M)[-3:] == ["10", "20", "30"]
    assert train("--quiet").stderr == ""
    train("--quiet", "--log", tmp_path / "log.csv")
    assert len((tmp_path / "log.csv").read_text().splitlines()) >= 31


def test_train_again_is_the_same(works, tmp_path, planar):
    def train(name, *args):
        works("train", T, "--data", planar, "--epochs", "20", "--batch", "64", "-o", tmp_path / name, *args)
        return (tmp_path / name).read_bytes()

    assert train("a.npz", "--seed", "3") == train("b.npz", "--seed=3")
    assert train("a.npz", "--seed", "3") != train("c.npz", "--seed", "4")


def test_train_options(works, tmp_path, planar):
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    works("train", T, "--set", "n1=7", "--data", planar, "--labels", "class", "--standardize", "--optimizer", "adam",
          "--settings", "beta1=0.8", "--learning-rate=0.01", "--epochs", "5", "--dtype", "f32", "-o", first)
    assert np.load(first)["W1"].shape == (7, 2)
    works("train", T, "--set", "n1=7", "--data", planar, "--from", first, "--epochs", "1", "-o", second)
    works("predict", T, "--set", "n1=7", "--weights", second, "--data", planar, "-o", tmp_path / "p.csv")


def test_train_to_standard_output(works, planar):
    done = works("train", T, "--data", planar, "--epochs", "3", "-o", "-", text=False)
    assert np.load(io.BytesIO(done.stdout))["W1"].shape == (4, 2)
    assert b"3 epochs in" in done.stderr


def test_train_on_test_file(works, root, tmp_path):
    data = root / "examples" / "data"
    done = works("train", "logistic", "--data", data / "breast_cancer_train.csv", "--test",
                 data / "breast_cancer_test.csv", "--standardize", "--epochs", "50", "-o", tmp_path / "run.npz")
    assert re.search(r"^accuracy +[\d.]+% +[\d.]+%$", done.stdout, re.M)


ROWS = """input X : (m, n0)
label Y : (m, 1)
param W : (n0, 1) ~ xavier
A = sigmoid(X @ W)
J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))
minimize J
predict A
"""


def test_predict_where_examples_are_rows(works, tmp_path, planar):
    model, run = tmp_path / "rows.eq", tmp_path / "run.npz"
    model.write_text(ROWS)
    works("train", model, "--data", planar, "--epochs", "2", "-o", run)
    lines = works("predict", model, "--weights", run, "--data", planar).stdout.splitlines()
    assert lines[0] == "A" and len(lines) == 401


def test_live_line(program, tmp_path, planar):
    """On a terminal there is one line that changes, which is gone at the end."""
    ours, theirs = pty.openpty()
    done = subprocess.run([program, "train", T, "--data", planar, "--prepare", "none", "--epochs", "20", "-o", tmp_path / "run.npz"],
                          stdout=subprocess.PIPE, stderr=theirs, timeout=120, env=dict(os.environ, TERM="xterm"))
    os.close(theirs)
    seen = ""
    try:
        while more := os.read(ours, 100000):  # a terminal hands out what it has in pieces
            seen += more.decode()
    except OSError:  # how it says that nobody writes to it any more
        pass
    os.close(ours)
    assert done.returncode == 0
    assert "\r[############] 20/20  cost" in seen and "\n" not in seen and "\x1b" not in seen
    assert re.search(r"\r +\r$", seen)
    assert max(map(len, seen.split("\r"))) < 80


# ------------------------------------------------------------------------- output


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("args", [[], ["help"], ["derive", T], ["show", T]], ids=str)
def test_full_disk(program, args):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([program, *args], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2 and b"cannot write to standard output" in done.stderr


def test_closed_pipe(program):
    """Whoever reads may stop reading: status 2, no message, no signal."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([program, "derive", T], stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert done.returncode == 2 and done.stderr == b""


def test_closed_pipe_behind_what_the_library_writes(program, tmp_path, planar):
    run = tmp_path / "run.npz"
    subprocess.run([program, "train", T, "--data", planar, "--epochs", "2", "--quiet", "-o", run], check=True, timeout=60,
                   stdout=subprocess.DEVNULL)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([program, "predict", T, "--weights", run, "--data", planar], stdout=writer, stderr=subprocess.PIPE,
                          timeout=60)
    os.close(writer)
    assert done.returncode == 2 and done.stderr == b""


@pytest.mark.parametrize("args", [["explain", T, "dZ1"], ["new", "--layers", "sigmoid 1"], ["train", T, "--quiet", "--epochs", "2"],
                                  ["predict", T, "--weights", "run.npz"], ["plot", "--log", "run.npz"]], ids=lambda args: args[0])
def test_the_null_device_is_a_place_to_write_to(works, tmp_path, planar, args):
    works("train", T, "--data", planar, "--epochs", "2", "-o", tmp_path / "run.npz")
    data = ["--data", planar] if args[0] in ("train", "predict") else []
    works(*args, *data, "-o", "/dev/null", cwd=tmp_path)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_closed_standard_output(program, tmp_path, planar):
    """A file that is opened does not become standard output."""
    run = tmp_path / "run.npz"
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", program, "train", T, "--data", planar, "--epochs", "2",
                           "--quiet", "-o", run], stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2 and b"cannot write to standard output" in done.stderr
    assert np.load(run)["W1"].shape == (4, 2)


def sizes_of_check(works, *args, **kwargs):
    line = re.search(r"^on a random instance .*?: (.*)$", works("check", *args, **kwargs).stdout, re.M).group(1)
    return {name: int(value) for name, value in (part.split(" = ") for part in line.split(", "))}


def test_check_uses_the_models_small_sizes(works):
    found = sizes_of_check(works, T)
    assert found["n1"] == 4 and set(found) == {"n0", "n1", "n2", "m"}
    assert len(set(found.values())) == 4 and min(found.values()) >= 2
    found = sizes_of_check(works, T, "--set", "n1=7", "--set", "n2=3")
    assert (found["n1"], found["n2"]) == (7, 3) and len(set(found.values())) == 4
    # not those that would hide a mistake, and not large ones
    for settings in (["n1=1"], ["n1=5", "n2=5"], ["n1=500"]):
        found = sizes_of_check(works, T, *(word for one in settings for word in ("--set", one)))
        assert len(set(found.values())) == 4 and 2 <= min(found.values()) and max(found.values()) <= 12


def test_equal_largest_entries_share_the_gradient(works, tmp_path):
    """Of several largest entries each gets the same part of what a single one would get."""
    model = "param W : (2, 3)\nR = max(W, axis=1)\nJ = sum(R)\nminimize J\n"
    np.savez(tmp_path / "in.npz", W=np.array([[5.0, 1, 5], [2, 7, 3]]))
    works("grad", "-", "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz", stdin=model)
    assert (np.load(tmp_path / "out.npz")["dW"] == [[0.5, 0, 0.5], [0, 1, 0]]).all()


def test_what_was_substituted_is_said_of_what_is_listed(dfoo):
    line = "J = {}\nminimize J\n"
    one = dfoo("derive", "-", "--steps", stdin="input X : (n, m)\nparam w : (n, 1)\n" + line.format("1/m * sum((w.T @ X)**2)")).stdout
    assert one.endswith("the one equation is made of these with dZ1 substituted away\n")
    none = dfoo("derive", "-", "--steps", stdin="input X : (n, m)\nZ = X * 2\n" + line.format("sum(Z**2)")).stdout
    assert "dZ = 2 * Z" in none and "substituted" not in none


def test_the_commonest_name_is_said_first(dfoo, tmp_path):
    """Several rows make these numbers, and it is the 1/m that was forgotten."""
    (tmp_path / "mine.eq").write_text("dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T\ndb2 = sum(dZ2, axis=1, keepdims=True)\n")
    said = dfoo("check", "two_layer", "--against", tmp_path / "mine.eq").stdout
    assert re.findall(r"^(d\w+)   wrong .*\S {2,}(\S.*?) \(the same numbers", said, re.M) == [("dW2", "no 1/m"), ("db2", "no 1/m")]
