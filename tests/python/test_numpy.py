"""Random programs give the same in dfoo's interpreter as in Python with numpy: values, shapes, types, and the same kind of
error at the same place. DFOO_PROGRAMS sets how many, DFOO_SEED which."""
import json
import math
import os
import subprocess
import warnings

import numpy as np
import pytest

from python.programs import Maker

COUNT = int(os.environ.get("DFOO_PROGRAMS", "2000"))
SEED = int(os.environ.get("DFOO_SEED", "1"))
# numpy's own classes of errors, by the one of Python's that they are
FAMILY = {"UFuncTypeError": "TypeError", "_UFuncOutputCastingError": "TypeError", "AxisError": "IndexError",
          "_UFuncBinaryResolutionError": "TypeError", "_UFuncNoLoopError": "TypeError", "LinAlgError": "ValueError",
          "_UFuncInputCastingError": "TypeError"}
# The words of these are held, too: learners see them.
HELD = ("broadcast", "not aligned", "matmul: Input operand 1", "out of bounds", "cannot reshape", "boolean index")


def same_number(x, y):
    y = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}.get(y, y)
    x = float(x)
    return x == y or (math.isnan(x) and math.isnan(y)) or abs(x - y) <= 1e-9 * max(1e-3, abs(x), abs(y))


def wrong(expected, got):
    """What differs; None: nothing."""
    kind = got["kind"]
    if isinstance(expected, np.ndarray):
        if kind != "array" or list(expected.shape) != got["shape"]:
            return f"shape {expected.shape}, not {got.get('shape', kind)}"
        types = {"f": "float", "i": "int", "u": "int", "b": "bool"}
        if types.get(expected.dtype.kind) != got["type"]:
            return f"type {expected.dtype}, not {got['type']}"
        if not all(same_number(x, y) for x, y in zip(expected.ravel().tolist(), got["at"])):
            return f"{expected.ravel().tolist()}, not {got['at']}"
        return None
    if isinstance(expected, (bool, np.bool_, int, np.integer, float, np.floating)):
        own = "bool" if isinstance(expected, (bool, np.bool_)) else "int" if isinstance(expected, (int, np.integer)) else "float"
        return None if kind == own and same_number(expected, got["at"]) else f"{expected!r}, not {got}"
    if isinstance(expected, (list, tuple)):
        if kind != type(expected).__name__ or len(expected) != len(got["at"]):
            return f"{expected!r}, not {got}"
        return next((w for w in map(wrong, expected, got["at"]) if w), None)
    if isinstance(expected, str) or expected is None:
        return None if got["at"] == repr(expected) else f"{expected!r}, not {got['at']}"
    return None


def compare(text, names, error, got):
    if "setting an array element with a sequence." in str(error):
        return None  # releases of numpy differ where there is one entry
    if (error is None) != (got["error"] == ""):
        return f"error {error!r}, not {got['error']!r}"
    if error is not None:
        own, family = type(error).__name__, got["error"].split(":")[0]
        if FAMILY.get(own, own) != FAMILY.get(family, family):
            return f"{own}: {error}, not {got['error']}"
        if any(word in str(error) for word in HELD) and "einsum" not in text.splitlines()[-1]:
            if str(error).removeprefix("axis2: ") != got["error"].split(": ", 1)[1]:
                return f"{error}, not {got['error']}"
    for name, value in names.items():
        if name in ("np", "__builtins__") or callable(value):
            continue
        if isinstance(value, np.ndarray) and value.dtype == object:
            continue
        if name not in got["names"]:
            return f"{name} is not there" if not isinstance(value, (dict, Exception)) and type(value).__module__ in ("builtins", "numpy") else None
        difference = wrong(value, got["names"][name])
        if difference:
            return f"{name}: {difference}"
    return None


def test_random_programs(build, tmp_path):
    warnings.simplefilter("ignore")
    programs = [Maker(SEED * 1000003 + i).program() for i in range(COUNT)]
    path = tmp_path / "programs.txt"
    path.write_text("#---\n".join(text for text, _, _ in programs))
    answer = subprocess.run([build / "tests/python/run_python", path], capture_output=True, text=True, timeout=600)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert len(lines) == COUNT
    found = []
    for (text, names, error), line in zip(programs, lines):
        difference = compare(text, names, error, json.loads(line))
        if difference:
            found.append(f"{text}\n=> {difference}")
    errors = sum(error is not None for _, _, error in programs)
    assert COUNT < 100 or 0.1 < errors / COUNT < 0.7, f"{errors} of {COUNT} programs end with an error"
    assert not found, f"{len(found)} of {COUNT} programs differ:\n\n" + "\n\n".join(found[:5])
