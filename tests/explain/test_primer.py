"""The pages of the primer, the lines of all layers, and equal starts. primer.txt and general.txt have texts that were read by
people; DFOO_UPDATE=1 writes them."""
import json
import os
import pathlib
import re

import numpy as np
import pytest

from explain.test_ends import LEARNERS
from explain.test_explain import HELD, MODELS
from explain.test_numbers import value

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TABLE = (ROOT / "src" / "teach" / "tell" / "primer.def").read_text()
PAGES = re.findall(r'^PAGE\("([^"]*)"', TABLE, re.M)
NONE = 'has nothing that the page "{}" tells of'


def held(text, name):
    found = HELD.match(text.rstrip("\n").split("\n\n")[-1].replace("\n", " "))
    assert found and (found[1] or found[3]), f"{name}\n{text}"
    assert float(found[2] or 0) < 1e-10 and float(found[4] or 0) < 1e-3, f"{name}\n{text}"


def golden(name, text):
    text, expected = re.sub(r" to (the last bit|\de[-+]\d+)", " to ..", text), HERE / name
    if os.environ.get("DFOO_UPDATE"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_texts(dfoo):
    assert len(PAGES) == len(set(PAGES)) >= 14
    told = {page: dfoo("explain", page) for page in PAGES}
    for page, done in told.items():
        assert done.returncode == 0 and done.stderr == "", page
        held(done.stdout, page)
        assert done.stdout.splitlines()[0] == page and max(map(len, done.stdout.splitlines())) <= 80, page
    golden("primer.txt", "\n".join(f'$ dfoo explain "{page}"\n{done.stdout}' for page, done in told.items()))


def test_every_sentence_stands_in_a_text():
    text = " ".join((HERE / "primer.txt").read_text().split())
    for sentence in re.findall(r'^SAY\(((?:"[^"]*"\s*)+)\)', TABLE, re.M):
        for piece in re.split(r"\{[^}]*\}", "".join(re.findall(r'"([^"]*)"', sentence))):
            assert " ".join(piece.split()) in text, piece


@pytest.mark.parametrize("model", MODELS + LEARNERS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_pages_are_told_of_any_model(dfoo, model):
    """Of every model either all lines hold, or the page says that it is not about this model."""
    told = 0
    for page in PAGES:
        done = dfoo("explain", model, page)
        if done.returncode == 2:
            assert NONE.format(page) in done.stderr and done.stdout == "", done.stderr
            continue
        assert done.returncode == 0 and done.stderr == "", f"{page}\n{done.stdout}{done.stderr}"
        held(done.stdout, page)
        told += 1
    assert told >= 3


def test_a_page_speaks_of_the_model_at_hand(dfoo, tmp_path):
    (tmp_path / "mine.eq").write_text("input P : (n, m)\nlabel T : (2, m)\nparam Q : (k, n)\nparam R : (2, k)\nH = softplus(Q @ P)\nG = R @ H\n"
                                      "J = 1/m * sum((G - T)**2)\nminimize J\n")
    text = dfoo("explain", tmp_path / "mine.eq", "transpose").stdout
    assert "dH = R.T @ dG" in text and "W2" not in text and "Z2" not in text
    assert "softplus'(" in dfoo("explain", tmp_path / "mine.eq", "activation").stdout


@pytest.mark.parametrize("name, page", [("Chain Rule", "chain rule"), ("chain-rule", "chain rule"), ("chain_rule", "chain rule"), ("sum over paths", "chain rule"),
                                        ("W.T", "transpose"), ("L or J", "1/m"), ("broadcasting", "bias"), ("hadamard", "activation"), ("log loss", "cross entropy"),
                                        ("symmetry breaking", "random start"), ("row vs column", "jacobian"), ("softmax", "softmax"), ("exploding gradients", "vanishing gradient")])
def test_other_names(dfoo, name, page):
    assert dfoo("explain", name).stdout.splitlines()[0] == page
    if page != "softmax":
        assert dfoo("explain", "two_layer", name).stdout.splitlines()[0] in (page, "")  # of two_layer as well


def test_a_name_of_the_model_is_not_a_page(dfoo, tmp_path):
    (tmp_path / "m.eq").write_text("input X : (n, m)\nparam bias : (1, n)\nJ = 1/m * sum((bias @ X)**2)\nminimize J\n")
    assert dfoo("explain", tmp_path / "m.eq", "bias").stdout.startswith("dbias = ")


def test_formats(dfoo):
    for page in ["chain rule", "random start"]:
        html = dfoo("explain", page, "--format", "html").stdout
        assert f"<h2>{page}</h2>" in html and f'id="{page.replace(" ", "-")}"' in html and f"{page} in two_layer.eq, explained" in html
        assert f"\\section*{{{page}}}" in dfoo("explain", page, "--format", "latex").stdout
        assert f"## {page}" in dfoo("explain", page, "--format", "markdown").stdout
        assert f"== {page}" in dfoo("explain", page, "--format", "typst").stdout
        data = json.loads(dfoo("explain", page, "--format", "json").stdout)["explanations"][0]
        assert data["kind"] == "page" and data["name"] == page and data["checked"]["failed"] == 0


# ---- one line for all layers

GENERAL = ["two_layer dA[l-1]", "two_layer dAL", "deep dA_prev", "deep dA[l]", "deep dZ[l]", "deep dW[l]", "deep dZ[L]"]


def test_general_lines(dfoo):
    golden("general.txt", "\n".join(f"$ dfoo explain {request}\n{dfoo('explain', *request.split()).stdout}" for request in GENERAL))


@pytest.mark.parametrize("name, line", [("dA[l-1]", "dA[l-1] = W[l].T @ dZ[l]"), ("A_prev", "dA[l-1] = W[l].T @ dZ[l]"), ("dA[l]", "dA[l] = W[l+1].T @ dZ[l+1]"),
                                        ("dW[l]", "dW[l] = 1/m * dZ[l] @ A[l-1].T"), ("dZ[l]", "dZ[l] = W[l+1].T @ dZ[l+1] * g[l]'(Z[l])")])
def test_a_general_line_is_that_of_each_layer(dfoo, name, line):
    text = dfoo("explain", "deep", name).stdout
    assert f"for any layer: {line}." in " ".join(text.split())
    assert len(re.findall(r"  l = \d", text)) >= 3
    for found, layer in re.findall(r"^   (d\w+ = .*?)  +l = (\d)", text, re.M):
        said = re.sub(r" \* g\[l\].*", "", line)
        said = re.sub(r"\[l([-+]\d)?\]", lambda at: str(int(layer) + int(at[1] or 0)), said).replace("A0", "X")
        assert found.startswith(said), (found, said)


def test_a_name_without_layers(dfoo, fails=None):
    done = dfoo("explain", "logistic", "dA_prev")
    assert done.returncode == 2 and "no variable 'dA_prev'" in done.stderr


# ---- single numbers

def entries(text):
    """W1[2,1]*x[1] with each entry as a key of `at`."""
    return re.sub(r"\b(?!exp\b|log\b|tanh\b|sigmoid\b|where\b|relu\b)([A-Za-z]\w*)(\[[\d,]+\])?(?!\()", r"at['\1\2']", text)


CALCULATOR = {"exp": np.exp, "log": np.log, "tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: max(z, 0.0)}


@pytest.mark.parametrize("model, more", [("two_layer", []), ("two_layer", ["--set", "n2=2", "--set", "n1=3"]), ("softmax", []), ("deep", []), ("logistic", [])])
def test_single_numbers_are_a_program(dfoo, model, more):
    """The lines are computed one after the other, from numbers drawn here; the gradients are the slopes of J."""
    done = dfoo("explain", model, "--scalar", *more, "--format", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)["explanations"][0]
    assert document["checked"]["failed"] == 0 and document["checked"]["derivatives"] > 10
    parts, forward, backward = 0, [], []
    for block in document["blocks"]:
        parts += block["kind"] == "section"
        sides = [s["formula"] for s in block.get("sides", [])]
        if sides and parts in (1, 2, 3) and "[l" not in sides[0] and "@" not in sides[-1]:
            (forward if parts == 1 else backward).append((sides[0], sides[-1]))
    names = set(re.findall(r"\['([^']*)'\]", " ".join(entries(x) for _, x in forward))) - {name for name, _ in forward}
    rng = np.random.default_rng(3)
    given = {name: float(rng.uniform(0.2, 0.9)) for name in sorted(names)}
    if "y[2]" in given:
        given["y[1]"], given["y[2]"] = 1.0, 0.0
        given.update({name: 0.0 for name in given if re.fullmatch(r"y\[[3-9]\]", name)})

    def run(at):
        for name, x in forward:
            at[name] = eval(entries(x), CALCULATOR, {"at": at})
        return at["J"]

    at = dict(given)
    run(at)
    for name, x in backward:
        at[name] = eval(entries(x), CALCULATOR, {"at": at})
    tried = 0
    for name in given:
        if "d" + name not in at:
            continue
        h = 1e-6
        slope = (run({**given, name: given[name] + h}) - run({**given, name: given[name] - h})) / (2 * h)
        assert abs(slope - at["d" + name]) < 1e-6 * max(1, abs(slope)), name
        tried += 1
    assert tried >= 3 and len(backward) >= len(given) - 2


@pytest.mark.parametrize("args, words", [(["two_layer", "dZ1", "--scalar"], "leave the rest away"), (["sigmoid", "--scalar"], "--scalar needs a MODEL"),
                                         (["two_layer", "--scalar", "--set", "n1=12"], "9 at the most")])
def test_what_single_numbers_do_not_go_with(dfoo, args, words):
    done = dfoo("explain", *args)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""


def test_sizes_of_the_model_itself_can_be_too_large(dfoo, tmp_path):
    (tmp_path / "wide.eq").write_text("input X : (784, m)\nparam W : (3, 784)\nZ = W @ X\nJ = 1/m * sum(Z**2)\nminimize J\n")
    done = dfoo("explain", tmp_path / "wide.eq", "--scalar")
    assert done.returncode == 2 and "9 at the most" in done.stderr


# ---- equal starts

@pytest.mark.parametrize("start", ["zeros", "equal"])
@pytest.mark.parametrize("model, name, rows", [("two_layer", "dW1", True), ("deep", "dW2", True), (ROOT / "tests" / "eq" / "rows.eq", "dW1", False)])
def test_units_stay_equal(dfoo, model, name, rows, start):
    done = dfoo("explain", model, name, "--start", start, "--format", "json")
    assert done.returncode == 0, done.stderr
    blocks = json.loads(done.stdout)["explanations"][0]["blocks"]
    sides = [[s["formula"] for s in b["sides"]] for b in blocks if b["kind"] == "line"]
    w = [value(s[-1]) for s in sides if s[0] == name[1:]]
    dw = [value(s[-1]) for s in sides if s[0] == name and value(s[-1]) is not None]
    assert len(w) == len(dw) == 4 and np.all(w[0] == (0 if start == "zeros" else 0.5))
    for k in range(3):  # each step can be computed again
        assert np.allclose(w[k + 1], w[k] - dw[k], atol=2e-3 * np.max(np.abs(w[k + 1])) + 1e-6), (w, dw)
    for m in w + dw:
        assert np.all(m == (m[:1] if rows else m[:, :1]))
    assert "still equal" in " ".join(dfoo("explain", model, name, "--start", start).stdout.split())


def test_start_needs_a_model(dfoo):
    done = dfoo("explain", "sigmoid", "--start", "zeros")
    assert done.returncode == 2 and "--start belong to a MODEL" in done.stderr


@pytest.mark.parametrize("name, meant", [("crosss entropy", 'the page "cross entropy"?'), ("transpoes", 'the page "transpose"?'),
                                         ("tahn", "the function tanh?"), ("sigmod", "the function sigmoid?"), ("dW11", "dW1?"), ("zz", None)])
def test_a_name_that_is_misspelled(dfoo, name, meant):
    done = dfoo("explain", "two_layer", name)
    assert done.returncode == 2
    assert f"did you mean {meant}" in done.stderr if meant else "did you mean" not in done.stderr
    assert "there are: dX, dY, dW1" in done.stderr
