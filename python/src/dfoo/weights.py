"""Weights of examples: an input of the model, so that the equations show what they do."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence

from ._core import ModelError

if TYPE_CHECKING:
    from .model import Model


def weighted(model: Model, name: Optional[str]) -> Model:
    """Puts a weight beside the loss inside of the cost's sum over the examples."""
    facts = model.facts()
    examples = facts["examples"]
    taken = {v["name"] for v in facts["variables"]} | {s["name"] for s in facts["sizes"]}
    if name is None:
        name = next(free for free in ("w", "weight", "example_weight", *(f"w_{i}" for i in range(len(taken) + 1)))
                    if free not in taken)
    elif name in taken:
        raise ModelError(f"the model has a {name} already: weighted(name) takes another")
    if not examples:
        raise ModelError("this model has no dimension of examples that weights could be for")
    shapes = {v["name"]: v["shape"] for v in facts["variables"]}
    m = examples["name"]
    text = str(model)
    cost = re.search(rf"^(\s*{re.escape(facts['cost'])}\s*=)(.*)$", text, re.M)
    if cost is None:
        raise ModelError(f"there is no line {facts['cost']} = .. to put weights into")
    terms = [t for t in re.finditer(r"\b(sum|mean)\((\w+)\)", cost.group(2)) if m in shapes.get(t.group(2), [])]
    if len(terms) != 1:
        raise ModelError(f"weights stand beside the loss in its sum: the cost should be like {facts['cost']} = 1/{m} * sum(L) with "
                         f"a line for L, and is {cost.group(0).strip()}")
    term = terms[0]
    loss, start = term.group(2), cost.start(2)
    mean = f"1/{m} * " if term.group(1) == "mean" else ""
    shape = f"(1, {m})" if examples["axis"] == 1 else f"({m}, 1)"
    if len(shapes[loss]) == 2 and term.group(1) == "mean":
        other = [s for s in shapes[loss] if s != m][0]
        mean = mean if other == 1 else f"1/({m} * {other}) * "
    text = f"{text[: start + term.start()]}{mean}sum({name} * {loss}){text[start + term.end():]}"
    label = re.search(r"^(\s*)(label|input)\b.*$", text, re.M)
    assert label is not None
    at = max(match.end() for match in re.finditer(r"^\s*(label|input)\b.*$", text, re.M))
    text = f"{text[:at]}\ninput {name}  : {shape}   # how much an example counts; 1 on average{text[at:]}"
    from .model import Model

    made = Model(text, model._name).set(**model._set)
    made._weights = (name,)
    return made


def class_text(weights: Any) -> Optional[str]:
    """Weights of classes as the library takes them, "balanced" or "rare=10,other=1"; None: there are none, or a name of a class
    cannot be written so."""
    if weights is None or weights == "balanced":
        return weights and str(weights)
    if not isinstance(weights, Mapping):
        raise ModelError(f"class_weight={weights!r}: it can be 'balanced', or weights by class")
    names = {kind: str(int(kind)) if isinstance(kind, (bool, int, float)) and kind == int(kind) else str(kind) for kind in weights}
    if any(set(",=\0") & set(name) for name in names.values()):
        return None
    return ",".join(f"{names[kind]}={float(weight)!r}" for kind, weight in weights.items())


def weigh(model: Model, data: Sequence[Any], named: Mapping[str, Any], sample_weight: Any, class_weight: Any,
          classes: Any = None) -> tuple[Model, dict[str, Any]]:
    """The model with weights, and the data with the weights of its examples, which are 1 on average."""
    import numpy as np

    labels = data[1] if len(data) > 1 else None
    if class_weight is not None and labels is None:
        raise ModelError("class_weight needs labels by place: fit(X, y, class_weight=..)")
    made = np.ones(len(labels) if labels is not None else np.shape(sample_weight)[0])
    if sample_weight is not None:
        given = np.asarray(sample_weight, dtype=float)
        if given.shape != made.shape:
            raise ModelError(f"sample_weight is {given.shape}, and there are {len(made)} examples")
        if not np.isfinite(given).all() or (given < 0).any() or not given.any():
            raise ModelError("sample_weight: weights are numbers from 0 on, and not all 0")
        made = made * given
    if class_weight is not None:
        kinds, place, count = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
        if class_weight == "balanced":
            weights = np.bincount(place, minlength=len(kinds)).astype(float)
            weights = len(made) / (len(kinds) * weights)
        elif isinstance(class_weight, Mapping):
            weights = np.array([float(class_weight.get(kind, 1)) for kind in kinds.tolist()])
        else:
            raise ModelError(f"class_weight={class_weight!r}: it can be 'balanced', or weights by class")
        made = made * weights[place.ravel()]
    made = made * (len(made) / made.sum())
    if not model._weights:
        model = model.weighted()
    columns = model.facts()["examples"]["axis"] == 1
    return model, {**named, model._weights[0]: made[np.newaxis, :] if columns else made[:, np.newaxis]}
