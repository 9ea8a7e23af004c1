"""Exercises: each is what it says it is, by ways of its own: the right line passes `check --against`, the wrong one fails there,
every other line passes; answers are judged by what they compute; the formats are what they should be."""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from conftest import is_instrumented

BIN = os.environ["DFOO_BIN"]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODELS = ["logistic", "two_layer", "deep", "softmax"] + [
    os.path.join(ROOT, "examples", "more", name) for name in sorted(os.listdir(os.path.join(ROOT, "examples", "more"))) if name.endswith(".eq")]


def dfoo(*args, status=0):
    done = subprocess.run([BIN, *args], capture_output=True, text=True, timeout=120)
    assert status is None or done.returncode == status, (args, done.returncode, done.stderr[-600:], done.stdout[-300:])
    return done


def exercise(model, *args):
    return json.loads(dfoo("practice", model, *args, "--format", "json", "--hint", "line").stdout)["exercises"]


def judged_elsewhere(model, lines, tmp_path):
    """What `check --against` says of lines: the names of those that are wrong."""
    file = tmp_path / "lines.eq"
    file.write_text("\n".join(lines) + "\n")
    done = dfoo("check", model, "--against", str(file), "--format", "json", status=None)
    assert done.returncode in (0, 1), done.stderr
    return [a["name"] for a in json.loads(done.stdout)["answers"] if not a["right"]]


@pytest.mark.parametrize("model", MODELS, ids=os.path.basename)
@pytest.mark.parametrize("kind", ["blank", "mistake"])
def test_every_exercise_is_true(model, kind, tmp_path):
    done = dfoo("practice", model, "--kind", kind, "--count", "4", "--format", "json", "--hint", "line", status=None)
    if done.returncode == 2:
        assert "no mistake was found" in done.stderr or "no gradient to be asked for" in done.stderr, done.stderr
        pytest.skip("nothing to ask for")
    seen = set()
    for x in json.loads(done.stdout)["exercises"]:
        assert x["kind"] == kind and x["seed"] in range(4)
        rest = [line["line"] for line in x["backward"] if line["name"] != x["of"]]
        assert judged_elsewhere(model, rest + [x["solution"]], tmp_path) == []
        for wrong in x["wrong"]:
            assert judged_elsewhere(model, [wrong["line"]], tmp_path) == [x["of"]], wrong
        asked = next(line for line in x["backward"] if line["name"] == x["of"])
        if kind == "mistake":
            assert asked["line"] == x["wrong"][0]["line"] != x["solution"]
        else:
            assert asked["line"] is None and x["asked"] == x["of"]
        seen.add((x["of"], x["wrong"][0]["line"] if kind == "mistake" else ""))
        seed = str(x["seed"])
        done = dfoo("practice", model, "--seed", seed, "--kind", kind, "--answer", x["solution"])
        assert "right" in done.stdout.splitlines()[-1], done.stdout
    lines = len(x["backward"])
    assert lines < 3 or len(seen) > 1, "four seeds ask for one and the same"


def test_a_seed_is_the_same_for_everybody():
    assert dfoo("practice", "deep", "--seed", "11").stdout == dfoo("practice", "deep", "--seed", "11").stdout
    alone = exercise("deep", "--seed", "12")[0]
    among = exercise("deep", "--seed", "10", "--count", "4")[2]
    assert alone == among
    assert len({json.dumps(x["backward"]) for x in exercise("deep", "--count", "12")}) > 6


@pytest.mark.parametrize("answer, right", [
    ("dW1 = 1/m * dZ1 @ X.T", True), ("1/m * dZ1 @ X.T", True), ("(X @ dZ1.T).T / m", True), ("dw1 = dZ1 / m @ X.T", True),
    ("1/m * (W2.T @ dZ2 * (1 - A1**2)) @ X.T", True),  # without dZ1's name
    ("dZ1 @ X.T", False), ("1/m * X @ dZ1.T", False), ("-1/m * dZ1 @ X.T", False), ("dZ1", False), ("0", False)])
def test_answers(answer, right):
    said = dfoo("practice", "two_layer", "--seed", "2", "--answer", answer, status=0 if right else 1).stdout
    assert ("right" in said.splitlines()[-1] or "computes the same as" in said.splitlines()[-1]) == right, said


@pytest.mark.parametrize("answer, says", [
    ("dW1", "cannot stand in its own line"), ("dW2 = 1/m * dZ2 @ A1.T", "dW1 is asked for"), ("dQ = 1", "none of the lines"),
    ("1/m * dZ1 @", "where a value is expected"), ("dZ1 @ X", "inner dimensions differ"), (" ", "empty"),
    ("dW1 = db1 @ ones(1, n0)", "db1 stands below"), ("frobnicate", "unknown name"), ("1\ndW1 = 2", "one line")])
