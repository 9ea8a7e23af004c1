"""docs/formats.md shows what the program writes."""
import re
import shlex

import pytest


def examples(text):
    """The blocks that begin with `$ dfoo ..`: the command, and the output that is shown."""
    for block in re.findall(r"^```(?:console)?\n\$ (.*?)```$", text, re.M | re.S):
        command, _, shown = block.partition("\n")
        yield shlex.split(command)[1:], shown


def test_formats_shows_real_output(root, dfoo):
    blocks = list(examples((root / "docs" / "formats.md").read_text()))
    assert len(blocks) >= 3
    for command, shown in blocks:
        output = dfoo(*command).stdout
        pieces = shown.split("..\n") if "\n..\n" in shown else [shown]
        for piece in pieces:
            assert piece in output, command


def test_formats_runs_in_python(root, dfoo, tmp_path):
    """The Python lines of the page, against the module that it makes."""
    np = pytest.importorskip("numpy")
    page = (root / "docs" / "formats.md").read_text()
    names = {}
    exec(dfoo("derive", "two_layer", "--format", "numpy").stdout, names)
    code = re.search(r"^```python\n(.*?)```$", page, re.M | re.S)[1]
    code = re.sub(r"^(import|from) .*\n", "", code, flags=re.M)
    exec(code, names)
    assert names["gradients"]["dW1"].shape == names["W1"].shape
    assert np.isfinite(names["values"]["J"])
