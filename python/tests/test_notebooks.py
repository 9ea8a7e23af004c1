"""Every notebook of examples/notebooks runs from the first cell to the last."""
import pathlib

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytest.importorskip("sklearn")

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "examples/notebooks"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_runs(path, tmp_path):
    book = nbformat.read(path, 4)
    assert all(not cell.get("outputs") for cell in book.cells), "outputs are made by whoever runs it"
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [o for o in said if o.output_type == "stream" and o.name == "stderr" and "Note:" not in o.text]
    assert any("text/html" in o.get("data", {}) for o in said if o.output_type == "execute_result") or path.stem == "optimiser"
