"""Programs that were written by hand, as learners write them, before anybody looked at the judge: right ones, and what
is usually wrong in them. Each is judged for outputs of one and of two units, where it takes both."""
import json
import pathlib
import re

import pytest

from .hands.table import MISTAKES, PROGRAMS

FOLDER = pathlib.Path(__file__).parent / "hands"
RIGHT = [(name, size) for name, (_, sizes, found) in PROGRAMS.items() if found for size in sizes]
NOT_FOUND = [(name, size) for name, (_, sizes, found) in PROGRAMS.items() if not found for size in sizes]
WRONG = [k for k, row in enumerate(MISTAKES) if row[4]]


@pytest.fixture(scope="module")
def judge(dfoo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")

    def run(name, size, text):
        model = folder / f"{name}{size}.eq"
        equations = (FOLDER / f"{PROGRAMS[name][0]}.eq").read_text()
        model.write_text(re.sub(r"\bK\b", size, equations))
        done = dfoo("check", str(model), "--against", "-", "--json", stdin=text.replace("K_OUT", size))
        return json.loads(done.stdout)["result"]["judgement"]
    return run


def program(name):
    return (FOLDER / f"{name}.py").read_text()


@pytest.mark.parametrize("name, size", RIGHT)
def test_right_ones_are_right(judge, name, size):
    answer = judge(name, size, program(name))
    assert answer["right"], answer
    assert all(g["right"] for g in answer["gradients"])


@pytest.mark.parametrize("name, size", NOT_FOUND)
def test_what_is_not_read_is_not_accused(judge, name, size):
    answer = judge(name, size, program(name))
    assert not answer["found"] and not answer["first_wrong_line"]


@pytest.mark.parametrize("number", WRONG)
def test_wrong_ones_are_found_and_named(judge, number):
    name, old, new, mistakes, _ = MISTAKES[number]
    text = program(name)
    line = text[:text.index(old)].count("\n") + 1
    sizes = PROGRAMS[name][1]
    answer = judge(name, sizes[number % len(sizes)], text.replace(old, new, 1))
    wrong = [g for g in answer["gradients"] if not g["right"] and g["line"]]
    assert (answer["first_wrong_line"] or answer["failure_line"]) == line
    assert (wrong[0]["mistake"] if wrong else answer["failure_mistake"]) in mistakes
