"""dfoo: backpropagation derived, explained, checked and trained from one source.

>>> import dfoo
>>> net = dfoo.Model.read("two_layer")
>>> net.dZ1
dZ1 = W2.T @ dZ2 * (1 - A1**2)                      # (n1, m)

`Model` reads equations; `net.dZ1` is the line of a gradient and `net.dZ1.explain()` the reason for it; `net.grad(..)` has the
numbers, `net.compile("J, dW1")` a function of them, `net.fit(X, y)` trains. `dfoo.sklearn` has estimators.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from . import _c
from ._c import VERSION as __version__
from ._core import Context, Error, FileError, Message, ModelError, Note, OutOfMemory, Text, UseError, options, words
from .model import Explanation, Gradient, Model, Report, Variable, explain, load

if TYPE_CHECKING:
    from ._arrays import Values
    from .function import Function, Objective
    from .judging import JudgedLine, Judgement, judge
    from .practice import Exercise
    from .training import Confusion, Picture, Progress, Rate, Run, Trainer

_LATER = {"Values": "_arrays", "Exercise": "practice", "Confusion": "training", "Function": "function", "Objective": "function", "JudgedLine": "judging", "Judgement": "judging", "judge": "judging", "Picture": "training", "Progress": "training",
          "Rate": "training", "Run": "training", "Trainer": "training"}

__all__ = ["Confusion", "Error", "Exercise", "Explanation", "FileError", "Function", "Gradient", "JudgedLine", "Judgement", "Message", "Model", "ModelError", "Note", "Objective",
           "OutOfMemory", "Picture", "Progress", "Rate", "Report", "Run", "Text", "Trainer", "UseError", "Values", "Variable", "explain", "judge",
           "ask", "functions", "layers", "load", "losses", "mistakes", "models", "note", "optimizers", "pages", "schedules",
           "show_optimizer", "starts", "use_isa", "use_memory", "__version__"]


def models() -> list[str]:
    """The names of the built-in models."""
    return words(0)


def functions() -> list[str]:
    """The functions of the notation."""
    return words(1)


def layers() -> list[str]:
    """The activations that `Model.new` knows."""
    return words(2)


def losses() -> list[str]:
    """The losses that `Model.new` knows."""
    return words(3)


def starts() -> list[str]:
    """The distributions that parameters can start from."""
    return words(4)


def pages() -> list[str]:
    """The pages of the primer that `explain` knows."""
    return words(9)


def ask(question: Optional[str] = None, most: int = 4) -> list[tuple[str, str]]:
    """The questions about backpropagation that a question means, each with the command that answers it, the best first; without
    one, all that are known.

    >>> import dfoo
    >>> dfoo.ask("why the transpose")[0][1]
    'dfoo explain transpose'
    """
    text = None if question is None else question.encode()
    room = _c.lib.dfoo_ask(None, None, 0) if text is None else most
    found = (_c.dfoo_answer * max(room, 1))()
    n = _c.lib.dfoo_ask(text, found, room)
    return [(answer.question.decode(), answer.command.decode()) for answer in found[:n]]


def optimizers() -> list[str]:
    """The optimisers that training knows by name."""
    return words(5)


def schedules() -> list[str]:
    """The schedules of the learning rate that training knows by name."""
    return words(6)


def note(word: str) -> str:
    """What a word of the notation, a layer, a loss, a start, an optimiser or a schedule means, in a sentence.

    >>> import dfoo
    >>> len(dfoo.note("sigmoid")) > 5
    True
    """
    for number in range(1, 7):
        if word in (known := words(number)):
            said = _c.lib.dfoo_word_note(number, known.index(word))
            if said:
                return str(said.decode())
    raise ModelError(f"{word!r} is no word that dfoo knows: dfoo.functions(), dfoo.layers(), dfoo.losses(), .. list them")


def use_isa(model: Model, name: Optional[str] = None) -> None:
    """Which instructions of the processor compute for this model: "best", "avx512", "avx2", "baseline", "reference"."""
    model._context.call("dfoo_use_isa", model._context.pointer, name and name.encode())


def use_memory(model: Model, most: Optional[int] = None) -> None:
    """The most memory, in bytes, that this model and all that is made with it may take; None: what the machine has, but for a
    sixteenth of what is free. What would take more raises an error that says how much."""
    model._context.call("dfoo_use_memory", model._context.pointer, most or 0)


def mistakes() -> Text:
    """The mistakes that have a name, by kind, with what each does to a derivation."""
    context = Context()
    return Text(context.text("dfoo_mistakes", context.pointer)[1])


def show_optimizer(optimizer: str = "sgd", **how: Any) -> Text:
    """The equations by which an optimiser with these options of `fit` changes the parameters.

    >>> import dfoo
    >>> "alpha" in dfoo.show_optimizer("adam", clip=1.0)
    True
    """
    context = Context()
    return Text(context.text("dfoo_show_optimizer", context.pointer, options(_c.dfoo_train_options, optimizer=optimizer, **how))[1])


def __getattr__(name: str) -> Any:
    if name in _LATER:
        import importlib

        return getattr(importlib.import_module("." + _LATER[name], __name__), name)
    raise AttributeError(f"module 'dfoo' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext dfoo`: the magic `%%dfoo`, a cell of equations."""
    from .notebook import register

    register(shell)
