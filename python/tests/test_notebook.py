"""In a notebook: magics, and what objects look like."""
import pytest

pytest.importorskip("IPython")

from IPython.testing.globalipapp import start_ipython  # noqa: E402

import dfoo  # noqa: E402

CELL = """input X : (n, m)
label Y : (1, m)
param w : (n, 1)
A = sigmoid(w.T @ X)
J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))
minimize J
predict A
"""


@pytest.fixture(scope="module")
def shell():
    made = start_ipython()
    made.run_line_magic("load_ext", "dfoo")
    return made


def test_a_cell_is_a_model(shell):
    shown = shell.run_cell_magic("dfoo", "mine", CELL)
    assert isinstance(shown, dfoo.Model) and shell.user_ns["mine"] is shown
    assert shown.dw.line == "dw = 1/m * X @ dZ1.T"


def test_a_mistake_has_its_place(shell, capsys):
    assert shell.run_cell_magic("dfoo", "wrong", CELL.replace("w.T @ X", "w @ X")) is None
    said = capsys.readouterr().err
    assert "wrong:4:" in said and "~" in said and "w.T" in said
    assert "wrong" not in shell.user_ns


def test_forms(shell):
    shell.display_formatter.active_types = shell.display_formatter.format_types
    form = shell.display_formatter.format
    net = dfoo.Model.read("two_layer")
    data, _ = form(net)
    assert {"text/plain", "text/html", "text/latex"} <= set(data)
    assert {"text/plain", "text/html"} <= set(form(net.dZ1)[0])
    assert {"text/plain", "text/html", "text/markdown", "text/latex"} <= set(form(net.dZ1.explain())[0])
