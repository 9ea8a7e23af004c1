"""Every notebook of examples/notebooks runs from the first cell to the last, and becomes a page."""
import pathlib
import re
from html import unescape

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytest.importorskip("sklearn")

html = pytest.importorskip("nbconvert").HTMLExporter()

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "examples/notebooks"


def words(page):
    return " ".join(unescape(re.sub(r"<.*?>", " ", page, flags=re.S)).split())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_runs(path, tmp_path):
    book = nbformat.read(path, 4)
    assert all(not cell.get("outputs") for cell in book.cells), "outputs are made by whoever runs it"
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [o for o in said if o.output_type == "stream" and o.name == "stderr" and "Note:" not in o.text]
    page, _ = html.from_notebook_node(book)
    for data in (o["data"]["text/html"] for o in said if "text/html" in o.get("data", {})):
        assert words(data) in words(page), "the page shows what the kernel said"
    assert any("text/html" in o.get("data", {}) for o in said if o.output_type == "execute_result") or path.stem == "optimiser"


def test_the_mistakes_are_found(tmp_path):
    """What find_the_mistake.ipynb says of its functions is so: two mistakes, then one, then none; and hints say no more than they should."""
    book = nbformat.read(FOLDER / "find_the_mistake.ipynb", 4)
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    judged = [o["data"]["text/plain"] for cell in book.cells if "found" in cell.source for o in cell.get("outputs", []) if "dZ2" in o["data"]["text/plain"]]
    wrong = [[line.split()[0] for line in text.splitlines() if "  wrong:" in line] for text in judged]
    assert wrong == [["dZ1", "dW1"]] * 3 + [["dW1"]] * 2 + [[]]
    assert ["sigmoid' for another" in text for text in judged] == [False, False, True, False, False, False]
    assert "exactly 7 times too large" in judged[4] and "times" not in judged[3]
