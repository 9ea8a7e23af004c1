"""--json: every command, whatever becomes of it, writes one object that the schema describes, and nothing else."""
import json

import numpy as np
import pytest

jsonschema = pytest.importorskip("jsonschema")

T = "two_layer"


@pytest.fixture(scope="module")
def schema(root):
    text = json.loads((root / "docs" / "dfoo.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(text)
    return jsonschema.Draft202012Validator(text)


@pytest.fixture
def told(dfoo, schema):
    """told("derive", ..): the object, with the exit status that it speaks of."""

    def run(*args, **kwargs):
        done = dfoo(*args, "--json", **kwargs)
        assert done.stderr == ""
        found = json.loads(done.stdout)
        schema.validate(found)
        assert {"ok": 0, "no": 1, "wrong": 2}[found["status"]] == done.returncode
        return found

    return run


@pytest.fixture
def run(dfoo, root, tmp_path):
    done = dfoo("train", T, "--data", root / "examples/data/planar.csv", "--epochs", 5, "--quiet", "-o", tmp_path / "run.npz")
    assert done.returncode == 0
    return tmp_path / "run.npz"


def test_show(told, dfoo):
    assert told("show", T)["result"]["text"] == dfoo("show", T).stdout
    assert "beta" in told("show", "--optimizer", "momentum")["result"]["text"]


def test_derive(told, dfoo):
    result = told("derive", T)["result"]
    assert result["derivation"] == json.loads(dfoo("derive", T, "--format", "json").stdout)
    assert result["text"] == dfoo("derive", T).stdout
    assert "def backward" in told("derive", T, "--format", "numpy")["result"]["text"]
    assert told("derive", T, "--steps")["result"]["derivation"] == result["derivation"]


def test_explain(told, dfoo, tmp_path):
    result = told("explain", T, "dZ1")["result"]
    assert result["explanation"] == json.loads(dfoo("explain", T, "dZ1", "--format", "json").stdout)
    assert told("explain", "sigmoid")["result"]["explanation"]["explanations"][0]["kind"] == "function"
    page = tmp_path / "page.html"
    assert told("explain", T, "--all", "--format", "html", "-o", page)["result"]["file"] == str(page)
    assert page.exists()


def test_cv_and_find_rate(told, root, tmp_path):
    planar = root / "examples/data/planar.csv"
    found = told("cv", T, "--data", planar, "--epochs", 3, "--grid", "n1=2,3", "-o", tmp_path / "b.npz")["result"]
    assert len(found["points"]) == 2 and found["file"] == str(tmp_path / "b.npz")
    assert told("find-rate", T, "--data", planar)["result"]["rate"] > 0
    assert told("find-rate", T, "--data", planar, "-o", tmp_path / "r.svg")["result"]["file"] == str(tmp_path / "r.svg")
    assert "<svg" in told("find-rate", T, "--data", planar, "-o", "-")["result"]["text"]


def test_grad(told, tmp_path):
    r = np.random.default_rng(1)
    np.savez(tmp_path / "in.npz", X=r.normal(size=(3, 6)), Y=(r.uniform(size=(1, 6)) > 0.5) * 1.0, W1=r.normal(size=(4, 3)),
             b1=r.normal(size=(4, 1)), W2=r.normal(size=(1, 4)), b2=r.normal(size=(1, 1)))
    result = told("grad", T, "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz")["result"]
    with np.load(tmp_path / "out.npz") as written:
        assert {x["name"]: tuple(x["shape"]) for x in result["arrays"]} == {name: written[name].shape for name in written}


def test_check(told, root):
    check = told("check", T)["result"]["check"]
    assert check["right"] and check["planted"] == check["noticed"] > 0
    verdicts = {x["name"]: x for x in check["instances"][0]["gradients"]}
    assert set(verdicts) >= {"dZ2", "dW2", "db2", "dZ1", "dW1", "db1"}
    assert all(x["right"] and x["compared"] <= x["entries"] and x["difference"] < 1e-6 for x in verdicts.values())
    text = (root / "examples" / "two_layer.eq").read_text()
    wrong = told("check", "-", stdin=text + "dW2 = dZ2 @ A1.T\n")
    assert wrong["status"] == "no" and not wrong["result"]["check"]["right"]
    assert [x["right"] for x in wrong["result"]["check"]["claims"]] == [False]


def test_grade(told, dfoo, root, tmp_path):
    found = told("grade", T, root / "examples" / "mistakes", "-o", tmp_path / "r.json")["result"]
    assert found["grade"] == json.loads((tmp_path / "r.json").read_text()) and found["text"].startswith("12 programs, 0 right")


def test_train(told, root, tmp_path):
    result = told("train", T, "--data", root / "examples/data/planar.csv", "--split", 0.2, "--epochs", 20, "-o", tmp_path / "run.npz")["result"]
    assert (result["epoch"], result["epochs"], result["stopped"]) == (20, 20, False)
    assert [x["epoch"] for x in result["history"]] == sorted(x["epoch"] for x in result["history"]) and len(result["history"]) > 10
    assert result["history"][-1]["test"] == result["test"] and 0 <= result["test"]["accuracy"] <= 1
    assert result["file"] == str(tmp_path / "run.npz")


def test_train_warns_in_messages(told, tmp_path):
    r = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", X=1000 * r.normal(size=(2, 40)), Y=(r.uniform(size=(1, 40)) > 0.5) * 1.0)
    found = told("train", T, "--data", tmp_path / "data.npz", "--epochs", 3, "-o", tmp_path / "run.npz")
    assert found["status"] == "ok" and "warning" in {m["kind"] for m in found["messages"]}


def test_predict(told, root, run, tmp_path):
    data = root / "examples/data/planar.csv"
    result = told("predict", T, "--weights", run, "--data", data)["result"]
    (a2,) = result["predictions"]
    assert a2["name"] == "A2" and a2["shape"] == [1, 400] and len(a2["values"]) == 400
    assert sum(map(sum, result["confusion"]["count"])) == 400
    result = told("predict", T, "--weights", run, "--data", data, "-o", tmp_path / "p.csv")["result"]
    assert result["file"] == str(tmp_path / "p.csv") and len((tmp_path / "p.csv").read_text().splitlines()) == 401


def test_plot(told, run, tmp_path):
    assert told("plot", "--log", run)["result"]["text"].startswith("<svg")
    assert told("plot", "--log", run, "-o", tmp_path / "c.svg")["result"] == {"file": str(tmp_path / "c.svg")}


def test_new(told, dfoo, tmp_path):
    assert told("new", "--layers", "sigmoid 1")["result"]["text"] == dfoo("new", "--layers", "sigmoid 1").stdout
    assert told("new", "--layers", "sigmoid 1", "-o", tmp_path / "a.eq")["result"] == {"file": str(tmp_path / "a.eq")}


def test_help(told, dfoo):
    commands = {c["name"]: c for c in told("help")["result"]["commands"]}
    assert [name for name in commands if f"\n  {name} " not in dfoo("help").stdout] == []
    options = {o["name"]: o for o in commands["train"]["options"]}
    assert options["learning-rate"]["alias"] == "alpha" and options["data"]["required"] and "adam" in options["optimizer"]["words"]
    found = told("train", "--help")
    assert found["command"] == "help" and found["result"]["commands"] == [commands["train"]]
    assert "complete" in told("help", "--completion", "bash")["result"]["text"]


WRONG = [
    ["derive", "nosuch.eq"], ["derive", T, "--stesp"], ["derive"], ["frobnicate"], ["train", T, "--data", "x.csv", "-o", "-"], ["help", "frob"],
    ["explain", T, "dQ7"], ["new", "--layers", "rleu 3"], ["predict", T, "--weights", "nosuch.npz", "--data", "x.csv"], ["grad", T],
    ["check", T, "--seed", "x"], ["plot", T], ["show"], ["train", T, "--data", "nosuch.csv", "-o", "x.npz"], ["derive", "a\udcffb.eq"],
]


@pytest.mark.parametrize("args", WRONG, ids=lambda args: " ".join(args).encode("ascii", "replace").decode())
def test_what_is_wrong(told, tmp_path, args):
    assert told(*args, cwd=tmp_path)["status"] == "wrong"


def test_a_mistake_has_its_place(told):
    found = told("derive", "-", stdin="input X : (n, m)\nlabel Y : (n, m)\nZ = X @ Y\n")
    (message,) = found["messages"]
    assert (message["file"], message["line"], message["column"], message["length"]) == ("standard input", 3, 5, 5)
    assert "inner dimensions" in message["text"] and "X : (n, m)" in message["suggestion"]
    (message,) = told("new", "--layers", "tanh 3, sigmod 1")["messages"]
    assert (message["line"], message["column"], message["suggestion"]) == (1, 9, "did you mean sigmoid?")
