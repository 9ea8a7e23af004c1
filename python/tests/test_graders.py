"""The graders' examples, with a right solution and with wrong ones: Otter's cases as doctests, nbgrader's notebook as it is graded."""
import doctest
import json
import linecache
import pathlib
import runpy

import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "examples/graders"


def solution():
    """The cell that is to be solved, as the notebook has it."""
    book = json.loads((FOLDER / "backward_pass.ipynb").read_text(encoding="utf-8"))
    cell, = (c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("solution"))
    return "".join(cell["source"])


WRONG = [("1/m * np.dot(dZ1, X.T)", "np.dot(dZ1, X.T)", {"dW1"}), ("(1 - np.power(A1, 2))", "A1 * (1 - A1)", {"dZ1"}),
         ("1/m * np.sum(dZ2, axis=1", "1/m * np.sum(dZ2, axis=0", {"db2"}), ("    dZ2 = A2 - Y", "    dZ2 = A2 - Y + 0", set())]


def learners(text, name):
    """A learner's function, whose source Python finds, as in a notebook."""
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names = {}
    exec(compile(text, name, "exec"), names)
    return names["backward_propagation"]


def failed(function):
    """The numbers of the cases that Otter would give no point for."""
    test = runpy.run_path(str(FOLDER / "q_backward.py"))["test"]
    bad = set()
    for i, case in enumerate(test["suites"][0]["cases"]):
        parsed = doctest.DocTestParser().get_doctest(case["code"] + "\n", {"backward_propagation": function}, f"case {i}", None, None)
        if doctest.DocTestRunner(verbose=False).run(parsed, out=lambda text: None).failed:
            bad.add(i)
    return bad


def test_otter_gives_all_points():
    assert failed(learners(solution(), "<right>")) == set()


@pytest.mark.parametrize("old, new, loses", WRONG, ids=range(len(WRONG)))
def test_otter_takes_the_points_of_what_is_wrong(old, new, loses):
    text = solution()
    assert old in text
    order = ["dW2", "db2", "dZ1", "dW1", "db1"]
    lost = failed(learners(text.replace(old, new), f"<{loses}>"))
    assert lost == {order.index(name) for name in loses} | ({5} if loses else set())


@pytest.mark.parametrize("old, new, fails", [("", "", None), ("1/m * np.dot(dZ2", "np.dot(dZ2", "dW2 is wrong"), ("1/m * np.dot(dZ1", "np.dot(dZ1", "dW1")],
                         ids=["right", "first test", "hidden test"])
def test_nbgrader(old, new, fails, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    book = nbformat.read(FOLDER / "backward_pass.ipynb", 4)
    ids = [c.metadata["nbgrader"]["grade_id"] for c in book.cells if "nbgrader" in c.metadata]
    assert ids == ["solution", "second-layer", "all-of-it"]
    for cell in book.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = cell.source.replace(old, new)
    client = nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    if fails is None:
        client.execute()
        return
    with pytest.raises(nbclient.exceptions.CellExecutionError, match=fails):
        client.execute()