def test_answers_that_cannot_be_read(answer, says):
    done = dfoo("practice", "two_layer", "--seed", "2", "--answer", answer, status=2)
    assert says in done.stderr and not done.stdout, done.stderr


def test_the_wrong_line_by_its_name():
    x = exercise("two_layer", "--seed", "3", "--kind", "mistake")[0]
    others = [line["name"] for line in x["backward"] if line["name"] != x["of"]]
    args = ("practice", "two_layer", "--seed", "3", "--kind", "mistake", "--answer")
    assert "is the wrong line" in dfoo(*args, x["of"]).stdout
    for name in others:
        assert "is right" in dfoo(*args, name, status=1).stdout
    assert x["wrong"][0]["mistake"] in dfoo(*args, x["wrong"][0]["line"], "--hint", "more", status=1).stdout
    assert "is none of the lines" in dfoo(*args, "dA7", status=2).stderr


@pytest.mark.parametrize("kind", ["blank", "mistake"])
def test_hints_say_more_and_more_and_only_the_last_the_line(kind):
    for seed in range(8):
        args = ("practice", "two_layer", "--seed", str(seed), "--kind", kind)
        x = exercise("two_layer", "--seed", str(seed), "--kind", kind)[0]
        plain = dfoo(*args).stdout
        said = [dfoo(*args, "--hint", word).stdout for word in ("where", "kind", "more")]
        assert len({plain, *said}) == 4 and all(text.startswith(plain) for text in said)
        assert all(x["solution"] not in text for text in [plain, *said])
        assert x["solution"] in re.sub(r"\s+", " ", dfoo(*args, "--hint", "line").stdout)
        assert x["of"] in said[0] and x["hints"][0] in re.sub(r"\s+", " ", said[0])


def test_the_other_convention_is_told_apart():
    x = json.loads(dfoo("practice", "two_layer", "--seed", "1", "--kind", "blank", "--convention", "dJ", "--format", "json", "--hint", "line").stdout)
    assert x["convention"] == "dJ" and any("1/m" in (line["line"] or "") and line["name"] == "dZ2" for line in x["exercises"][0]["backward"]) or \
        x["exercises"][0]["solution"].startswith("dZ2 = 1/m")
    seed = next(str(x["seed"]) for x in exercise("two_layer", "--kind", "blank", "--count", "20") if x["of"] == "dZ2")
    said = dfoo("practice", "two_layer", "--seed", seed, "--kind", "blank", "--answer", "1/m * (A2 - Y)", status=1).stdout
    assert "right elsewhere: here the 1/m does not stand as in the other lines" in said, said
    said = dfoo("practice", "two_layer", "--seed", seed, "--kind", "blank", "--convention", "dJ", "--answer", "A2 - Y", status=1).stdout
    assert "right elsewhere" in said, said


@pytest.mark.parametrize("convention", ["course", "dJ"])
@pytest.mark.parametrize("model", ["two_layer", "deep", "softmax"])
def test_the_lines_of_either_convention_are_right_there(model, convention):
    """With the values that the lines above have in it."""
    how = ("--kind", "blank", "--convention", convention)
    for x in exercise(model, *how, "--count", "12"):
        said = dfoo("practice", model, "--seed", str(x["seed"]), *how, "--answer", x["solution"]).stdout.splitlines()[-1]
        assert said == x["solution"] + ": right", said
        for wrong in x["wrong"]:
            said = dfoo("practice", model, "--seed", str(x["seed"]), *how, "--answer", wrong["line"], "--hint", "more", status=1).stdout
            assert wrong["mistake"] in re.sub(r"\s+", " ", said), (said, wrong)


GALLERY = [os.path.join(ROOT, "examples", "gallery", name) for name in sorted(os.listdir(os.path.join(ROOT, "examples", "gallery"))) if name.endswith(".eq")]


def peak(*args):
    """The largest memory of a run, in MB."""
    program = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(done.returncode)"
    done = subprocess.run([sys.executable, "-c", program, BIN, *args], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) / 1024


@pytest.mark.skipif(is_instrumented(), reason="sanitizers keep what is freed")
@pytest.mark.parametrize("model", ["deep", os.path.join(ROOT, "examples", "gallery", "attention.eq")], ids=os.path.basename)
def test_many_exercises_need_little_more_memory_than_few(model):
    few, many = peak("practice", model, "--count", "20", "--format", "moodle"), peak("practice", model, "--count", "200", "--format", "moodle")
    assert many < 60 and many < few + 30, (few, many)


