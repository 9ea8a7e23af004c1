"""Learners' gradients judged: the source of a function, a cell, a file or a notebook, against a model."""
from __future__ import annotations

import ctypes
import inspect
import os
import textwrap
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, Union

from . import _c
from ._core import ModelError, options, text

if TYPE_CHECKING:
    from .model import Model

VERDICTS = {kind.value: kind.name.removeprefix("JUDGED_").lower() for kind in _c.dfoo_judged}


class JudgedLine(NamedTuple):
    """One gradient of a program. `verdict`: "right", "given" (right, given something wrong before it), "wrong", "shape",
    "not_finite" or "missing". `hints`: where, what kind, what it is; `ratio`: to what it should be, if that is the same in all
    entries; `cosine` and `norms` of both."""

    variable: str
    name: str
    verdict: str
    line: int
    cell: int
    text: str
    mistake: Optional[str]
    group: Optional[str]
    hints: tuple[str, ...]
    ratio: float
    norms: float
    cosine: float


class Judgement:
    """What was found out about a program: true if all its gradients are right. `lines` are in the order of the computation,
    `first` is the first that is wrong; `problems` are lines that were not understood, `failure` the error it would end with."""

    def __init__(self, made: Any, again: Callable[[int], Judgement]) -> None:
        self.found, self.right = bool(made.found), bool(made.right)
        self.lines = [JudgedLine(text(x.variable), text(x.name), VERDICTS[x.verdict], x.line, x.cell, text(x.text),
                                 x.mistake and text(x.mistake), x.group and text(x.group), tuple(text(h) for h in x.hint),
                                 x.ratio, x.norms, x.cosine) for x in (made.lines[i] for i in range(made.count))]
        self.first = self.lines[made.first] if made.first < made.count else None
        self.failure = made.failure and text(made.failure)
        self.failure_line = made.failure_line
        self.problems = [(made.problem_lines[i], text(made.problems[i])) for i in range(made.n_problems)]
        self.text = text(made.text)
        self._again = again

    def hint(self, level: int) -> Judgement:
        """The same, saying less or more of a mistake: 1 where it is, 2 what kind, 3 what it is."""
        return self._again(level)

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.text.rstrip()

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self.text)}</pre>"


def judge(source: Union[str, os.PathLike[str], Callable[..., Any]], model: Union[Model, str], *, hint: int = 3,
          seed: int = 0) -> Judgement:
    """Judges the gradients that a program computes, against a model. Nothing of the program is executed by Python: an interpreter
    of dfoo's own runs it, without files and with limits of time and memory.

    source: a function (its source is read), the text of a program or a cell, or the path of a .py or .ipynb file.

    >>> import dfoo
    >>> found = dfoo.judge('''
    ... def backward(X, Y, A, w):
    ...     m = X.shape[1]
    ...     dZ = A - Y
    ...     dw = X @ dZ.T
    ...     return {"dw": dw}
    ... ''', "logistic")
    >>> bool(found), found.first.variable
    (False, 'dw')
    """
    from .model import Model

    net = model if isinstance(model, Model) else Model.read(model)
    name, raw = _source(source)

    def again(level: int) -> Judgement:
        made = ctypes.POINTER(_c.dfoo_judgement)()
        how = options(_c.dfoo_judge_options, hint=level, seed=seed)
        context = net._context
        with context.lock:
            status = _c.lib.dfoo_judge(net._pointer, name.encode(), raw, len(raw), how, ctypes.byref(made))
            try:
                context.settle(status)
                return Judgement(made.contents, again)
            finally:
                _c.lib.dfoo_judgement_free(context.pointer, made)

    return again(hint)


def _source(source: Union[str, os.PathLike[str], Callable[..., Any]]) -> tuple[str, bytes]:
    """What the program is called, and its text."""
    if callable(source):
        try:
            return source.__name__, textwrap.dedent(inspect.getsource(source)).encode()
        except (OSError, TypeError) as reason:
            raise ModelError(f"the source of {source!r} cannot be had: {reason}; give its text") from None
    if isinstance(source, os.PathLike) or "\n" not in source and source.endswith((".py", ".ipynb")):
        with open(source, "rb") as file:
            return os.path.basename(os.fspath(source)), file.read()
    return "the program", textwrap.dedent(source).encode()
