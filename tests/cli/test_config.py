"""A run repeated from its file of options: `dfoo show run.npz --config`, `dfoo train FILE.toml`."""
import json

import numpy as np
import pytest

ODD = 'a "b\\c\t# é.csv'


@pytest.fixture
def works(dfoo, tmp_path):
    def run(*args):
        done = dfoo(*args, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def planar(root, tmp_path):
    (tmp_path / "planar.csv").write_bytes((root / "examples/data/planar.csv").read_bytes())
    return "planar.csv"


def parameters(path):
    with np.load(path) as run:
        return {name: run[name].tobytes() for name in run if not name.startswith("dfoo.")}


REQUESTS = [
    ["two_layer"],
    ["two_layer", "--set", "n1=7", "--split", "0.2", "--seed", "18446744073709551615", "--epochs", "20"],
    ["two_layer", "--optimizer", "adam", "--alpha", "0.1", "--settings", "beta1=0.8,epsilon=1e-8", "--batch", "33", "--dtype", "f32", "--epochs", "9"],
    ["two_layer", "--alpha", "0.30000000000000004", "--decay", "1e-300", "--schedule", "step every=3 factor=0.5", "--clip", "1", "--epochs", "7", "--header", "yes",
     "--labels", "class", "--map", "X=x,y", "--scale", "1/3", "--decay-all", "--split", "0.29", "--patience", "3"],
    ["logistic", "--learning-rate", "0", "--epochs", "0"],
]


@pytest.mark.parametrize("args", REQUESTS, ids=range(len(REQUESTS)))
def test_a_run_is_repeated_to_the_last_bit(works, planar, tmp_path, args):
    works("train", *args, "--data", planar, "--quiet", "--threads", 1, "--log", "log.csv", "-o", "one.npz")
    text = works("show", "one.npz", "--config")
    (tmp_path / "run.toml").write_text(text)
    works("train", "run.toml", "-o", "two.npz")
    assert parameters(tmp_path / "one.npz") == parameters(tmp_path / "two.npz")
    again = works("show", "two.npz", "--config")
    assert again == text
    assert not any(f"\n{word} = " in text for word in ("threads", "log", "quiet", "output"))  # they say nothing of what comes out


def test_as_other_readers_of_toml_have_it(works, planar, tmp_path):
    tomllib = pytest.importorskip("tomllib")
    (tmp_path / ODD).write_bytes((tmp_path / planar).read_bytes())
    works("train", "two_layer", "--set", "n1=3", "--data", ODD, "--alpha", 0.25, "--epochs", 3, "--standardize", "-o", "run.npz")
    found = tomllib.loads(works("show", "run.npz", "--config"))
    assert found == {"model": "two_layer", "set": ["n1=3"], "data": [ODD], "learning-rate": 0.25, "epochs": 3, "standardize": True}


def test_every_form(works, planar, tmp_path):
    (tmp_path / "run.toml").write_text(
        f"# a comment\n\n  model='two_layer' # another\r\ndata = [ '{planar}' ]\nset = [\"n1=5\", 'n1=6',]\nalpha = +1.5e-1\n"
        'split = 0.25\nquiet = true\ndecay-all = false\nscale = ["X=1\\u002F2"]\noutput = "a.npz"\nepochs=4')
    works("train", "run.toml")
    with np.load(tmp_path / "a.npz") as run:
        assert run["W1"].shape == (6, 2) and run["dfoo.split"] == 0.25 and run["dfoo.scale.X"].tolist() == [1, 2]


def test_the_command_line_goes_before_the_file(works, planar, tmp_path):
    (tmp_path / "run.toml").write_text(f'model = "two_layer"\ndata = "{planar}"\nset = ["n1=5"]\nepochs = 4\noutput = "a.npz"\n')
    works("train", "run.toml", "--set", "n1=2", "--epochs", 6, "-o", "b.npz")
    with np.load(tmp_path / "b.npz") as run:
        assert run["W1"].shape == (2, 2) and run["dfoo.epochs"] == 6
    assert not (tmp_path / "a.npz").exists()


def test_other_commands_read_it(works, planar, tmp_path):
    (tmp_path / "cv.toml").write_text(f'model = "two_layer"\ndata = "{planar}"\ngrid = ["n1=2,3", "epochs=2,4"]\nfolds = 3\n')
    found = json.loads(works("cv", "cv.toml", "--json", "-o", "best.npz"))["result"]
    assert found["folds"] == 3 and len(found["points"]) == 4
    text = works("show", "best.npz", "--config")
    values = found["points"][found["best"]]["values"]
    assert f'set = ["n1={values["n1"]}"]' in text and f"epochs = {values['epochs']}\n" in text
    (tmp_path / "best.toml").write_text(text)
    works("train", "best.toml", "-o", "again.npz")
    assert parameters(tmp_path / "best.npz") == parameters(tmp_path / "again.npz")


@pytest.mark.parametrize("lines, says", [
    ("model = 3", "1: model takes a text"),
    ("[train]", "1: sections as in [train] are not needed"),
    ("learnig-rate = 1", "1: dfoo train has no option learnig-rate; did you mean learning-rate?"),
    ("mdel = 'x'", "did you mean model?"),
    ("\n\nalpha = 'x'", "3: learning-rate takes a number, not x"),
    ("alpha = -1", '1: --learning-rate takes a number from 0 on, not "-1"'),
    ("alpha = 1\nlearning-rate = 2", "2: learning-rate stands here a second time"),
    ("optimizer = adam", "a value is a text in quotes"),
    ("optimizer = 'adam", "does not end in this line"),
    ('optimizer = "a\\qdam"', "\\q in it"),
    ("optimizer = 'adam' x", "behind the value of optimizer stands x"),
    ("standardize = 1", "standardize takes true or false, not 1"),
    ("standardize", "a line is NAME = VALUE"),
    ("= 3", "a line is NAME = VALUE"),
    ("set = ['n1=3'", "does not end with ]"),
    ("epochs = [3]", "epochs takes one value, and no list"),
    ("epochs = 2.5", '--epochs takes a whole number'),
    ("dtype = 'f16'", '--dtype takes f64 or f32, not "f16"'),
    ("epochs = ", "not nothing"),
    ("epochs = 3\n", "says no model"),
    ("epochs = nan", "not nan"),
])
def test_mistakes_have_their_line(dfoo, tmp_path, planar, lines, says):
    (tmp_path / "run.toml").write_text(lines)
    done = dfoo("train", "run.toml", "--data", planar, "-o", "x.npz", cwd=tmp_path)
    assert done.returncode == 2 and says in done.stderr and "run.toml" in done.stderr, done.stderr
    told = json.loads(dfoo("train", "run.toml", "--data", planar, "-o", "x.npz", "--json", cwd=tmp_path).stdout)
    if ":" in says and says[0].isdigit():
        assert told["messages"][0]["line"] == int(says.split(":")[0]) and told["messages"][0]["file"] == "run.toml"


def test_what_is_no_file_of_options(dfoo, tmp_path, planar, works):
    assert "cannot read none.toml" in dfoo("train", "none.toml", "--data", planar, "-o", "x.npz", cwd=tmp_path).stderr
    (tmp_path / "zero.toml").write_bytes(b"model = 'two_layer'\0\n")
    assert "a byte of it is 0" in dfoo("train", "zero.toml", "--data", planar, "-o", "x.npz", cwd=tmp_path).stderr
    (tmp_path / "long.toml").write_bytes(b"#" * (1 << 21))
    assert "longer than a megabyte" in dfoo("train", "long.toml", "--data", planar, "-o", "x.npz", cwd=tmp_path).stderr
    np.savez(tmp_path / "old.npz", W1=np.ones((1, 1)))
    assert "does not say how it was asked for" in dfoo("show", "old.npz", "--config", cwd=tmp_path).stderr
    assert "is no run" in dfoo("show", "two_layer", "--config", cwd=tmp_path).stderr
    assert "belongs to a run" in dfoo("show", "--config", cwd=tmp_path).stderr
