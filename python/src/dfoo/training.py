"""Training: a loop of the library's or of one's own, and what comes out of it."""
from __future__ import annotations

import ctypes
import math
import os
import weakref
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, NamedTuple, Optional, Sequence, Union

from . import _c, _core
from ._arrays import Arrays, Values, array
from ._core import Context, ModelError, Note, Text, choice, options, words

if TYPE_CHECKING:
    from ._arrays import Array
    from .model import Model

HEADERS = {"auto": 0, "yes": 1, "no": 2}
DECAYS = {"decoupled": 0, "l2": 1}
DTYPES = {"float64": 0, "float32": 1}
READING = ("map", "flatten", "header", "labels", "dtype")  # what `predict` asks of how data is read
PARTS = {"all": _c.dfoo_part.PART_ALL, "train": _c.dfoo_part.PART_TRAIN, "test": _c.dfoo_part.PART_TEST}


def dtype_name(given: Any) -> str:
    """ "float32" of that, of np.float32, of np.dtype("float32") and of "f32", as the program calls it."""
    name = getattr(given, "name", None) or getattr(given, "__name__", None) or str(given)
    return {"f32": "float32", "f64": "float64"}.get(name, name)


class Progress(NamedTuple):
    """Where a training stands. Values that are not known are None."""

    epoch: int
    epochs: int
    cost: Optional[float]
    test_cost: Optional[float]
    metric: Optional[float]
    test_metric: Optional[float]
    metric_name: Optional[str]
    seconds: float
    best_epoch: int
    stopped: bool

    def __str__(self) -> str:
        said = [f"epoch {self.epoch} of {self.epochs}"] if self.epochs else []
        for name, value, test in (("cost", self.cost, self.test_cost), (self.metric_name, self.metric, self.test_metric)):
            if name and value is not None:
                said.append(f"{name} {value:.5g}" + (f" (test {test:.5g})" if test is not None else ""))
        return ", ".join(said)


def progress(now: Any) -> Progress:
    def known(value: float) -> Optional[float]:
        return None if value != value else value

    return Progress(now.epoch, now.epochs, known(now.cost), known(now.test_cost), known(now.metric), known(now.test_metric),
                    now.metric_name.decode() if now.metric_name else None, now.seconds, now.best_epoch, bool(now.stopped))


