"""docs/matrices.md: each gradient of its tables, evaluated as it is printed, against differences in 60-digit arithmetic."""
import re

import numpy as np
import pytest

from conftest import ROOT

pytest.importorskip("mpmath")
from mpmath import mpf  # noqa: E402
from matrices.oracle import Model  # noqa: E402

PAGE = (ROOT / "docs" / "matrices.md").read_text()
ROWS = re.findall(r"^\| `(.+?)` \| `(\w+)` \| `(.+?)`(?: with (.*))? \|$", PAGE, re.M)
SIZES = {"n": 3, "k": 2}


def declared():
    """The names of the page and their shapes."""
    for group in re.search(r"<!-- names (.*?) -->", PAGE)[1].split(";"):
        kind, names, what = re.fullmatch(r"\s*(symmetric )?([\w, ]+?) [:=] (.*)", group).groups()
        for name in names.split(", "):
            yield name, kind, what


def test_there_are_enough_of_them():
    assert len(ROWS) >= 90 and len({(f, by) for f, by, *_ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("f, by, formula, behind", ROWS, ids=lambda x: x)
def test_identity(f, by, formula, behind):
    names = set(re.findall(r"\w+", f))
    text = "".join(f"param {name} : {what}\n" if what[0] == "(" else f"const {name} = {what}\n" for name, _, what in declared() if name in names)
    model = Model(f"{text}J = {f}\nminimize J\n")
    arrays = model.draw(SIZES, np.random.default_rng(len(f)))
    if "S" in arrays:
        arrays["S"] = arrays["S"] + arrays["S"].T + 5 * np.eye(3)
    want = model.gradient(arrays, by)
    if by == "S":
        want = (want + want.T) / 2
    parts = dict(part.strip("`").split(" = ", 1) for part in re.findall(r"`.+?`", behind))
    order = []
    while len(order) < len(parts):  # each behind those that it uses
        order += [name for name, text in parts.items() if name not in order and not set(re.findall(r"\w+", text)) & (set(parts) - set(order))]
    exact = {name: np.frompyfunc(mpf, 1, 1)(x) for name, x in arrays.items()}
    got = model.evaluate(exact, [("J", f), *((name, parts[name]) for name in order), ("result", formula)])["result"]
    assert want.shape == np.broadcast_shapes(want.shape, np.shape(got)) and np.ndim(got) == 2, (want.shape, np.shape(got))
    assert np.max(np.abs(got.astype(float) - want)) < 1e-12 * np.max(np.abs(want))
