"""What the ending of an output's name says: of every output of every command, by the tables of `dfoo help --json`."""
import json
import pathlib
import shutil

import pytest

from conftest import ROOT
from cli.test_outputs import BASES, commands, options, run, short, words

KNOWN = {"grad": [".npz"], "grade": [".csv", ".html", ".json", ".md"], "train": [".npz"], "cv": [".npz"],
         "explain": [".txt", ".html", ".tex", ".typ", ".md", ".json"], "check": [".txt", ".json", ".html", ".md"],
         "practice": [".txt", ".html", ".md", ".xml", ".json"], "predict": [".csv", ".npz"], "find-rate": [".svg"],
         "plot": [".svg"], "new": [".eq"], "page": [".html", ".htm"],
         "train --log": [".csv", ".txt"], "cv --log": [".csv", ".txt"], "train --plot": [".svg"]}
CHOOSE = ["grade", "explain", "check", "practice", "predict"]


def outputs():
    for c in commands():
        for out in options(c, "writes"):
            yield c["name"], out


def known(command, out):
    return KNOWN[command if out == "--output" else f"{command} {out}"]


def listed(endings):
    return " or ".join(filter(None, [", ".join(endings[:-1]), endings[-1]]))


def asked(command, out, name):
    return words(command, dict(BASES[command][0], **{out: name}))


@pytest.mark.parametrize("name", ["x.pdf", "X.PNG", "x.y.xlsx", "in.html/x.onnx"])
@pytest.mark.parametrize("command, out", list(outputs()))
def test_another_format_is_refused(tmp_path, command, out, name):
    (tmp_path / "in.html").mkdir()
    done = run(asked(command, out, name), tmp_path)
    assert done.returncode == 2
    ending = pathlib.PurePath(name).suffix
    says = f"{short(out)} {name}: dfoo {command} writes {listed(known(command, out))} there, not {ending}"
    assert says in done.stderr and not (tmp_path / name).exists()


@pytest.mark.parametrize("command, out", [(c, o) for c, o in outputs() if c not in CHOOSE])
def test_names_of_ones_own_are_taken(tmp_path, command, out):
    for name in ["x", "x.best", "x_0.01", ".hidden", "in.pdf/x", "x." + known(command, out)[0][1:].upper()]:
        (tmp_path / "in.pdf").mkdir(exist_ok=True)
        done = run(asked(command, out, name), tmp_path)
        assert " there, not " not in done.stderr


@pytest.mark.parametrize("command", CHOOSE)
def test_where_it_chooses_it_has_to_say_something(tmp_path, command):
    done = run(asked(command, "--output", "x.best"), tmp_path)
    assert done.returncode == 2 and f"{listed(KNOWN[command])} there, not .best" in done.stderr
    for name in ["x", "x_0.01", "x." + KNOWN[command][1][1:].upper()]:
        assert " there, not " not in run(asked(command, "--output", name), tmp_path).stderr


def test_a_format_that_was_asked_for_has_any_name(tmp_path):
    shutil.copy(next((ROOT / "tests/judge").rglob("*.py")), tmp_path / "mine.py")
    assert run(["explain", "two_layer", "dW1", "--format", "html", "-o", "page.xhtml"], tmp_path).returncode == 0
    assert (tmp_path / "page.xhtml").read_text().startswith("<!DOCTYPE html>")
    assert run(["explain", "two_layer", "dW1", "-o", "PAGE.HTML"], tmp_path).returncode == 0
    assert (tmp_path / "PAGE.HTML").read_text().startswith("<!DOCTYPE html>")


def test_the_ending_chooses_for_check(tmp_path):
    (tmp_path / "mine.eq").write_text(run(["derive", "two_layer"], tmp_path).stdout)
    for name, begins in [("a.html", "<!DOCTYPE html>"), ("a.json", "{")]:
        run(["check", "two_layer", "--against", "mine.eq", "-o", name], tmp_path)
        assert (tmp_path / name).read_text().lstrip().startswith(begins)
    assert run(["check", "two_layer", "-o", "b.json"], tmp_path).returncode == 0
    json.loads((tmp_path / "b.json").read_text())
    for args, says in [(["two_layer"], "a page belongs to --against FILE"), (["--list"], "the list is a text")]:
        done = run(["check", *args, "-o", "c.html"], tmp_path)
        assert done.returncode == 2 and says in done.stderr and not (tmp_path / "c.html").exists()
