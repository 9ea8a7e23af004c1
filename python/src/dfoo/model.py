"""Models: equations read, shown, derived, explained, checked, and their numbers."""
from __future__ import annotations

import json
import os
import re
import weakref
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Sequence, Union

from . import _c
from ._arrays import Arrays, Values, array
from ._core import Context, ModelError, Text, choice, formats, options

if TYPE_CHECKING:
    from ._arrays import Array
    from .function import Function, Objective
    from .judging import Judgement
    from .practice import Exercise
    from .training import Rate, Run, Trainer

CONVENTIONS = {"course": 0, "dJ": 1}
FORMATS = {**formats(_c.dfoo_words.DERIVE_FORMATS), "ascii": int(_c.dfoo_format.ASCII)}
NOTATIONS = {"course": 0, "delta": 1, "partial": 2}
STARTS = {"simple": 0, "zeros": 1, "equal": 2}
PAGES = {**formats(_c.dfoo_words.EXPLAIN_FORMATS), "ascii": int(_c.dfoo_format.ASCII)}
WAYS = {"index": 0, "jacobian": 1, "differential": 2}


class Variable:
    """A variable of a model: its name, its shape as the model writes it, and its equation if it has one."""

    def __init__(self, model: Model, name: str, kind: str, shape: Sequence[Union[str, int]], expression: Optional[str]) -> None:
        self.model, self.name, self.kind, self.shape, self.expression = model, name, kind, tuple(shape), expression

    @property
    def line(self) -> str:
        """The variable's equation, `A1 = tanh(Z1)`, or its declaration."""
        if self.expression is None:
            return f"{self.kind} {self.name} : ({', '.join(map(str, self.shape))})"
        return f"{self.name} = {self.expression}"

    def __repr__(self) -> str:
        shape = f"({', '.join(map(str, self.shape))})" if self.shape else "a number"
        return self.line if self.expression is None else f"{self.line:<50}  # {shape}"


class Gradient(Variable):
    """A gradient of a model: its line, and why it is that line.

    >>> net = Model.read("two_layer")
    >>> net.dZ2
    dZ2 = A2 - Y                                        # (n2, m)
    """

    def __init__(self, model: Model, row: Mapping[str, Any], convention: str) -> None:
        super().__init__(model, row["name"], "gradient", row["shape"], row["expression"])
        self.of, self.differentiates, self.shown, self.convention = row["of"], row["differentiates"], row["shown"], convention

    def explain(self, **how: Any) -> Explanation:
        """Why it is what it is: `Model.explain` of this gradient."""
        return self.model.explain(self.name, convention=self.convention, **how)

    def _repr_html_(self) -> str:
        from ._show import equations_html

        return equations_html([self])

    def _repr_latex_(self) -> str:
        return self.model.derive(wrt=self.name, format="latex", convention=self.convention)


class Explanation(Text):
    """An explanation as text; a notebook shows it as a page with formulas."""

    __slots__ = ("_again", "right")
    _again: Any
    right: bool

    def _repr_html_(self) -> str:
        from ._show import page_inside

        return page_inside(self.to("html"))

    def _repr_markdown_(self) -> str:
        return self.to("markdown")

    def _repr_latex_(self) -> str:
        return self.to("latex")

    def to(self, format: str, standalone: bool = False) -> str:
        """The same explanation as "text", "ascii", "html", "markdown", "latex", "typst" or "json"."""
        made: str = self._again(format, standalone)
        return made


class Report:
    """What a check found: true if all is right; `data` has it all."""

    def __init__(self, right: bool, text: str, data: Mapping[str, Any]) -> None:
        self.right, self.text, self.data = right, text, data

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.text.rstrip()

    def _repr_html_(self) -> str:
        from ._show import report_html

        return report_html(self)


