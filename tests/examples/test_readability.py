"""How hard the derived formulas are to read: a score for each model of examples/ and tests/eq and for those that are built in, held in
readability.txt. It may not get worse; DFOO_UPDATE=1 writes the table again.

The score of a formula is its length in characters, with 10 more for each level of brackets in it, and with the length of each part in brackets
that stands there again (a reader has to see that it is the same). Of a model the table holds how many lines it has, their
score together, and the worst line's."""
import os
import pathlib
import re

import pytest

from conftest import ROOT

TABLE = pathlib.Path(__file__).with_name("readability.txt")
BUILT_IN = ("logistic", "two_layer", "deep", "softmax")
FOLDERS = ("examples", "examples/gallery", "examples/more", "tests/eq")
MODELS = [*sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.eq")), *BUILT_IN]
HEAD = "model lines score worst".split()
LEVEL = 10
SHORT = 6  # characters of a part in brackets that may well be repeated: (A2), .T


def parts(formula):
    """The parts in brackets, with the names of functions before them, and how deep brackets stand in brackets."""
    out, open_at, deepest = [], [], 0
    for i, sign in enumerate(formula):
        if sign in "([":
            open_at.append(i)
            deepest = max(deepest, len(open_at))
        elif sign in ")]":
            start = open_at.pop()
            name = re.search(r"\w*$", formula[:start])[0]
            out.append(formula[start - len(name):i + 1])
    return out, deepest


def score(formula):
    formula = formula.replace(", keepdims=True", "")
    inside, deepest = parts(formula)
    repeated = sum(len(part) * (inside.count(part) - 1) for part in set(inside) if len(part) > SHORT)
    return len(formula) + LEVEL * deepest + repeated


def formulas(text):
    lines = (line.split("  #")[0].rstrip() for line in text.splitlines() if line and not line.startswith("#"))
    return [line.split(" = ", 1)[1] for line in lines]


def name_of(model):
    return model if isinstance(model, str) else str(model.relative_to(ROOT))


def rows():
    return {row[0]: tuple(map(int, row[1:])) for row in map(str.split, TABLE.read_text().splitlines()[1:])}


@pytest.fixture(scope="module")
def now(dfoo):
    """The table as it is now, in the file, too, where that is asked for."""
    table = {}
    for model in MODELS:
        done = dfoo("derive", model)
        assert done.returncode == 0, done.stderr
        scores = [score(formula) for formula in formulas(done.stdout)]
        table[name_of(model)] = len(scores), sum(scores), max(scores)
    if os.environ.get("DFOO_UPDATE"):
        width = max(map(len, table))
        lines = [f"{name:{width}}{lines:>7}{total:>7}{worst:>7}" for name, (lines, total, worst) in [(HEAD[0], HEAD[1:]), *table.items()]]
        TABLE.write_text("\n".join(lines) + "\n")
    return table


@pytest.mark.parametrize("model", map(name_of, MODELS))
def test_reads_no_worse(now, model):
    (_, total, worst), known = now[model], rows()
    assert model in known, "a new model: DFOO_UPDATE=1 writes it into the table"
    assert total <= known[model][1], f"harder to read than it was: {known[model][1]}"
    assert worst <= known[model][2] or total < known[model][1], f"a line is harder to read than any was: {known[model][2]}"
    assert total == known[model][1], "easier to read: DFOO_UPDATE=1 keeps it"


def test_the_table_names_models_that_exist():
    assert set(rows()) == set(map(name_of, MODELS))


@pytest.mark.parametrize("formula, points", [
    ("A2 - Y", 6),
    ("1/m * (A2 - Y)", 14 + LEVEL),
    ("(W @ X + b) * (W @ X + b)", 25 + LEVEL + 11),
    ("sum(A * (1 - A), axis=1, keepdims=True)", 24 + 2 * LEVEL),
])
def test_score(formula, points):
    assert score(formula) == points