class Data:
    """Examples as the model's own arrays: rows as in scikit-learn, the model's names and orientation, or a file."""

    def __init__(self, model: Model, data: Sequence[Any], named: Mapping[str, Any], classes: Optional[Sequence[Any]] = None,
                 labels: bool = True) -> None:
        self.path: Optional[str] = None
        self.classes = None if classes is None else list(classes)
        self.arrays: Optional[Arrays] = None
        if len(data) == 1 and isinstance(data[0], (str, os.PathLike)):
            self.path = os.fspath(data[0])
            return
        kinds = {v["name"]: v for v in model.facts()["variables"]}
        if data:
            named = {**self._by_place(model, data, named, labels), **named}
        self.arrays = Arrays(model._context)
        self.examples = 0
        examples = model.facts()["examples"]
        for name, value in named.items():
            made = model._shaped(name, value)
            self.arrays.borrow(name, made)
            shape = kinds.get(name, {}).get("shape", [])
            if examples and examples["name"] in shape:
                self.examples = made.shape[shape.index(examples["name"])]

    def _by_place(self, model: Model, data: Sequence[Any], named: Mapping[str, Any], labels: bool) -> dict[str, Array]:
        """X and y, an example a row, by the model's names and in its orientation."""
        import numpy as np

        variables, examples = model.facts()["variables"], model.facts()["examples"]
        inputs = [v for v in variables if v["kind"] == "input" and v["name"] not in model._weights]
        targets = [v for v in variables if v["kind"] == "label"] if labels else []
        names = inputs[:1] + targets[: len(data) - 1]
        if named.keys() & {v["name"] for v in names}:
            raise ModelError("data is given by place and by name")
        if not examples:
            raise ModelError("this model has no dimension of examples: give the arrays by name")
        if len(names) != len(data):
            raise ModelError(f"{len(data)} arrays by place, and the model has {len(inputs)} inputs and {len(targets)} labels: "
                             "by place there are X and y, others are given by name")
        found = {}
        for variable, value in zip(names, data):
            if len(value) != len(data[0]):
                raise ModelError(f"{names[0]['name']} has {len(data[0])} examples and {variable['name']} has {len(value)}")
            made = self._targets(variable, value) if variable["kind"] == "label" else array(value, variable["name"])
            if made.ndim == 1:
                made = made[:, np.newaxis]
            found[variable["name"]] = made.T if examples["axis"] == 1 and made.ndim == 2 else made
        return found

    def weigh_evenly(self, model: Model) -> None:
        """Where a model has weights of its examples and nobody gives them, each is 1."""
        import numpy as np

        for name in model._weights if self.arrays is not None else ():
            across = model.facts()["examples"]["axis"] == 1
            assert self.arrays is not None
            self.arrays.borrow(name, np.ones((1, self.examples) if across else (self.examples, 1)))

    def _targets(self, variable: Mapping[str, Any], value: Any) -> Array:
        """Labels: class names become numbers, which the library makes one-hot where the model wants that."""
        import numpy as np

        raw = np.asarray(value)
        if raw.ndim == 2 and raw.shape[1] == 1:
            raw = raw.ravel()
        if raw.dtype.kind in "OUS" or self.classes is not None and raw.ndim == 1:
            names = self.classes if self.classes is not None else list(np.unique(raw))
            self.classes = names
            place = {name: i for i, name in enumerate(names)}
            try:
                raw = np.array([place[v] for v in raw.tolist()], dtype=np.float64)
            except KeyError as missing:
                raise ModelError(f"{variable['name']} has the class {missing.args[0]!r}, which was not seen in training") from None
        if raw.ndim == 1 and variable["onehot"]:
            if self.classes is None and (raw < 0).any() or (raw != np.floor(raw)).any():
                raise ModelError(f"{variable['name']} is to be one-hot: labels are whole numbers from 0 on, names of classes, or "
                                 "rows of numbers that add up to 1")
        return array(raw, variable["name"])