def wrong_lines_stand_on_lines_above(x):
    known = {line["name"] for line in x["backward"]}
    above = set()
    for line in x["backward"]:
        if line["name"] == x["of"]:
            break
        above.add(line["name"])
    for wrong in x["wrong"]:
        named = set(re.findall(r"\bd[A-Za-z_]\w*", wrong["line"].split(" = ", 1)[1])) & known
        assert named <= above, (named, wrong)


@pytest.mark.parametrize("model", MODELS + GALLERY, ids=os.path.basename)
def test_moodle_has_something_to_choose_from(model):
    """Two lines at least, which look different, whatever the seed; a wrong one is made of what stands above it."""
    done = dfoo("practice", model, "--count", "30", "--format", "moodle", status=None)
    if done.returncode == 2:
        assert re.search("no mistake was found|no gradient to be asked for|Moodle needs two lines", done.stderr), done.stderr
        pytest.skip("nothing to ask for")
    for question in ET.fromstring(done.stdout):
        texts = {"".join(ET.fromstring(a.findtext("text")).itertext()) for a in question.findall("answer")}
        assert len(texts) == len(question.findall("answer")) >= 2
    for x in exercise(model, "--count", "30"):
        wrong_lines_stand_on_lines_above(x)


def test_one_choice_is_refused(tmp_path):
    file = tmp_path / "one.eq"
    file.write_text("input x : (n, m)\nparam w : (1, 1)\nJ = w\nminimize J\n")
    said = dfoo("practice", str(file), "--kind", "blank", "--format", "moodle", status=2)
    assert "Moodle needs two lines to choose from" in said.stderr and not said.stdout
    assert "What is dw?" in dfoo("practice", str(file), "--kind", "blank").stdout


def test_moodle_takes_it():
    """The elements that Moodle's XML format asks of a question with choices: one right answer of 100 %, a word on each choice."""
    quiz = ET.fromstring(dfoo("practice", "two_layer", "--count", "9", "--format", "moodle").stdout)
    assert quiz.tag == "quiz" and len(quiz) == 9
    for question in quiz:
        assert question.get("type") == "multichoice" and question.findtext("name/text")
        assert question.find("questiontext").get("format") == "html"
        assert question.findtext("single") == "true" and question.findtext("defaultgrade") == "1"
        html = ET.fromstring("<div>" + question.findtext("questiontext/text") + "</div>")  # is well formed
        assert "Backward pass" in "".join(html.itertext())
        answers = question.findall("answer")
        assert sorted(a.get("fraction") for a in answers)[-1] == "100" or [a.get("fraction") for a in answers].count("100") == 1
        assert [a.get("fraction") for a in answers].count("100") == 1 and len(answers) > 1
        texts = ["".join(ET.fromstring(a.findtext("text")).itertext()) for a in answers]
        assert len(set(texts)) == len(texts), "two choices look alike"
        assert all(a.findtext("feedback/text") for a in answers)


def test_a_worksheet_has_room_and_solutions_at_the_end(tmp_path):
    page = tmp_path / "sheet.html"
    dfoo("practice", "two_layer", "--count", "6", "--hint", "line", "-o", str(page))  # the ending says which format
    text = page.read_text()
    assert text.count('<div class="answer">') == 6 and text.count("<article>") == 6
    front, back = text.split('<section class="solutions">')
    assert back.count("<li>") == 6 and "The right line is" in back and "The right line is" not in front
    assert re.search(r"<script|https?://", text) is None
    assert "Solutions" not in dfoo("practice", "two_layer", "--count", "6", "--format", "html").stdout
    assert dfoo("practice", "two_layer", "--count", "2", "--format", "markdown").stdout.count("```") == 6


@pytest.mark.parametrize("args, says", [
    (["--count", "2", "--answer", "1"], "--answer is to one exercise"), (["--count", "5000"], "at most 1000"),
    (["--answer", "1", "--format", "moodle"], "Moodle judges"), (["--kind", "riddle"], "blank"), (["--seed", "-1"], "whole number")])
def test_what_does_not_go_together(args, says):
    assert says in dfoo("practice", "two_layer", *args, status=2).stderr


def test_models_without_a_gradient(tmp_path):
    file = tmp_path / "forward.eq"
    file.write_text("input X : (n, m)\nparam w : (n, 1)\nA = sigmoid(w.T @ X)\n")
    assert "what to minimise" in dfoo("practice", str(file), status=2).stderr
