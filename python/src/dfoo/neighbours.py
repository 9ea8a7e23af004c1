"""Other packages' networks as equations, and parameters in files that they read."""
from __future__ import annotations

import json
import os
import struct
from typing import TYPE_CHECKING, Any, Mapping, Union

from ._core import FileError, ModelError

if TYPE_CHECKING:
    from ._arrays import Array
    from .model import Model

ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "logistic": "sigmoid", "identity": "linear", "softmax": "softmax"}
SAFETENSORS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "?"}


def from_sklearn(network: Any) -> tuple[Model, dict[str, Array]]:
    """A trained MLPClassifier or MLPRegressor of scikit-learn as equations with one example per row, and its parameters by
    their names there."""
    from .model import Model

    if not hasattr(network, "coefs_"):
        raise ModelError(f"{type(network).__name__} has no layers, or is not trained: an MLPClassifier or MLPRegressor behind fit")
    kinds = [network.activation] * (len(network.coefs_) - 1) + [network.out_activation_]
    layers = ", ".join(f"{ACTIVATIONS[kind]} {weight.shape[1]}" for kind, weight in zip(kinds, network.coefs_))
    model = Model.new(layers, rows=True, name=type(network).__name__)
    parameters: dict[str, Array] = {}
    for i, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_), 1):
        parameters[f"W{i}"], parameters[f"b{i}"] = weight, bias[None, :]
    return model, parameters


def save_safetensors(path: Union[str, os.PathLike[str]], arrays: Mapping[str, Array]) -> None:
    """Writes arrays by name as a safetensors file: eight bytes with the length of a table in JSON, the table, the numbers."""
    import numpy as np

    kinds = {np.dtype(code): name for name, code in SAFETENSORS.items()}
    table: dict[str, Any] = {}
    parts, at = [], 0
    for name, value in arrays.items():
        made = np.ascontiguousarray(value)
        if made.dtype not in kinds:
            raise ModelError(f"{name} is an array of {made.dtype}, which safetensors has not")
        raw = made.tobytes()
        table[name] = {"dtype": kinds[made.dtype], "shape": list(np.shape(value)), "data_offsets": [at, at + len(raw)]}
        parts.append(raw)
        at += len(raw)
    head = json.dumps(table).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.writelines([struct.pack("<Q", len(head)), head, *parts])


def load_safetensors(path: Union[str, os.PathLike[str]]) -> dict[str, Array]:
    """Reads the arrays of a safetensors file."""
    import numpy as np

    with open(path, "rb") as file:
        raw = file.read()
    length = struct.unpack("<Q", raw[:8])[0] if len(raw) >= 8 else len(raw)
    try:
        if length > len(raw) - 8:
            raise ValueError("it is cut off")
        table = json.loads(raw[8: 8 + length])
        found = {}
        for name, entry in table.items():
            if name == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            part = raw[8 + length + begin: 8 + length + end]
            found[name] = np.frombuffer(part, SAFETENSORS[entry["dtype"]]).reshape(entry["shape"])
        return found
    except (ValueError, KeyError, TypeError, AttributeError) as reason:
        raise FileError(f"{os.fspath(path)} is no safetensors file that can be read: {reason}") from None