class Trainer:
    """A training whose loop is one's own.

    Data is `X, y` with one example per row, as in scikit-learn, or arrays by the model's names in the model's orientation
    (`X=.., Y=..`), or the path of a file. In a `with` block:

        with net.trainer(X, y, batch=32, optimizer="adam") as t:
            while now := t.epoch():
                if now.cost < 0.1:
                    break
        run = t.end()

    epochs, batch (examples in a step; all), optimizer ("sgd", "momentum", "adam", .. or a file of equations), learning_rate,
    settings ("beta=0.9"), schedule ("cosine", ..), warmup, clip, clip_value, decay, decay_kind ("decoupled", "l2"), decay_all,
    split (a part that is held back for testing) or test=(X, y), patience (epochs without a better test cost), standardize,
    prepare (of the columns of a CSV: "none", or a file of rules, as `dfoo show RUN` prints them), scale ("1/255"), classes, seed, dtype ("float64"), threads, file (the run is written there, every `checkpoint` epochs),
    resume, restart, log, folds and fold (of so many parts, which is held back), gradients (the newest can be read), start (parameters by name to begin with), sample_weight and
    class_weight (see `Model.weighted`).
    """

    def __init__(self, model: Model, data: Sequence[Any], how: Mapping[str, Any]) -> None:
        self.model = model
        self.interrupted = False
        self._failure: Optional[BaseException] = None
        self._kept: list[Any] = []
        self._options = self._read(data, dict(how))
        self._context = self.model._context
        self._trainer = self._context.handle("dfoo_trainer_open", self.model._pointer, self._options)
        self._free = weakref.finalize(self, _close_trainer, self._trainer, self.model, self._kept, _core.generation)
        self._run: Optional[Run] = None
        if self._options.class_weight:
            self.model = model.weighted()  # as the library trains it

    def _read(self, data: Sequence[Any], how: dict[str, Any]) -> Any:
        from .weights import class_text, weigh

        kinds = {v["name"] for v in self.model.facts()["variables"]}
        test, start, classes = how.pop("test", None), how.pop("start", None), how.pop("classes", None)
        weights = how.pop("sample_weight", None), how.pop("class_weight", None)
        named = {name: how.pop(name) for name in list(how) if name in kinds}
        by_class = class_text(weights[1]) if weights[0] is None and not self.model._weights else None
        if by_class is None and any(w is not None for w in weights):
            self.model, named = weigh(self.model, data, named, *weights, classes=classes)
        train = Data(self.model, data, named, None if isinstance(classes, str) else classes)
        self.classes = train.classes
        fields: dict[str, Any] = {"data": train.path, "arrays": train.arrays and train.arrays.pointer, "class_weight": by_class}
        if test is not None:
            held = Data(self.model, test if isinstance(test, (tuple, list)) else () if isinstance(test, Mapping) else (test,),
                        test if isinstance(test, Mapping) else {}, self.classes)
            held.weigh_evenly(self.model)
            fields.update(test=held.path, test_arrays=held.arrays and held.arrays.pointer)
            self._kept.append(held)
        if start is not None:
            fields["from"] = self._start(start)
        fields["classes"] = classes if isinstance(classes, str) else (
            ",".join(str(c) for c in self.classes) if self.classes else None)
        self._kept.append(train)
        zeros = 0
        for name, bit in (("learning_rate", _c.ZERO_LEARNING_RATE), ("decay", _c.ZERO_DECAY), ("epochs", _c.ZERO_EPOCHS)):
            if how.get(name) == 0:
                zeros |= bit
        if "header" in how:
            how["header"] = choice("header", how["header"], HEADERS)
        if "decay_kind" in how:
            how["decay_kind"] = choice("decay_kind", how["decay_kind"], DECAYS)
        if "dtype" in how:
            how["dtype"] = choice("dtype", dtype_name(how["dtype"]), DTYPES)
        if isinstance(how.get("map"), Mapping):
            how["map"] = ",".join(f"{name}={column}" for name, column in how["map"].items())
        allowed = {field[0] for field in _c.dfoo_train_options._fields_} - {
            "size", "arrays", "test_arrays", "report", "stop", "user", "zeros", "each_step", "each_epoch", "fill", "more_data",
            "more_tests", "live", "data"}
        for name in how:
            if name not in allowed:
                import difflib

                near = difflib.get_close_matches(name, [*allowed, *kinds, "test", "start", "sample_weight", "class_weight"], 1)
                raise ModelError(f"there is no option or variable {name}" + (f"; did you mean {near[0]}?" if near else ""))
        for name, value in how.items():
            fields[name] = int(value) if isinstance(value, bool) else value
        return options(_c.dfoo_train_options, zeros=zeros, **fields)

    def _start(self, parameters: Mapping[str, Any]) -> str:
        """The file that the library reads first parameters from."""
        import tempfile

        import numpy as np

        directory = tempfile.TemporaryDirectory()
        self._kept.append(directory)
        path = os.path.join(directory.name, "start.npz")
        np.savez(path, **{name: np.asarray(value) for name, value in parameters.items()})  # type: ignore[arg-type]
        return path

    def __enter__(self) -> Trainer:
        return self

    def __exit__(self, *failure: Any) -> None:
        if failure[0] is None and self._run is None:
            self._run = self._ended()
        self.close()

    def close(self) -> None:
        """Ends the training without a run, and gives its memory back."""
        self._free()

    def _go(self, name: str, *arguments: Any) -> Optional[Progress]:
        now = options(_c.dfoo_progress)
        self._alive()
        status = self._context.call(name, self._trainer, *arguments, ctypes.byref(now))
        return progress(now) if status == _c.dfoo_status.OK else None

    def _alive(self) -> None:
        if not self._free.alive:
            raise ModelError("this training has ended")

    def epoch(self) -> Optional[Progress]:
        """The steps up to the end of the pass at hand; None once all epochs are done."""
        return self._go("dfoo_trainer_epoch")

    def step(self, **batch: Any) -> Optional[Progress]:
        """One step: of the next mini-batch, or of arrays by the model's names."""
        given = self.model._arrays(batch) if batch else None
        return self._go("dfoo_trainer_step", given and given.pointer)

    def score(self) -> Progress:
        """Cost and metric with the parameters as they are."""
        now = self._go("dfoo_trainer_score")
        assert now is not None
        return now

    def parameters(self) -> dict[str, Array]:
        """Copies of the parameters as they are."""
        return self._read_out("dfoo_trainer_parameters")

    def gradients(self) -> dict[str, Array]:
        """Copies of the gradients of the newest step; the trainer was made with `gradients=True`."""
        return self._read_out("dfoo_trainer_gradients")

    def _read_out(self, name: str) -> dict[str, Array]:
        self._alive()
        found = Arrays(self._context)
        self._context.call(name, self._trainer, found.pointer)
        return {name: value.copy() for name, value in found}

    def set_parameters(self, **parameters: Any) -> None:
        """Parameters to go on with; others stay."""
        self._alive()
        given = self.model._arrays(parameters)
        self._context.call("dfoo_trainer_set_parameters", self._trainer, given.pointer)

    @property
    def learning_rate(self) -> float:
        """The learning rate that is given; it can be set."""
        self._alive()
        rate: float = _c.lib.dfoo_trainer_learning_rate(self._trainer)
        return rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._alive()
        self._context.call("dfoo_trainer_set_learning_rate", self._trainer, float(rate))

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes the run as it is; it predicts, and can be gone on with by `file=path, resume=True`."""
        self._alive()
        self._context.call("dfoo_trainer_save", self._trainer, os.fsencode(path))

    def end(self) -> Run:
        """Ends the training, whether all epochs are done or not."""
        if self._run is None:
            self._alive()
            self._run = self._ended()
        return self._run

    def _ended(self) -> Run:
        run, last = ctypes.c_void_p(), options(_c.dfoo_progress)
        self._context.call("dfoo_trainer_end", self._trainer, ctypes.byref(run), ctypes.byref(last))
        return Run(self.model, Arrays(self._context, run), progress(last), classes=self.classes, interrupted=self.interrupted)


def _close_trainer(trainer: Any, model: Model, kept: list[Any], generation: int) -> None:
    """The model, and with it the context and the data, outlive the trainer. Behind a fork it is left alone, as functions are."""
    if generation == _core.generation:
        _c.lib.dfoo_trainer_close(trainer)
        kept.clear()


def fit(model: Model, data: Sequence[Any], how: dict[str, Any]) -> Run:
    callbacks: Iterable[Callable[[Trainer, Progress], Any]] = how.pop("callbacks", ()) or ()
    callbacks = list(callbacks) if not callable(callbacks) else [callbacks]
    verbose = how.pop("progress", None)
    trainer = Trainer(model, data, how)
    from ._show import Bar

    bar = Bar(verbose)
    try:
        while (now := trainer.epoch()) is not None:
            bar.show(now)
            if any([callback(trainer, now) is False for callback in callbacks]):
                break
    except KeyboardInterrupt:
        trainer.interrupted = True
    finally:
        bar.close()
    with trainer:
        run = trainer.end()
    if trainer.interrupted:
        import warnings

        warnings.warn(f"interrupted: {run.last}; the run has the parameters as they were then", Note,
                      stacklevel=3)
    return run


class Picture:
    """A picture as the text of an SVG file; a notebook shows it, `save(path)` writes it."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"a picture: SVG of {len(self.svg)} characters; .save(path) writes it"

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes the SVG file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)


