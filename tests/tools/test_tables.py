"""One paragraph is enough: a copy of the tree gets an operation, a loss, a model and an option, and they are found everywhere.

The copy lies in the build directory, so that only what changed is built again."""
import os
import re
import shutil
import subprocess

import numpy as np
import pytest

PARTS = ["CMakeLists.txt", "include", "src", "cli", "cmake", "examples", "docs/man"]

LOGISH = r'''
OP1(LOGISH, "logish", a * F(log1p)(1 / (1 + F(exp)(-a))),
    DA("log1p(sigmoid(a)) + a * sigmoid(a) * (1 - sigmoid(a)) / (1 + sigmoid(a))") DEFINITION("a * log(1 + sigmoid(a))") SMOOTH
    FORM("logish(#a)")
    PYTHON("def logish(z):\n"
           "    return z * np.log1p(sigmoid(z))\n")
    LAYER("he") NOTE("z * log(1 + sigmoid(z)) of Zhu"))
'''
OPTION = r'''OPTION("draw", FOR(check), WHOLE(check.seed), "NUMBER", "of the values that are drawn, as --seed", ALIAS("lot") LETTER('z')
       MORE("Whoever draws the same draws again."))
'''
BEFORE_LOGISH = "\n/* ---- b is the mask"
HUBER = 'LOSS(huber, NONE, "", "where(abs(@ - Y) < 1, 1/2 * (@ - Y)**2, abs(@ - Y) - 1/2)", "", "", "regression", "regression",\n' \
        '     "squared for small errors")\n'