class Model:
    """A network's forward pass as equations, in the notation of lecture slides.

    >>> net = Model('''
    ... input X : (n, m)
    ... label Y : (1, m)
    ... param w : (n, 1)
    ... A = sigmoid(w.T @ X)
    ... J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))
    ... minimize J
    ... predict A
    ... ''')
    >>> net.dw
    dw = 1/m * X @ dZ1.T                                # (n, 1)

    A mistake in the text is a `ModelError` that shows the place. Several threads may use a model; they take turns.
    """

    _weights: tuple[str, ...] = ()  # names of the inputs that weigh examples

    def __init__(self, text: str, name: str = "model") -> None:
        raw = text.encode()
        context = Context()
        self._begin(context, context.handle("dfoo_model_parse", context.pointer, name.encode(), raw, len(raw)), name)

    def _begin(self, context: Context, pointer: Any, name: str) -> None:
        self._context, self._pointer, self._name = context, pointer, name
        self._facts: dict[str, Mapping[str, Any]] = {}
        self._set: dict[str, float] = {}
        self._free = weakref.finalize(self, _free_model, pointer, context)

    @classmethod
    def _of(cls, context: Context, pointer: Any, name: str) -> Model:
        made = cls.__new__(cls)
        made._begin(context, pointer, name)
        return made

    @classmethod
    def read(cls, path_or_name: Union[str, os.PathLike[str]]) -> Model:
        """A model from a file, or a built-in one by its name: "logistic", "two_layer", "deep", "softmax"."""
        context = Context()
        path = os.fspath(path_or_name)
        return cls._of(context, context.handle("dfoo_model_read", context.pointer, os.fsencode(path)), os.path.basename(path))

    @classmethod
    def new(cls, layers: str, *, loss: Optional[str] = None, l2: float = 0, dropout: float = 0, rows: bool = False,
            name: str = "model") -> Model:
        """A model of layers that follow one another: "relu 20, relu 7, sigmoid 1". `str(net)` is its text, to go on from.

        loss: cross-entropy behind sigmoid and softmax, else half the mean squared error. l2: lambda of a penalty
        lambda/(2*m) * sum(W**2). dropout: the part of the hidden units that is kept. rows: one example per row.
        """
        context = Context()
        how = options(_c.dfoo_new_options, layers=layers, loss=loss, l2=l2, dropout=dropout, rows=int(rows), name=name)
        _, text = context.text("dfoo_new_model", context.pointer, how)
        return cls(text, name)

    # ------------------------------------------------------------------ the model itself

    def __str__(self) -> str:
        return self._context.text("dfoo_model_text", self._pointer)[1]

    def __repr__(self) -> str:
        return self.show()

    def _repr_html_(self) -> str:
        from ._show import model_html

        return model_html(self)

    def _repr_latex_(self) -> str:
        return self.derive(format="latex")

    def __reduce__(self) -> Any:
        return _again, (str(self), self.facts()["model"], self._set)

    def set(self, **values: float) -> Model:
        """Sets sizes and constants of the model, `net.set(n1=20)`; returns the model."""
        for name, value in values.items():
            self._context.call("dfoo_model_set", self._pointer, name.encode(), float(value))
            self._set[name] = value
        self._facts = {}
        return self

    def show(self, plan: bool = False) -> Text:
        """The equations with shapes and sizes and the number of parameters; with `plan`, the instructions that training runs."""
        return Text(self._context.text("dfoo_show", self._pointer, options(_c.dfoo_show_options, plan=int(plan)))[1])

    def facts(self, convention: str = "course") -> Mapping[str, Any]:
        """The model, its forward pass and all gradients as data: what `dfoo derive --format json` prints."""
        if convention not in self._facts:
            self._facts[convention] = json.loads(self.derive(format="json", convention=convention))
        return self._facts[convention]

    @property
    def variables(self) -> dict[str, Variable]:
        """Everything that has a name and is no gradient."""
        facts = self.facts()
        lines = {row["name"]: row["expression"] for row in facts["forward"]}
        return {v["name"]: Variable(self, v["name"], v["kind"], v["shape"], lines.get(v["name"])) for v in facts["variables"]}

    @property
    def gradients(self) -> dict[str, Gradient]:
        """All gradients by name, from the cost backwards."""
        return {row["name"]: Gradient(self, row, "course") for row in self.facts()["gradients"]}

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters."""
        return [name for name, v in self.variables.items() if v.kind == "parameter"]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for table in (self.gradients, self.variables):
            if name in table:
                return table[name]
        import difflib

        near = difflib.get_close_matches(name, [*self.gradients, *self.variables], 1)
        raise AttributeError(f"{self._name} has no {name}" + (f"; did you mean {near[0]}?" if near else ""))

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self.variables, *self.gradients]

    # ------------------------------------------------------------------ its backward pass

    def derive(self, wrt: Union[str, Iterable[str], None] = None, *, steps: bool = False, run: bool = False,
               convention: str = "course", format: str = "text", given: Union[str, Iterable[str], None] = None,
               standalone: bool = False, hvp: bool = False, notation: str = "course", superscripts: bool = False,
               numbered: bool = False) -> Text:
        """The backward pass. wrt: only these gradients, "dW1,dW2". steps: all gradients, grouped by equation. run: the program
        as it is run. convention: "course" (the 1/m is in the gradients of parameters) or "dJ". format: "text", "ascii",
        "numpy", "latex", "typst" or "json". given: the lines for `grad` with these values given, "A1,dA2". hvp: second derivatives, the Hessian
        times a direction. notation, of formats that set mathematics: "course" (dZ1), "delta" or "partial". superscripts: the
        number of a layer above the name, in brackets. numbered: LaTeX's equations with numbers and labels."""
        how = options(_c.dfoo_derive_options, convention=choice("convention", convention, CONVENTIONS), steps=int(steps),
                      run=int(run), wrt=_names(wrt), format=choice("format", format, FORMATS), given=_names(given),
                      standalone=int(standalone), hvp=int(hvp), notation=choice("notation", notation, NOTATIONS),
                      superscripts=int(superscripts), numbered=int(numbered))
        return Text(self._context.text("dfoo_derive", self._pointer, how)[1])

    def explain(self, name: Optional[str] = None, *, by: str = "index", numbers: bool = False, steps: bool = False,
                values: Optional[Mapping[str, Any]] = None, convention: str = "course", start: str = "simple") -> Explanation:
        """Why a gradient ("dZ1", of all layers "dA[l-1]") or a function ("sigmoid") is what it is, or a page of the primer
        ("chain rule", `pages()` lists them) told of this model; without a name, the whole model.

        by: "index" (entry by entry with sums), "jacobian" (matrices of derivatives) or "differential" (what a small change
        does). numbers: the matrices of each step, too. values: numbers for inputs, labels and parameters. start: "zeros" or
        "equal", numbers with such parameters. steps: every simplification with its rule. Every equality was evaluated on random values; `right` says whether all held.
        """
        borrowed = self._arrays(values) if values else None
        return _explained(self._context, "dfoo_explain", self._pointer, name, by=by, numbers=numbers, steps=steps,
                          convention=convention, values=borrowed, start=start)

    def judge(self, source: Any, *, hint: int = 3, seed: int = 0) -> Judgement:
        """Judges somebody else's gradients of this model: a function, the text of a program, a .py or .ipynb file. See
        `dfoo.judge`."""
        from .judging import judge

        return judge(source, self, hint=hint, seed=seed)

    def practice(self, seed: int = 0, *, kind: str = "any", convention: str = "course") -> Exercise:
        """An exercise: a line of the backward pass that is missing (kind "blank") or one that is wrong ("mistake"). A seed makes
        the same one for everybody."""
        from .practice import Exercise, chosen

        return Exercise(self, chosen(seed, kind, choice("convention", convention, CONVENTIONS)))

    def worksheet(self, count: int = 6, *, seed: int = 0, kind: str = "any", format: str = "html", solutions: bool = True,
                  convention: str = "course") -> str:
        """Exercises of the seeds from this one on, with their solutions at the end: "html" to be printed, "markdown", "text",
        "moodle" for a question bank, or "json"."""
        from .practice import chosen, sheet

        return sheet(self, count, format, solutions, chosen(seed, kind, choice("convention", convention, CONVENTIONS)))

    def diagnose(self, answers: Union[str, Mapping[str, Any]], *, values: Optional[Mapping[str, Any]] = None, hint: int = 3,
                 show: bool = False, seed: int = 0) -> Report:
        """Judges somebody else's gradients line by line: equations, "dW2 = dZ2 @ A1.T", or arrays by name, {"dW2": ..}, with the
        `values` that they were computed from. hint: 1 which line, 2 what kind of mistake, 3 its name, 4 the right line. show: the
        matrices of what is wrong, side by side. For programs there is `judge`."""
        claims = answers if isinstance(answers, str) else None
        arrays = None if isinstance(answers, str) else self._arrays(answers)
        borrowed = self._arrays(values) if values else None

        def asked(format: str) -> tuple[int, str]:
            how = options(_c.dfoo_diagnose_options, equations=claims, answers=arrays and arrays.pointer,
                          values=borrowed and borrowed.pointer, hint=hint, show=int(show), seed=seed,
                          format=choice("format", format, PAGES))
            return self._context.text("dfoo_diagnose", self._pointer, how)

        status, text = asked("text")
        return Report(status == 0, text, json.loads(asked("json")[1]))

    def check(self, *, values: Optional[Mapping[str, Any]] = None, seed: int = 0, hvp: bool = False) -> Report:
        """Holds every gradient against two-sided differences in float64, and shows that planted mistakes are noticed.

        values: where; random values besides. hvp: second derivatives, too. The report is true if all is right.
        """
        borrowed = self._arrays(values) if values else None

        def asked(format: str) -> tuple[int, str]:
            how = options(_c.dfoo_check_options, values=borrowed and borrowed.pointer, seed=seed,
                          format=choice("format", format, FORMATS), hvp=int(hvp))
            return self._context.text("dfoo_check", self._pointer, how)

        status, text = asked("text")
        return Report(status == 0, text, json.loads(asked("json")[1]))

    # ------------------------------------------------------------------ its numbers

    def _shaped(self, name: str, value: Any) -> Array:
        """The array for a variable; one dimension becomes the two that the model declares, where that is certain."""
        import numpy as np

        made = array(value, name)
        if made.ndim != 1:
            return made
        kinds = {v["name"]: v["shape"] for v in self.facts()["variables"]}
        kinds.update({row["name"]: row["shape"] for row in self.facts()["gradients"]})
        shape, examples = kinds.get(name), self.facts()["examples"]
        if shape and len(shape) == 2:
            if shape[1] == 1 or (examples and shape[0] == examples["name"]):
                return made[:, np.newaxis]
            if shape[0] == 1 or (examples and shape[1] == examples["name"]):
                return made[np.newaxis, :]
        return made

    def _arrays(self, named: Mapping[str, Any]) -> Arrays:
        made = Arrays(self._context)
        for name, value in named.items():
            made.borrow(name, self._shaped(name, value))
        return made

    def grad(self, values: Optional[Mapping[str, Any]] = None, *, convention: str = "course", dtype: Optional[str] = None,
             directions: Optional[Mapping[str, Any]] = None, **named: Any) -> Values:
        """All values and gradients from given arrays: `net.grad(X=X, Y=Y, W1=W1, ..).dW1`.

        Any variable may be given, an intermediate one (`A1`) or a gradient (`dA2`), too: it is used as it is given. Arrays
        of float32 and float64 are read where they lie. dtype: "float32" or "float64"; float32 if all arrays are. directions: second
        derivatives as well, `net.grad(values, directions={"W1": V}).HW1` is the Hessian times V.
        """
        given = self._arrays({**(values or {}), **named})
        single = dtype == "float32" or dtype is None and bool(given.kept) and all(a.dtype.char == "f" for a in given.kept)
        along = self._arrays(directions) if directions else None
        how = options(_c.dfoo_grad_options, convention=choice("convention", convention, CONVENTIONS), dtype=int(single),
                      directions=along and along.pointer)
        found = Arrays(self._context, self._context.handle("dfoo_grad", self._pointer, given.pointer, how))
        kind = "f4" if single else "f8"
        return Values({name: float(value) if value.ndim == 0 else value.astype(kind, copy=False) for name, value in found})

    def entry(self, name: str, row: int = 1, col: int = 1, values: Optional[Mapping[str, Any]] = None, *, convention: str = "course",
              **named: Any) -> Optional[Text]:
        """One entry of a value or a gradient, written out: `net.entry("dA1", 2, 1, X=X, Y=Y, W1=W1, ..)` is what the second row and
        first column of dA1 is the sum of. Rows and columns are counted from 1. None: it is given, or has no such form."""
        given = self._arrays({**(values or {}), **named})
        how = options(_c.dfoo_grad_options, convention=choice("convention", convention, CONVENTIONS))
        status, said = self._context.text("dfoo_entry", self._pointer, given.pointer, os.fsencode(name), int(row), int(col), how)
        return Text(said) if status == _c.dfoo_status.OK else None

    def compile(self, outputs: Union[str, Iterable[str], None] = None, *, inputs: Union[str, Iterable[str], None] = None,
                convention: str = "course", dtype: Optional[str] = None, threads: int = 1, hvp: bool = False) -> Function:
        """A function of any values and gradients, made once and called often: `f = net.compile("J, dW1")`, then
        `J, dW1 = f(X=X, Y=Y, W1=W1, ..)`. outputs: the cost and the gradient of every parameter, unless named. inputs: what is
        given in spite of its equation. hvp: outputs may be `HW1`, the Hessian times a direction, whose parts `W1_dot` are inputs."""
        from .function import Function

        return Function(self, _names(outputs), _names(inputs), convention=convention, dtype=dtype, threads=threads,
                        hvp=hvp)

    def objective(self, *, threads: int = 1, wrt: Union[str, Iterable[str], None] = None, **data: Any) -> Objective:
        """The cost as a function of all parameters in one vector, with its gradient: what scipy.optimize.minimize wants with
        jac=True. wrt: only these parameters; the others are given in `data`."""
        from .function import Objective

        return Objective(self, data, _names(wrt), threads)

    # ------------------------------------------------------------------ training

    def fit(self, *data: Any, **how: Any) -> Run:
        """Trains the model: `net.fit(X, y, epochs=300)`. See `Trainer` for all that can be said."""
        from .training import fit

        return fit(self, data, how)

    def trainer(self, *data: Any, **how: Any) -> Trainer:
        """The same, step by step in a loop of one's own."""
        from .training import Trainer

        return Trainer(self, data, how)

    def find_rate(self, *data: Any, **how: Any) -> Rate:
        """A learning rate that suits the model and its data: `net.find_rate(X, y, optimizer="adam").rate`. Some 200 steps are
        made from the start, each with a larger rate, until the cost grows; no run is made."""
        from .training import find_rate

        return find_rate(self, data, how)

    def start(self, *examples: Any, data: Optional[Mapping[str, Any]] = None, seed: int = 0) -> dict[str, Array]:
        """The parameters that a training with this data and seed starts from: `net.start(X, y)`, or arrays by name in `data`."""
        t = self.trainer(*examples, seed=seed, **(data or {}))
        try:
            return t.parameters()
        finally:
            t.close()

    def weighted(self, name: Optional[str] = None) -> Model:
        """The same model with a weight for each example, an input of its own that stands in the equations: the loss of an
        example counts as often as its weight says; it is called w if that is free. What `sample_weight` of `fit` uses."""
        from .weights import weighted

        return weighted(self, name)