class Rate(NamedTuple):
    """What a learning-rate range test found: the `rate` to take, None if the cost fell with none; what was tried, from `low` to
    `high`; where the cost was `least`; whether it `grew` behind that; and a picture of it."""

    rate: Optional[float]
    low: float
    high: float
    least: float
    start_cost: float
    least_cost: float
    grew: bool
    steps: int
    picture: Picture


def find_rate(model: Model, data: Sequence[Any], how: Mapping[str, Any]) -> Rate:
    asked = Trainer.__new__(Trainer)
    asked.model, asked._kept = model, []
    given = asked._read(data, dict(how))
    found = options(_c.dfoo_rate)
    context = model._context
    _, picture = context.text("dfoo_find_rate", asked.model._pointer, given, ctypes.byref(found), None)
    rate = found.rate if found.rate == found.rate else None
    return Rate(rate, found.low, found.high, found.least, found.start_cost, found.least_cost, bool(found.grew), found.steps,
                Picture(picture))


class Confusion:
    """How examples were classified: `count[i, k]` of those of class i as class k."""

    def __init__(self, context: Context, made: Any) -> None:
        import numpy as np

        self._context, self._made = context, made
        self._free = weakref.finalize(self, _free_confusion, context, made)
        n = made.contents.classes
        self.classes = [made.contents.names[i].decode() for i in range(n)]
        self.count = np.ctypeslib.as_array(made.contents.count, (n * n,)).reshape(n, n).astype(int)
        self.text = context.text("dfoo_confusion_text", context.pointer, made)[1]

    def plot(self, title: Optional[str] = None) -> Picture:
        """The matrix as a picture."""
        return Picture(self._context.text("dfoo_plot_confusion", self._context.pointer, self._made, title and title.encode())[1])

    def __repr__(self) -> str:
        return self.text.rstrip()


