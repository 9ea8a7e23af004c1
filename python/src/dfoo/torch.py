"""PyTorch: a model of dfoo as a module whose backward pass is dfoo's, and layers of PyTorch as equations.

    module = dfoo.torch.to_torch(net)     # an nn.Module: module(X=X, Y=Y) is the cost
    net = dfoo.torch.from_torch(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid()))
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

import torch

from ._core import ModelError

if TYPE_CHECKING:
    from .model import Model


class _Cost(torch.autograd.Function):  # type: ignore[misc]
    """The value of one variable of a model; its backward pass is the one that dfoo derived."""

    @staticmethod
    def forward(ctx: Any, model: Model, output: str, names: tuple[str, ...], *tensors: Any) -> Any:
        arrays = {name: t.detach().cpu().numpy() for name, t in zip(names, tensors)}
        ctx.model, ctx.output, ctx.names, ctx.arrays = model, output, names, arrays
        single = all(t.dtype == torch.float32 for t in tensors)
        value = model.compile([output], dtype="float32" if single else "float64")(arrays)
        return torch.as_tensor(value, dtype=torch.float32 if single else torch.float64)

    @staticmethod
    @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, *upstream: Any) -> Any:
        wanted = [name for name, needs in zip(ctx.names, ctx.needs_input_grad[3:]) if needs]
        if not wanted:
            return (None, None, None, *[None] * len(ctx.names))
        model, cost = ctx.model, ctx.model.facts("dJ")["cost"]
        single = all(a.dtype.char == "f" for a in ctx.arrays.values())
        dtype = "float32" if single else "float64"
        outputs = ["d" + name for name in wanted]
        if ctx.output == cost:
            found = model.compile(outputs, convention="dJ", dtype=dtype)(ctx.arrays)
            factor = upstream[0]
        else:
            given = {**ctx.arrays, "d" + ctx.output: upstream[0].detach().cpu().numpy()}
            found = model.compile(outputs, inputs=["d" + ctx.output], convention="dJ", dtype=dtype)(given)
            factor = 1
        found = found if isinstance(found, tuple) else (found,)
        made = {name: torch.as_tensor(value) * factor for name, value in zip(wanted, found)}
        return (None, None, None, *[made.get(name) for name in ctx.names])


class Module(torch.nn.Module):  # type: ignore[misc]
    """A model of dfoo whose parameters are PyTorch's. `module(X=X, Y=Y)` is the cost, `module.predict(X=X)` what it predicts;
    both can be differentiated by PyTorch, with the gradients that dfoo derived."""

    def __init__(self, model: Model, start: Mapping[str, Any]) -> None:
        super().__init__()
        self.model = model
        for name, value in start.items():
            self.register_parameter(name, torch.nn.Parameter(torch.as_tensor(value)))

    def _value(self, output: str, data: Mapping[str, Any]) -> Any:
        parameters = dict(self.named_parameters())
        everything = {**data, **parameters}
        tensors = [torch.as_tensor(value) for value in everything.values()]
        return _Cost.apply(self.model, output, tuple(everything), *tensors)

    def forward(self, **data: Any) -> Any:
        """The cost."""
        return self._value(self.model.facts("dJ")["cost"], data)

    def predict(self, **data: Any) -> Any:
        """What the model predicts, in its own orientation."""
        return self._value(self.model.facts("dJ")["predict"][0], data)


def to_torch(model: Model, start: Optional[Mapping[str, Any]] = None, **data: Any) -> Module:
    """The model as an nn.Module. start: its first parameters by name; else those of `model.start(data=data)`."""
    return Module(model, model.start(data=data) if start is None else start)


LAYERS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus", "ELU": "elu", "GELU": "gelu", "SiLU": "swish",
          "LeakyReLU": "leaky_relu", "Softmax": "softmax", "Identity": "linear"}


def from_torch(module: Any, loss: Optional[str] = None, rows: bool = True) -> tuple[Model, dict[str, Any]]:
    """A chain of Linear layers and activations as equations, and its parameters by the names of the equations."""
    from .model import Model

    layers, units, weights = [], None, []
    chain = list(module.children()) if isinstance(module, torch.nn.Sequential) else [module]
    for layer in [*chain, None]:
        kind = type(layer).__name__
        if units is not None and (layer is None or isinstance(layer, torch.nn.Linear)):
            layers.append(f"linear {units}")
            units = None
        if layer is None or isinstance(layer, torch.nn.Identity):
            continue
        if isinstance(layer, torch.nn.Linear):
            units = layer.out_features
            weights.append(layer)
        elif kind in LAYERS and units is not None:
            layers.append(f"{LAYERS[kind]} {units}")
            units = None
        else:
            raise ModelError(f"{kind} is no layer that equations are made of here: Linear, each behind it one of {', '.join(LAYERS)}")
    model = Model.new(", ".join(layers), loss=loss, rows=rows, name=type(module).__name__)
    start = {}
    for i, layer in enumerate(weights, 1):
        weight = layer.weight.detach().cpu().numpy()
        bias = layer.bias.detach().cpu().numpy() if layer.bias is not None else 0 * weight[:, 0]
        start[f"W{i}"] = weight.T if rows else weight
        start[f"b{i}"] = bias[None, :] if rows else bias[:, None]
    return model, start