def _again(text: str, name: str, values: Mapping[str, float]) -> Model:
    return Model(text, name).set(**values)


def _free_model(pointer: Any, context: Context) -> None:
    """The context is an argument so that it outlives the model."""
    _c.lib.dfoo_model_free(pointer)


def _names(names: Union[str, Iterable[str], None]) -> Optional[str]:
    """A list of names as the library takes it."""
    if names is None:
        return None
    parts = re.split(r"[,\s]+", names.strip()) if isinstance(names, str) else list(names)
    return ",".join(part for part in parts if part)


def explain(name: str, *, by: str = "index", numbers: bool = False, steps: bool = False) -> Explanation:
    """Why a function of the notation has the derivative that it has, `dfoo.explain("sigmoid")`, or a page of the primer told of a
    built-in model, `dfoo.explain("chain rule")`."""
    context = Context()
    return _explained(context, "dfoo_explain_function", context.pointer, name, by=by, numbers=numbers, steps=steps)


def _explained(context: Context, function: str, owner: Any, name: Optional[str], *, by: str, numbers: bool, steps: bool,
               convention: str = "course", values: Optional[Arrays] = None, start: str = "simple") -> Explanation:
    """What one of the two functions that explain tells, as text, and in other formats when it is asked."""

    def written(format: str, standalone: bool = False) -> tuple[int, str]:
        how = options(_c.dfoo_explain_options, convention=choice("convention", convention, CONVENTIONS),
                      by=choice("by", by, WAYS), numbers=int(numbers), steps=int(steps), values=values and values.pointer,
                      format=choice("format", format, PAGES), standalone=int(standalone), start=choice("start", start, STARTS))
        return context.text(function, owner, name and name.encode(), how)

    status, text = written("text")
    made = Explanation(text)
    made._again = lambda format, standalone: written(format, standalone)[1]
    made.right = status == 0
    return made


def load(path_or_name: Union[str, os.PathLike[str]]) -> Union[Model, Run]:
    """A model from a file of equations or by its name, or a run from the NPZ file of a training."""
    from .training import Run

    path = os.fspath(path_or_name)
    if path.endswith(".npz"):
        return Run.read(path)
    return Model.read(path)


__all__ = ["Explanation", "Gradient", "Model", "ModelError", "Report", "Variable", "explain", "load"]
