"""`derive --format json`: complete, and what docs/json.md says it is."""
import json
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from own_models import DATA, END, MODELS, OPEN_MODELS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = sorted([*ROOT.glob("examples/*.eq"), *ROOT.glob("tests/eq/*.eq")])
OWN = {**MODELS, **OPEN_MODELS}

FIELDS = ["dfoo", "model", "head", "convention", "convention_reason", "examples", "cost", "predict", "sizes", "variables",
          "open_functions", "forward", "gradients", "unreached"]
GRADIENT = ["name", "of", "expression", "local", "shape", "differentiates", "shown", "through"]


def json_of(dfoo, model, *options, stdin=None):
    done = dfoo("derive", model, "--format", "json", *options, stdin=stdin)
    assert done.returncode == 0 and done.stderr == "", done
    return json.loads(done.stdout)


def check(dfoo, model, stdin=None):
    about = json_of(dfoo, model, stdin=stdin)
    assert list(about) == FIELDS
    names = {v["name"] for v in about["variables"]}
    dims = {s["name"] for s in about["sizes"]}
    assert {x["name"] for x in about["forward"]} <= names and about["cost"] in names and set(about["predict"]) <= names
    for v in about["variables"] + about["forward"] + about["gradients"]:
        assert all(isinstance(n, int) or n in dims for n in v["shape"]) and len(v["shape"]) in (0, 2)
    for x in about["gradients"]:
        assert list(x) == GRADIENT and x["name"] == "d" + x["of"] and x["of"] in names
        assert x["differentiates"] in ("loss", "cost")
        assert x["expression"] and x["local"]
    params = {v["name"] for v in about["variables"] if v["kind"] == "parameter"}
    assert params == {x["of"] for x in about["gradients"] if x["of"] in params} | set(about["unreached"])
    text = dfoo("derive", model, stdin=stdin).stdout
    assert text.startswith(about["head"])
    lines = [re.sub(r"\s+# .*", "", line) for line in text.splitlines() if not line.startswith("#")]
    assert lines == [f"{x['name']} = {x['expression']}" for x in about["gradients"] if x["shown"]]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_models_of_files(dfoo, path):
    if dfoo("derive", path).returncode:
        pytest.skip("is not derived")
    check(dfoo, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    for x in json_of(dfoo, path)["forward"]:
        if not x["given_name"]:
            assert lines[x["line"] - 1].lstrip().startswith(re.sub(r"\d+$", "", x["name"]))


@pytest.mark.parametrize("name", OWN)
def test_own_models(dfoo, name):
    check(dfoo, "-", OWN[name])


def test_what_is_said(dfoo):
    about = json_of(dfoo, "two_layer")
    assert about["examples"] == {"name": "m", "axis": 1, "interact": False}
    assert (about["convention"], about["convention_reason"]) == ("course", None)
    assert json_of(dfoo, "two_layer", "--convention", "dJ")["convention"] == "dJ"
    by_name = {x["name"]: x for x in about["gradients"]}
    assert by_name["dZ2"] == {"name": "dZ2", "of": "Z2", "expression": "A2 - Y", "local": "dA2 * A2 * (1 - A2)",
                              "shape": ["n2", "m"], "differentiates": "loss", "shown": True, "through": "A2"}
    assert by_name["dW2"]["differentiates"] == "cost" and not by_name["dA2"]["shown"]
    assert {"name": "n1", "value": 4} in about["sizes"]
    assert json_of(dfoo, "-", stdin=MODELS["normalised"])["examples"]["interact"] is True
    assert json_of(dfoo, "-", stdin=MODELS["unreached"])["unreached"] == ["b", "lambda"]
    assert json_of(dfoo, "-", stdin=OPEN_MODELS["open"])["open_functions"] == ["g1"]
    assert json_of(dfoo, "-", stdin=MODELS["one_example"])["examples"] is None
    variables = {v["name"]: v for v in json_of(dfoo, "-", stdin=MODELS["dropout"])["variables"]}
    assert variables["M1"] == {"name": "M1", "kind": "mask", "shape": ["n1", "m"], "keep": 0.8}
    shown = [x["name"] for x in json_of(dfoo, "two_layer", "--wrt", "b2")["gradients"] if x["shown"]]
    assert shown == ["dZ2", "db2"]


def test_strings_are_escaped(dfoo, tmp_path):
    path = tmp_path / "a\"b\\c\té.eq"
    path.write_text(DATA + "A = W @ X + b\n" + END)
    assert json_of(dfoo, path)["model"] == path.name
    strange = bytes(tmp_path) + b"/\xff.eq"
    pathlib.Path(strange.decode(errors="surrogateescape")).write_text(DATA + "A = W @ X + b\n" + END)
    done = dfoo("derive", path.parent / "\udcff.eq", "--format", "json", text=False)
    assert done.returncode == 0
    assert json.loads(done.stdout.decode())["model"] == "\\xFF.eq"


def test_every_field_is_documented(root, dfoo):
    page = (root / "docs" / "json.md").read_text()
    seen = set()
    for model, stdin in [("two_layer", None), ("-", MODELS["dropout"]), ("-", MODELS["penalty"])]:
        todo = [json_of(dfoo, model, stdin=stdin)]
        while todo:
            x = todo.pop()
            seen |= set(x) if isinstance(x, dict) else set()
            todo += [y for y in (x.values() if isinstance(x, dict) else x) if isinstance(y, (dict, list))]
    for field in seen:
        assert f"`{field}`" in page, field
