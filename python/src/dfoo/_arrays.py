"""Arrays of Python, whatever library they come from, and sets of arrays of dfoo, without copies where that can be."""
from __future__ import annotations

import ctypes
import weakref
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Optional

from . import _c
from ._core import Context, ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]


def array(value: Any, name: str) -> Array:
    """A numpy array of float32 or float64 of anything that is like an array; the same memory where it is one already."""
    import numpy as np

    if not isinstance(value, np.ndarray):
        if hasattr(value, "detach"):
            value = value.detach()  # a tensor that is differentiated elsewhere
        if hasattr(value, "__dlpack__") and not hasattr(value, "__array_interface__"):
            try:
                value = np.from_dlpack(value)
            except (BufferError, TypeError, RuntimeError) as reason:
                raise ModelError(f"{name} is not in this processor's memory: {reason}") from None
        else:
            value = np.asarray(value)
    if value.dtype.kind not in "fiub":
        raise ModelError(f"{name} is an array of {value.dtype}, and should be one of numbers")
    if value.dtype.char not in "fd" or not value.dtype.isnative:
        value = value.astype(np.float64)
    made: Array = value
    return made


class Arrays:
    """A set of named arrays in the library's hands."""

    def __init__(self, context: Context, pointer: Optional[ctypes.c_void_p] = None) -> None:
        self.context = context
        self.pointer = pointer or context.handle("dfoo_arrays_new", context.pointer)
        self.kept: list[Any] = []
        self.free = weakref.finalize(self, _free_arrays, self.pointer, context, self.kept)

    def borrow(self, name: str, value: Array) -> None:
        """Adds an array as it lies; it stays alive as long as the set does."""
        if any(step % value.itemsize for step in value.strides):
            value = value.copy()
        self.kept.append(value)
        count = max(value.ndim, 1)
        if value.ndim > _c.MAX_DIMS:
            raise ModelError(f"{name} has {value.ndim} dimensions, and may have {_c.MAX_DIMS}")
        self.context.call(
            "dfoo_arrays_borrow", self.pointer, name.encode(), int(value.dtype.char == "f"), value.ndim,
            (ctypes.c_size_t * count)(*value.shape), (ctypes.c_ssize_t * count)(*(s // value.itemsize for s in value.strides)),
            value.ctypes.data, None)

    def __iter__(self) -> Iterator[tuple[str, Array]]:
        for i in range(_c.lib.dfoo_arrays_count(self.pointer)):
            found = _c.lib.dfoo_arrays_at(self.pointer, i).contents
            yield found.name.decode(), self.view(found)

    def view(self, found: Any) -> Array:
        """An array of the set as numpy's, over the same memory, which it keeps alive."""
        import numpy as np

        shape, size = tuple(found.dim[: found.ndim]), 4 if found.dtype else 8
        if 0 in shape:
            return np.empty(shape, f"f{size}")
        view = np.asarray(_Memory(self, {
            "version": 3, "typestr": np.dtype(f"f{size}").str, "shape": shape, "data": (found.values, bool(found.borrowed)),
            "strides": tuple(s * size for s in found.step[: found.ndim]),
        }))
        return view

    def get(self, name: str) -> Optional[Array]:
        found = _c.lib.dfoo_arrays_get(self.pointer, name.encode())
        return self.view(found.contents) if found else None


class _Memory:
    """What numpy takes an array's memory from: it holds the set that the memory belongs to."""

    def __init__(self, owner: Any, interface: dict[str, Any]) -> None:
        self.owner = owner
        self.__array_interface__ = interface


def _free_arrays(pointer: ctypes.c_void_p, context: Context, kept: list[Any]) -> None:
    """The context and what was borrowed are arguments so that both outlive the set."""
    _c.lib.dfoo_arrays_free(pointer)
    kept.clear()


class Values(Mapping[str, Any]):
    """Numbers by the names of the model: `v.dW1` and `v["dW1"]` are the same; a number without a shape is a float.

    >>> v = Values({"J": 0.5})
    >>> v.J
    0.5
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(self._missing(name)) from None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(self._missing(name)) from None

    def _missing(self, name: str) -> str:
        import difflib

        near = difflib.get_close_matches(name, self._values, 1)
        return f"there is no {name}" + (f"; did you mean {near[0]}?" if near else f" among {', '.join(self._values)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def __repr__(self) -> str:
        width = max(map(len, self._values), default=0)
        return "\n".join(f"{name:<{width}}  {_brief(value)}" for name, value in self._values.items())

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{name}</th><td style='text-align:left'><code>{_brief(value)}</code></td></tr>"
                       for name, value in self._values.items())
        return f"<table>{rows}</table>"


def _brief(value: Any) -> str:
    """A value in one line: small arrays whole, others by shape and range."""
    import numpy as np

    if not isinstance(value, np.ndarray):
        return f"{value:.6g}" if isinstance(value, float) else str(value)
    shape = "x".join(map(str, value.shape)) or "()"
    if value.size <= 6:
        return f"{shape}  {np.array2string(value, precision=4, suppress_small=True, separator=', ')}".replace("\n", "")
    finite = value[np.isfinite(value)]
    span = f"{finite.min():.4g} .. {finite.max():.4g}" if finite.size else "nothing finite"
    return f"{shape}  {value.dtype}  {span}"