def changed(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


def put(path, text):
    """Only if it is new: what did not change is not built again."""
    if not path.exists() or path.read_bytes() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def changes(root):
    """The paragraphs that are added: {file: its new text}."""
    text = {name: (root / name).read_text() for name in ["src/core/ops.def", "src/core/lang/losses.def", "cli/options.def", "CMakeLists.txt"]}
    tiny = (root / "examples/logistic.eq").read_text().replace("logistic.eq", "tiny.eq")
    return {
        "src/core/ops.def": changed(text["src/core/ops.def"], BEFORE_LOGISH, LOGISH + BEFORE_LOGISH),
        "src/core/lang/losses.def": changed(text["src/core/lang/losses.def"], "#undef LOSS", HUBER + "#undef LOSS"),
        "cli/options.def": changed(text["cli/options.def"], 'OPTION("seed"', OPTION + 'OPTION("seed"'),
        "CMakeLists.txt": changed(text["CMakeLists.txt"], "(DFOO_MODELS logistic", "(DFOO_MODELS tiny logistic"),
        "examples/tiny.eq": tiny,
    }


@pytest.fixture(scope="module")
def grown(root, build, tmp_path_factory):
    """grown("derive", ..) runs the program of the copy: its standard output, or, of another status, its standard error."""
    copy = build / "grown"
    texts = {name: text.encode() for name, text in changes(root).items()}
    for part in PARTS:
        files = [root / part] if (root / part).is_file() else (root / part).rglob("*")
        for file in files:
            if file.is_file():
                texts.setdefault(str(file.relative_to(root)), file.read_bytes())
    for part in PARTS:  # what the tree has no more
        for file in (copy / part).rglob("*"):
            if file.is_file() and str(file.relative_to(copy)) not in texts:
                file.unlink()
    for name, text in texts.items():
        put(copy / name, text)
    env = dict(os.environ)
    if shutil.which("ccache"):
        env["CMAKE_C_COMPILER_LAUNCHER"] = "ccache"
    for command in (["cmake", "-S", copy, "-B", copy / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=-O0", "-DDFOO_TESTS=OFF"],
                    ["ninja", "-C", copy / "build", "dfoo", "dfoo_pages"]):
        done = subprocess.run(command, capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
    folder = tmp_path_factory.mktemp("grown")

    def run(*args, status=0, **kwargs):
        done = subprocess.run([copy / "build" / "dfoo", *map(str, args)], capture_output=True, encoding="utf-8", cwd=folder,
                              env=dict(os.environ, LC_ALL="C.UTF-8"), **kwargs)
        assert done.returncode == status, done
        return done.stderr if status else done.stdout

    run.folder, run.pages = folder, copy / "build" / "pages"
    return run


# ------------------------------------------------------------------ an operation


@pytest.fixture(scope="module")
def net(grown):
    (grown.folder / "net.eq").write_text(grown("new", "--layers", "logish 20, sigmoid 1"))
    X = np.random.default_rng(1).normal(size=(2, 40))
    np.savez(grown.folder / "data.npz", X=X, Y=(X[:1] * X[1:] > 0) * 1.0)
    return "net.eq"


def test_new_offers_it(grown, net):
    text = (grown.folder / net).read_text()
    assert "A1 = logish(Z1)" in text and re.search(r"param W1 : \S+ \S+ +~ he\n", text)


def test_it_is_derived_and_explained(grown, net):
    assert "log1p(sigmoid(Z1))" in grown("derive", net)
    assert "logish" in grown("explain", net, "dZ1")
    told = grown("explain", "logish")
    assert "logish(z) = z * log(1 + sigmoid(z))" in told and "0 failed" not in told
    assert r"\operatorname{logish}" in grown("explain", "logish", "--format", "latex")
    assert "right:" in grown("check", net)


def test_it_trains(grown, net):
    assert "50 epochs" in grown("train", net, "--data", "data.npz", "--epochs", 50, "--quiet", "-o", "run.npz")
    assert "A2" in grown("predict", net, "--weights", "run.npz", "--data", "data.npz")


def test_numpy_has_its_lines_and_those_they_call(grown, net):
    module = grown("derive", net, "--format", "numpy")
    names = {}
    exec(compile(module, "net.py", "exec"), names)  # pylint: disable=exec-used
    z = np.linspace(-3, 3, 7)
    np.testing.assert_allclose(names["logish"](z), z * np.log1p(1 / (1 + np.exp(-z))), rtol=1e-12)


def test_help_completion_and_manual_know_it(grown):
    sentence = "z * log(1 + sigmoid(z)) of Zhu"
    assert f"logish         {sentence}\n" in grown("help", "new") and ", logish," in grown("help", "explain")
    for shell in ["bash", "zsh", "fish"]:
        assert len(re.findall(r"\blogish\b", grown("help", "--completion", shell))) >= 2  # --layers, and what explain takes
    for page in ["new", "explain"]:
        assert f"logish\\fR\n{sentence}\n" in (grown.pages / f"dfoo-{page}.1").read_text()


# ------------------------------------------------- a loss and a model that is built in


def test_a_loss(grown):
    text = grown("new", "--layers", "tanh 3, linear 1", "--loss", "huber")
    assert "L  = where(abs(Z2 - Y) < 1, 1/2 * (Z2 - Y)**2, abs(Z2 - Y) - 1/2)\n" in text
    assert "dZ2" in grown("derive", "-", input=text)
    assert "huber          squared for small errors" in grown("help", "new")
    assert "mse, mae, huber; if not given" in grown("help", "new")
    assert re.search(r"words='[^']*\bhuber\b", grown("help", "--completion", "bash"))


def test_a_model(grown):
    assert "# tiny.eq" in grown("show", "tiny")
    for text in (grown(), grown("help"), grown("help", "derive"), grown("help", "--completion", "bash"),
                 (grown.pages / "dfoo-derive.1").read_text()):
        assert "tiny" in text


# --------------------------------------------------------------------- an option


def test_an_option_is_read(grown):
    assert "(seed 7)" in grown("check", "two_layer", "--draw", 7) == grown("check", "two_layer", "--seed", 7)
    assert grown("check", "two_layer", "--lot=7") == grown("check", "two_layer", "-z", "7") == grown("check", "two_layer", "--seed", 7)
    done = grown("check", "two_layer", "--draw", "x", status=2)
    assert 'takes a whole number from 0 on, not "x"' in done
    assert "did you mean --draw?" in grown("check", "two_layer", "--drwa", "1", status=2)
    assert "has no option --draw (dfoo check has)" in grown("derive", "two_layer", "--draw", "1", status=2)


def test_an_option_is_told(grown):
    assert "  -z NUMBER, --draw NUMBER, --lot NUMBER\n" in grown("help", "check")
    assert "--draw" not in grown("help", "train")
    page = (grown.pages / "dfoo-check.1").read_text()
    assert r"\fB\-\-draw\fR \fINUMBER\fR" in page and "as \\-\\-seed.\nWhoever draws the same draws again.\n" in page
    for shell, words in [("bash", "--draw --lot -z"), ("zsh", "--draw="), ("fish", "-l draw -l lot -s z -x")]:
        assert words in grown("help", "--completion", shell)


# -------------------------------------------------------------- what is left out


@pytest.mark.parametrize("column", ["DA", "DEFINITION", "FORM", "NUMPY", "LAYER", "NOTE", "KINK"])
def test_a_missing_column_stops_the_build(root, tmp_path, column):
    """And the compiler says which."""
    left_out = {"NUMPY": r'PYTHON\((?:"[^"]*"\s*)+\)', "KINK": "SMOOTH"}.get(column, column + r'\("[^"]*"\)')
    paragraph, n = re.subn(left_out, "", LOGISH)
    assert n == 1
    table = (root / "src/core/ops.def").read_text()
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "ops.def").write_text(changed(table, BEFORE_LOGISH, paragraph + BEFORE_LOGISH))
    done = subprocess.run(["cc", "-std=c17", "-fsyntax-only", "-I", tmp_path, "-I", root / "src", "-I", root / "include",
                           root / "src/core/ir/ops.c"], capture_output=True, text=True)
    assert done.returncode != 0
    assert f"ops.def: LOGISH has no column {column}" in done.stderr
    assert len(re.findall(r"error: static assertion", done.stderr)) == (2 if column == "KINK" else 1)
