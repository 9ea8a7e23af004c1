"""`--format typst`, of derive and of explain: every model compiles, alone and in a document of somebody's own."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from own_models import MODELS as OWN  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = sorted((ROOT / "examples").glob("*.eq")) + [ROOT / f"examples/gallery/{name}.eq" for name in ("cox", "crf", "kalman", "lstm")] + sorted((ROOT / "tests" / "eq").glob("*.eq"))
FUNCTIONS = ["exp", "log", "sqrt", "erf", "abs", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "log1p"]

# Documents on standard input, one behind the other; says which does not compile, and why.
COMPILE = """
import sys, typst
for part in sys.stdin.read().split("\\0"):
    name, text = part.split("\\n", 1)
    try:
        typst.compile(text.encode())
    except Exception as error:
        print(name, error)
"""


@pytest.fixture(scope="module")
def python():
    made = subprocess.run([ROOT / "tools/venv"], capture_output=True, text=True, timeout=600)
    if made.returncode:
        pytest.skip(f"no Typst: {made.stderr.strip()[-200:]}")
    return made.stdout.strip()


def wrong(python, documents):
    text = "\0".join(f"{name}\n{text}" for name, text in documents)
    done = subprocess.run([python, "-c", COMPILE], input=text, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def typst(dfoo, *args, stdin=None):
    done = dfoo(*map(str, args), "--format", "typst", stdin=stdin, env={"LANG": "C.UTF-8"})
    assert done.returncode == 0 and done.stderr == "", (args, done.stderr)
    return done.stdout


def test_what_it_looks_like(dfoo):
    lines = typst(dfoo, "derive", "two_layer").splitlines()
    assert lines[0].startswith("// two_layer.eq: examples are columns")
    assert lines[3:6] == ["$", "upright(d) Z_(2) &= A_(2) − Y && quad (n_(2) × m) \\",
                          "upright(d) W_(2) &= frac(1, m) thin upright(d) Z_(2) thin A_(1)^⊤ && quad (n_(2) × n_(1)) \\"]
    assert lines[-1] == "$"


def test_standalone_belongs_to_it(dfoo):
    text = typst(dfoo, "derive", "two_layer", "--standalone")
    assert text.startswith("#set page") and "The forward pass" in text and "The gradients" in text


def test_a_fault_is_noticed(python):
    assert wrong(python, [("sound", "$ a $"), ("broken", "$ frac(a $")]).startswith("broken ")


def test_every_derivation_compiles(dfoo, python):
    documents = [(model.stem, typst(dfoo, "derive", model, *options)) for model in MODELS for options in [[], ["--standalone"]]]
    documents += [(name, typst(dfoo, "derive", "-", "--standalone", stdin=text)) for name, text in OWN.items()]
    assert wrong(python, documents) == ""


@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
def test_every_explanation_compiles(dfoo, python, way):
    documents = [(model.stem, typst(dfoo, "explain", model, "--all", "--by", way, "--standalone")) for model in MODELS]
    documents.append(("two_layer dW1", typst(dfoo, "explain", "two_layer", "dW1", "--by", way, "--steps", "--numbers")))
    assert wrong(python, documents) == ""


def test_every_function_compiles(dfoo, python):
    assert wrong(python, [(name, typst(dfoo, "explain", name, "--standalone")) for name in FUNCTIONS]) == ""
