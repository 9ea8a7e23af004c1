"""`%load_ext dfoo`: cells of equations, and cells of one's own code that are judged.

    %%dfoo net
    input X : (n, m)
    ..

reads the model into the variable `net` and shows its backward pass; a mistake is shown with its place.
"""
from __future__ import annotations

from typing import Any

from ._core import ModelError

def register(shell: Any) -> None:
    """Adds the magics to an IPython shell."""

    def cell(line: str, body: str) -> Any:
        """%%dfoo [NAME]: the cell is a model, which NAME becomes; its backward pass is shown."""
        from .model import Model

        name = line.strip() or "net"
        if not name.isidentifier():
            raise ModelError(f"%%dfoo {name}: a name for the model, as in %%dfoo net")
        try:
            model = Model(body, name)
        except ModelError as error:
            _say(shell, error)
            return None
        shell.user_ns[name] = model
        return model

    shell.register_magic_function(cell, "cell", "dfoo")

    def judged(line: str, body: str) -> Any:
        """%%dfoo_check MODEL: the gradients in this cell are judged; MODEL is a variable, a built-in model or a file."""
        from .judging import judge
        from .model import Model

        name = line.strip()
        if not name:
            raise ModelError("%%dfoo_check needs a model: a variable, the name of a built-in one, or a file")
        found = shell.user_ns.get(name)
        return judge(body, found if isinstance(found, Model) else name)

    shell.register_magic_function(judged, "cell", "dfoo_check")


def _say(shell: Any, error: ModelError) -> None:
    """The message with its caret, without the frames of Python above it."""
    import sys

    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    shell.user_ns["_dfoo_error"] = error
