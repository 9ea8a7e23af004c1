"""Compiled functions: values and gradients of a model, called in loops."""
from __future__ import annotations

import ctypes
import weakref
from typing import TYPE_CHECKING, Any, Mapping, Optional

from . import _c, _core
from ._arrays import array
from ._core import Context, ModelError, choice, options

if TYPE_CHECKING:
    from ._arrays import Array
    from .model import Model

_run = _c.lib.dfoo_function_run


class _Compiled:
    """A dfoo_function of one type, and the arrays that are bound to it."""

    def __init__(self, function: Function, single: bool) -> None:
        self.function, self.single = function, single
        model = function.model
        how = options(_c.dfoo_compile_options, outputs=function.names and ",".join(function.names), inputs=function.inputs,
                      convention=function.convention, dtype=int(single), threads=function.threads, hvp=int(function.hvp))
        self.context: Context = model._context
        self.pointer = self.context.handle("dfoo_compile", model._pointer, how)
        self.free = weakref.finalize(self, _free_function, self.pointer, self.context, _core.generation)
        self.generation = _core.generation
        self.bound: dict[str, Any] = {}   # what the caller gave, by name
        self.arrays: dict[str, Any] = {}  # the memory that is read
        self.views: Optional[list[Any]] = None

    def bind(self, name: str, value: Any) -> None:
        import numpy as np

        made = self.function.model._shaped(name, value)
        if (made.dtype.char == "f") != self.single:
            made = made.astype(np.float32 if self.single else np.float64)
        rows, columns = self.function._rows_and_columns(name, made)
        size = made.itemsize
        if made.flags.c_contiguous:
            self.context.call("dfoo_function_bind", self.pointer, name.encode(), made.ctypes.data, rows, columns)
        else:
            if any(s % size for s in made.strides):
                made = made.copy()
            steps = [s // size for s in made.strides]
            self.context.call("dfoo_function_bind_strided", self.pointer, name.encode(), made.ctypes.data, rows, columns,
                              *([0] * (2 - len(steps)) + steps))
        self.views = None
        self.arrays[name] = made
        same = isinstance(value, (int, float)) or isinstance(value, np.ndarray) and np.may_share_memory(made, value)
        self.bound[name] = value if same else None  # None: read anew in the next call

    def bind_output(self, name: str, memory: Array) -> None:
        """Lets an output be written to a dense array of the function's type, which the caller keeps."""
        rows, columns = self.function._rows_and_columns(name, memory)
        self.context.call("dfoo_function_bind_output", self.pointer, name.encode(), memory.ctypes.data, rows, columns)
        self.views = None

    def outputs(self) -> list[Any]:
        """Views of the outputs where they lie, until something is bound again."""
        import numpy as np

        lib, views = _c.lib, []
        rows, columns = ctypes.c_size_t(), ctypes.c_size_t()
        for name in self.function.outputs:
            at = lib.dfoo_function_get(self.pointer, name.encode())
            self.context.call("dfoo_function_shape", self.pointer, name.encode(), ctypes.byref(rows), ctypes.byref(columns))
            shape = () if name in self.function.numbers else (rows.value, columns.value)
            count = rows.value * columns.value
            kind = ctypes.c_float if self.single else ctypes.c_double
            view = np.ctypeslib.as_array((kind * count).from_address(at)).reshape(shape)
            views.append(view)
        self.views = views
        return views


class Function:
    """A function of a model, made by `Model.compile`. It is called with arrays by name and returns copies of its outputs in
    the order in which they were named: a float for a number, an array for a matrix, a tuple of several.

    >>> import numpy as np, dfoo
    >>> f = dfoo.Model.read("logistic").compile("J, dw")
    >>> J, dw = f(X=np.eye(2), Y=np.array([[0.0, 1.0]]), w=np.zeros((2, 1)), b=0.0)
    >>> round(J, 4), dw.ravel().tolist()
    (0.6931, [0.25, -0.25])

    An array that was given before need not be looked at again: the function reads it where it lies, so that changing its
    entries is enough. `f(.., out={"dW1": array})` writes into memory of the caller's; `f.run(..)` returns nothing, and
    `f["dW1"]` is then the output where it lies, valid until arrays of another place are given.
    A function belongs to one thread at a time; `f.clone()` is one for another thread.
    """

    def __init__(self, model: Model, outputs: Optional[str], inputs: Optional[str], *, convention: str, dtype: Optional[str],
                 threads: int, hvp: bool = False) -> None:
        from .model import CONVENTIONS

        self.model, self.inputs, self.threads, self.hvp = model, inputs, threads, hvp
        self._convention_name = convention
        self.convention = choice("convention", convention, CONVENTIONS)
        self.dtype = None if dtype is None else choice("dtype", str(dtype), {"float32": 1, "float64": 0})
        facts = model.facts(convention)
        shapes = {row["name"]: row["shape"] for part in ("variables", "gradients") for row in facts[part]}
        self._shapes = shapes
        self.names = outputs.split(",") if outputs else None
        self.outputs = self.names or [facts["cost"], *("d" + name for name in model.parameters)]
        self.numbers = {name for name in self.outputs if shapes.get(name) == []}
        self._compiled: Optional[_Compiled] = None
        self._into: dict[str, Array] = {}
        self._make(bool(self.dtype))  # what is wrong with it is said here and not in the first call

    def _make(self, single: bool) -> _Compiled:
        self._compiled = _Compiled(self, single)
        return self._compiled

    def _write_into(self) -> None:
        """Binds the outputs that have memory of their own."""
        assert self._compiled is not None
        for name, memory in self._into.items():
            self._compiled.bind_output(name, memory)

    def _rows_and_columns(self, name: str, made: Array) -> tuple[int, int]:
        if made.ndim == 2:
            return made.shape
        if made.ndim == 0:
            return 1, 1
        raise ModelError(f"{name} is {made.shape}, which does not fit "
                         f"({', '.join(map(str, self._shapes.get(name, ['rows', 'columns'])))})")

    def _bind(self, named: Mapping[str, Any]) -> _Compiled:
        """Binds what is not bound yet; other types or numbers of examples need a function of their own."""
        old = self._compiled
        everything = {**(old.arrays if old else {}), **named}
        if old is not None and old.generation != _core.generation:
            old = None
        single = bool(self.dtype)
        if self.dtype is None:
            kinds = [array(value, name).dtype.char for name, value in everything.items()
                     if not isinstance(value, (int, float))]
            single = bool(kinds) and all(kind == "f" for kind in kinds)
        if old is not None and old.single == single:
            before = dict(old.bound)
            try:
                for name, value in named.items():
                    if old.bound.get(name) is not value or value is None:
                        old.bind(name, value)
                return old
            except ModelError:
                if not before:
                    raise  # sizes were not known before: it is this array that does not fit
        made = self._make(single)
        for name, value in everything.items():
            made.bind(name, value)
        self._write_into()
        return made

    def run(self, **named: Any) -> None:
        """Computes the outputs and copies nothing: they are in `f["J"]`."""
        compiled = self._compiled
        if compiled is None or compiled.generation != _core.generation:
            compiled = self._bind(named)
        else:
            bound = compiled.bound
            for name, value in named.items():
                if bound.get(name) is not value:
                    compiled = self._bind(named)
                    break
        status = _run(compiled.pointer, 0)
        if status:
            compiled.context.settle(status)
        if compiled.views is None:
            compiled.outputs()

    def __call__(self, values: Optional[Mapping[str, Any]] = None, /, *, out: Optional[Mapping[str, Array]] = None,
                 **named: Any) -> Any:
        self.run(**(named if values is None else {**values, **named}))
        compiled = self._compiled
        assert compiled is not None and compiled.views is not None
        if out is not None:
            for name, value in out.items():
                value[...] = self[name]
        numbers = self.numbers
        results = tuple([float(view) if name in numbers else view.copy() for name, view in zip(self.outputs, compiled.views)])
        return results[0] if len(results) == 1 else results

    def __getitem__(self, name: str) -> Any:
        """An output of the newest run where it lies; it changes with the next run."""
        compiled = self._compiled
        if compiled is None or compiled.views is None:
            raise ModelError(f"{name} was not computed yet: call the function first")
        if name not in self.outputs:
            raise KeyError(f"{name}: the outputs are {', '.join(self.outputs)}")
        return compiled.views[self.outputs.index(name)]

    def clone(self) -> Function:
        """The same function for another thread."""
        dtype = None if self.dtype is None else ("float64", "float32")[self.dtype]
        return Function(self.model, ",".join(self.names) if self.names else None, self.inputs, convention=self._convention_name,
                        dtype=dtype, threads=self.threads, hvp=self.hvp)

    def __repr__(self) -> str:
        return f"dfoo.Function: {', '.join(self.outputs)} of {self.model._name}"

    def __reduce__(self) -> Any:
        return _function_again, (self.model, self.names and ",".join(self.names), self.inputs, self._convention_name, self.dtype,
                                 self.threads, self.hvp)


def _function_again(model: Model, outputs: Optional[str], inputs: Optional[str], convention: str, dtype: Optional[int],
                    threads: int, hvp: bool = False) -> Function:
    return Function(model, outputs, inputs, convention=convention, dtype=None if dtype is None else ("float64", "float32")[dtype],
                    threads=threads, hvp=hvp)


def _free_function(pointer: Any, context: Context, generation: int) -> None:
    """The threads of a function are its process's: behind a fork there is nobody to wait for, and it is left alone."""
    if generation == _core.generation:
        _c.lib.dfoo_function_free(pointer)


class Objective:
    """The cost of a model as a function of one vector of parameters: `J, gradient = f(theta)`.

    >>> import numpy as np, dfoo
    >>> f = dfoo.Model.read("logistic").objective(X=np.eye(2), Y=np.array([[0.0, 1.0]]))
    >>> theta = f.start()
    >>> J, gradient = f(theta)
    >>> gradient.shape == theta.shape == (3,)
    True
    >>> sorted(f.unpack(theta))
    ['b', 'w']
    """

    def __init__(self, model: Model, data: Mapping[str, Any], wrt: Optional[str], threads: int) -> None:
        import numpy as np

        self.model = model
        self.data = {name: array(value, name) for name, value in data.items()}
        self.names = wrt.split(",") if wrt else [p for p in model.parameters if p not in self.data]
        cost = model.facts("dJ")["cost"]
        self.function = model.compile([cost, *("d" + name for name in self.names)], convention="dJ", dtype="float64",
                                      threads=threads)
        inputs = {name: value for name, value in self.data.items() if name not in model.parameters}
        starts = model.start(data=inputs)
        self._start = {name: np.asarray(starts[name], dtype=float) for name in self.names}
        self.shapes = {name: value.shape for name, value in self._start.items()}
        self.size = sum(value.size for value in self._start.values())
        self.theta = np.empty(self.size)
        self.parts = self.unpack(self.theta)
        self.theta[:] = self.start()
        self.gradient = np.empty(self.size)
        self._second: Optional[Function] = None
        self.function.run(**self.data, **self.parts)
        self.function._into = {"d" + name: part for name, part in self.unpack(self.gradient).items()}
        self.function._write_into()

    def start(self, seed: int = 0) -> Array:
        """A vector to begin with: the model's own starts."""
        if seed:
            inputs = {name: value for name, value in self.data.items() if name not in self.model.parameters}
            return self.pack(self.model.start(seed=seed, data=inputs))
        return self.pack(self._start)

    def pack(self, parameters: Mapping[str, Array]) -> Array:
        """Parameters by name as one vector."""
        import numpy as np

        return np.concatenate([np.asarray(parameters[name], dtype=float).ravel() for name in self.names])

    def unpack(self, theta: Array) -> dict[str, Array]:
        """The vector's parts by name, over the same memory."""
        parts, at = {}, 0
        for name, shape in self.shapes.items():
            size = 1
            for n in shape:
                size *= n
            parts[name] = theta[at: at + size].reshape(shape)
            at += size
        return parts

    def __call__(self, theta: Array) -> tuple[float, Array]:
        self.theta[:] = theta
        self.function.run()
        return float(self.function[self.function.outputs[0]]), self.gradient.copy()

    def hessp(self, theta: Array, direction: Array) -> Array:
        """The Hessian at theta times a direction: `hessp=f.hessp` of scipy.optimize.minimize."""
        import numpy as np

        if self._second is None:
            self._second = self.model.compile(["H" + name for name in self.names], convention="dJ", dtype="float64", hvp=True,
                                              threads=self.function.threads)
        along = {name + "_dot": part for name, part in self.unpack(np.asarray(direction, dtype=float)).items()}
        found = self._second({**self.data, **self.unpack(np.asarray(theta, dtype=float)), **along})
        parts = found if isinstance(found, tuple) else (found,)
        return np.concatenate([np.ravel(part) for part in parts])

    def __repr__(self) -> str:
        return f"dfoo.Objective: {self.size} numbers, {', '.join(self.names)} of {self.model._name}"