def _free_confusion(context: Context, made: Any) -> None:
    _c.lib.dfoo_confusion_free(context.pointer, made)


class Run:
    """A trained model: its parameters, how it was trained, and predictions.

    `run.W1` or `run["W1"]` is a parameter. It can be pickled, and saved to an NPZ file that `dfoo predict` reads.
    """

    def __init__(self, model: Model, arrays: Arrays, last: Optional[Progress] = None, *,
                 classes: Optional[Sequence[Any]] = None, interrupted: bool = False) -> None:
        self.model, self.last, self.classes, self.interrupted = model, last, classes, interrupted
        self._arrays = arrays
        self._predictor: Any = None

    @classmethod
    def read(cls, path: Union[str, os.PathLike[str]]) -> Run:
        """A run from its NPZ file: it knows its model."""
        import numpy as np

        from .model import Model

        context = Context()
        arrays = Arrays(context)
        try:
            with np.load(os.fspath(path), allow_pickle=False) as file:
                for name in file.files:
                    if file[name].dtype.kind in "fiub":
                        arrays.borrow(name, _plain(file[name]))
        except ValueError as reason:
            raise ModelError(f"{os.fspath(path)}: {reason}") from None
        return cls(Model._of(context, context.handle("dfoo_model_from_run", context.pointer, arrays.pointer), "model"), arrays)

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters by name."""
        return {name: value for name, value in self._arrays if name in self.model.parameters}

    @property
    def history(self) -> Values:
        """What was measured: `epoch`, `cost`, `accuracy` (or what suits the model), their `test_` twins, `learning_rate`."""
        rows = self._arrays.get("dfoo.history")
        if rows is None:
            return Values({})
        names = ["epoch", "cost", "metric", "test_cost", "test_metric", "learning_rate"]
        return Values({name: rows[:, i].copy() for i, name in enumerate(names)})

    @property
    def cost(self) -> Optional[float]:
        """The cost of the training data at the end."""
        return self.last.cost if self.last else None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self.model.parameters:
            raise AttributeError(f"a run has no {name}" + ("" if name.startswith("_") else
                                                            f"; its parameters are {', '.join(self.model.parameters)}"))
        return self._arrays.get(name)

    def __getitem__(self, name: str) -> Array:
        value = self._arrays.get(name)
        if value is None:
            raise KeyError(f"a run has no {name}; its parameters are {', '.join(self.model.parameters)}")
        return value

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self.model.parameters]

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {'x'.join(map(str, value.shape)) or 'number'}" for name, value in self.parameters.items())
        return "\n".join([f"a run of {self.model._name}" + (f": {self.last}" if self.last else ""), sizes])

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes the run as an NPZ file."""
        context = self._arrays.context
        context.call("dfoo_arrays_write", context.pointer, os.fsencode(path), self._arrays.pointer, 0)

    def show(self) -> Text:
        """The equations, how they were trained, and what becomes of the columns of a table."""
        context = self.model._context
        return Text(context.text("dfoo_show_run", context.pointer, self._arrays.pointer)[1])

    def __getstate__(self) -> Any:
        return (str(self.model), self.model.facts()["model"], self.model._set, {name: value.copy() for name, value in self._arrays},
                self.last, self.classes, self.model._weights)

    def __setstate__(self, state: Any) -> None:
        from .model import Model

        text, name, sizes, values, last, classes, weights = state
        model = Model(text, name).set(**sizes)
        if weights:
            model._weights = weights
        arrays = Arrays(model._context)
        for key, value in values.items():
            arrays.borrow(key, value)
        Run.__init__(self, model, arrays, last, classes=classes)

    # ------------------------------------------------------------------ predictions

    def _reading(self, named: dict[str, Any]) -> dict[str, Any]:
        """The options of reading, taken out of what is given by name: a variable of the model's keeps its name."""
        kinds = {v["name"] for v in self.model.facts()["variables"]}
        more = {name: named.pop(name) for name in READING if name in named and name not in kinds}
        for name in named:
            if name not in kinds:
                import difflib

                near = difflib.get_close_matches(name, [*READING, *kinds, "part"], 1)
                raise ModelError(f"there is no option or variable {name}" + (f"; did you mean {near[0]}?" if near else ""))
        if isinstance(more.get("map"), Mapping):
            more["map"] = ",".join(f"{name}={column}" for name, column in more["map"].items())
        if more.get("labels") is not None and not isinstance(more["labels"], str):
            more["labels"] = ",".join(more["labels"])
        if more.get("header") is not None:
            more["header"] = choice("header", more["header"], HEADERS)
        if more.get("dtype") is not None:
            more["dtype"] = choice("dtype", dtype_name(more["dtype"]), DTYPES)
        if more.get("flatten") is not None:
            more["flatten"] = int(more["flatten"])
        return more

    def _predict_options(self, data: Sequence[Any], named: Mapping[str, Any], part: str, **more: Any) -> tuple[Any, Data]:
        named = dict(named)
        more.update(self._reading(named), part=choice("part", part, PARTS))
        read = Data(self.model, data, named, self.classes)
        read.weigh_evenly(self.model)
        return options(_c.dfoo_predict_options, data=read.path, arrays=read.arrays and read.arrays.pointer, **more), read

    def _predicted(self, how: Any, now: Any = None) -> Arrays:
        out = ctypes.c_void_p()
        self.model._context.call("dfoo_predict", self.model._pointer, self._arrays.pointer, how, ctypes.byref(out), now)
        return Arrays(self.model._context, out)

    def predict(self, *data: Any, part: str = "all", **named: Any) -> Any:
        """What the model predicts: for `predict(X)` with one example per row, an array with a row per example; for arrays by
        the model's names, all predictions by name, in the model's orientation. `part="train"` or `"test"`: of the data that training
        had, the examples that its `split` put there; the labels belong to it, `predict(X, y, part="test")`, since it divides by them.

        How data is read, as in training; so for `classify`, `score`, `metrics`, `confusion` and `plot`, too: map ("X=age,height", or
        {"X": "test_set_x"}: which columns or arrays a variable is), flatten (no note when images become one column an example),
        header ("auto", "yes", "no": of a CSV), labels ("kind", or several: the label columns of a CSV), dtype ("float64", "float32")."""
        how, read = self._predict_options(data, named, part)
        values = dict(self._predicted(how))
        if not data:
            return Values(values)
        columns = self.model.facts()["examples"]["axis"] == 1
        first: Array = values[self.model.facts()["predict"][0]]
        return first.T if columns else first

    def classify(self, *data: Any, part: str = "all", **named: Any) -> Array:
        """The class of each example: the largest of several outputs, or whether one is over a half; as names if it was trained
        with names."""
        import numpy as np

        found = self.predict(*data, part=part, **named)
        if isinstance(found, Values):
            found = found[self.model.facts()["predict"][0]]
            found = found.T if self.model.facts()["examples"]["axis"] == 1 else found
        index = (found[:, 0] > 0.5).astype(int) if found.shape[1] == 1 else found.argmax(axis=1)
        chosen: Array = np.asarray(self.classes)[index] if self.classes is not None else index
        return chosen

    def score(self, *data: Any, part: str = "all", **named: Any) -> Progress:
        """Cost and metric on data with labels."""
        how, read = self._predict_options(data, named, part)
        now = options(_c.dfoo_progress)
        self._predicted(how, ctypes.byref(now))
        return progress(now)

    def metrics(self, *data: Any, part: str = "all", **named: Any) -> dict[str, float]:
        """Every measure of the predictions that suits the labels, by name: accuracy, F1, the area below the ROC curve, .. of
        classes, squared and absolute errors of numbers, as `dfoo predict` writes them."""
        names = words(_c.dfoo_words.METRICS)
        values = (ctypes.c_double * len(names))()
        how, read = self._predict_options(data, named, part, metrics=ctypes.addressof(values), n_metrics=len(names))
        self._predicted(how, ctypes.byref(options(_c.dfoo_progress)))
        return {name: value for name, value in zip(names, values) if not math.isnan(value)}

    def confusion(self, *data: Any, part: str = "all", **named: Any) -> Confusion:
        """How examples with labels were classified."""
        context, made = self.model._context, ctypes.POINTER(_c.dfoo_confusion)()
        how, read = self._predict_options(data, named, part, confusion=ctypes.pointer(made))
        self._predicted(how)
        if not made:
            raise ModelError("there are no classes to tell apart: the labels are missing, or are not classes")
        return Confusion(context, made)

    def plot(self, *data: Any, part: str = "all", title: Optional[str] = None, features: Optional[str] = None,
             kind: Optional[str] = None, **named: Any) -> Picture:
        """A picture of what the model says for every value of one or two features, with the examples; without data, the cost
        over the epochs; or of another kind: "roc", "precision-recall", "calibration", "confusion", "predicted", "residuals",
        "activations", "gradients" with data, "rate" without."""
        context = self.model._context
        if kind is not None and not data and not named:
            plain = options(_c.dfoo_plot_options, title=title)
            return Picture(context.text("dfoo_plot_run", self.model._pointer, self._arrays.pointer, kind.encode(), plain)[1])
        if not data and not named:
            import tempfile

            with tempfile.TemporaryDirectory() as directory:
                path = os.path.join(directory, "run.npz")
                self.save(path)
                return Picture(context.text("dfoo_plot_log", context.pointer, path.encode(), (title or "cost").encode())[1])
        examples, read = self._predict_options(data, named, part)
        how = options(_c.dfoo_plot_options, examples=ctypes.pointer(examples), title=title, features=features)
        if kind is not None:
            return Picture(context.text("dfoo_plot_run", self.model._pointer, self._arrays.pointer, kind.encode(), how)[1])
        return Picture(context.text("dfoo_plot_model", self.model._pointer, self._arrays.pointer, how)[1])


def _plain(value: Array) -> Array:
    import numpy as np

    return value if value.dtype.char in "fd" else value.astype(np.float64)
