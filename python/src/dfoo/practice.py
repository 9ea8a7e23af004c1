"""Exercises made from a model: a line of its backward pass that is missing, or one that is wrong."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Optional

from . import _c
from ._core import choice, formats, options

if TYPE_CHECKING:
    from .model import Model, Report

KINDS = {"any": 0, "blank": 1, "mistake": 2}
SHEETS = {**formats(_c.dfoo_words.PRACTICE_FORMATS), "ascii": int(_c.dfoo_format.ASCII)}


class Exercise:
    """An exercise: it shows itself, judges answers by what they compute, gives hints from 1 to 3, and has a solution.

    >>> from dfoo import Model
    >>> x = Model.read("two_layer").practice(seed=2)
    >>> x.question
    'What is dW1?'
    >>> bool(x.answer("dW1 = 1/m * dZ1 @ X.T")), bool(x.answer("dZ1 @ X.T"))
    (True, False)
    """

    def __init__(self, model: Model, how: dict[str, Any]) -> None:
        self._model, self._how = model, how
        self.data: dict[str, Any] = json.loads(self._written("json", hint=4))["exercises"][0]
        self.text = self._written("text")
        self.kind, self.seed, self.question = self.data["kind"], self.data["seed"], self.data["question"]

    def _asked(self, format: str, **more: Any) -> tuple[int, str]:
        how = options(_c.dfoo_practice_options, format=choice("format", format, SHEETS), **{**self._how, **more})
        return self._model._context.text("dfoo_practice", self._model._pointer, how)

    def _written(self, format: str, **more: Any) -> str:
        return self._asked(format, **more)[1]

    def answer(self, line: str, *, hint: int = 2) -> Report:
        """Judges a line, "dW2 = ..", or what stands behind its "="; where one is wrong also that one's name. hint: how much is
        told of a mistake in it: 1 that it is wrong, 2 of what kind, 3 what it is."""
        from .model import Report

        status, text = self._asked("text", answer=line, hint=hint)
        return Report(status == 0, text, json.loads(self._written("json", answer=line, hint=hint))["exercises"][0])

    def hint(self, level: int) -> str:
        """Help: 1 where to look, 2 and 3 more."""
        if level not in (1, 2, 3):
            raise ValueError(f"hints go from 1 to 3, not {level!r}; the solution is .solution")
        said: str = self.data["hints"][level - 1]
        return said

    @property
    def solution(self) -> str:
        """The right line."""
        line: str = self.data["solution"]
        return line

    def __repr__(self) -> str:
        return self.text.rstrip()

    def _repr_html_(self) -> str:
        from ._show import page_inside

        return page_inside(self._written("html"))


def sheet(model: Model, count: int, format: str, solutions: bool, how: dict[str, Any]) -> str:
    """Several exercises on a sheet."""
    asked = options(_c.dfoo_practice_options, format=choice("format", format, SHEETS), count=count, hint=4 if solutions else 0, **how)
    return model._context.text("dfoo_practice", model._pointer, asked)[1]


def chosen(seed: int, kind: str, convention: Optional[int]) -> dict[str, Any]:
    """The options that say which exercise."""
    return {"seed": seed, "kind": choice("kind", kind, KINDS), "convention": convention or 0}
