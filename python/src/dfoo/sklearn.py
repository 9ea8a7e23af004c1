"""Estimators for scikit-learn: networks that are written down as equations, in pipelines and searches.

>>> from sklearn.datasets import load_iris
>>> from dfoo.sklearn import DfooClassifier
>>> X, y = load_iris(return_X_y=True)
>>> net = DfooClassifier("relu 8", random_state=0).fit(X, y)
>>> net.score(X, y) > 0.95
True
>>> net.model_.dZ2
dZ2 = A2 - Y                                        # (n2, m)
"""
from __future__ import annotations

import numbers
import warnings
from typing import TYPE_CHECKING, Any, Mapping, Optional, Union

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ._core import Note
from .model import Model
from .training import Run, Trainer

try:
    from sklearn.utils.validation import _check_sample_weight, validate_data
except ImportError:  # scikit-learn before 1.6
    from sklearn.utils.validation import _check_sample_weight

    def validate_data(_estimator: Any, /, X: Any, y: Any = None, reset: bool = True, **how: Any) -> Any:
        how = {("force_all_finite" if k == "ensure_all_finite" else k): v for k, v in how.items()}
        return _estimator._validate_data(X, **({} if y is None else {"y": y}), reset=reset, **how)

if TYPE_CHECKING:
    from ._arrays import Array


class _Network(BaseEstimator):  # type: ignore[misc]
    """What both estimators share. Features are brought to mean 0 and deviation 1 of the training data, by weight."""

    model_: Model
    run_: Run
    n_features_in_: int
    mean_: Array
    scale_: Array

    def __init__(self, layers: Union[str, int, tuple[int, ...]] = "relu 32", *, model: Union[Model, str, None] = None,
                 optimizer: str = "adam", learning_rate: Optional[float] = None, epochs: int = 200,
                 batch: Union[int, str] = "auto", alpha: float = 1e-4, standardize: bool = True, schedule: Optional[str] = None,
                 settings: Optional[str] = None, dtype: str = "float64", threads: int = 1, warm_start: bool = False,
                 random_state: Any = None) -> None:
        self.layers = layers
        self.model = model
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch = batch
        self.alpha = alpha
        self.standardize = standardize
        self.schedule = schedule
        self.settings = settings
        self.dtype = dtype
        self.threads = threads
        self.warm_start = warm_start
        self.random_state = random_state

    # ---- the model

    def _hidden(self) -> str:
        if isinstance(self.layers, str):
            return self.layers
        sizes = [self.layers] if isinstance(self.layers, numbers.Integral) else list(self.layers)  # type: ignore[arg-type]
        return ", ".join(f"relu {n}" for n in sizes)

    def _build(self, last: str) -> Model:
        if self.model is None:
            layers = ", ".join(part for part in (self._hidden(), last) if part)
            return Model.new(layers, name=type(self).__name__)
        return self.model if isinstance(self.model, Model) else Model(self.model)

    def _how(self, examples: int) -> dict[str, Any]:
        batch = min(64, examples) if self.batch == "auto" else min(int(self.batch), examples)
        rate = self.learning_rate
        if rate is None and self.optimizer in ("adam", "adamw", "rmsprop"):
            rate = 0.01
        how: dict[str, Any] = {
            "optimizer": self.optimizer, "epochs": self.epochs, "batch": 0 if batch == examples else batch, "decay": self.alpha,
            "dtype": self.dtype, "threads": self.threads, "seed": int(check_random_state(self.random_state).randint(2**31 - 1))}
        for name, value in (("learning_rate", rate), ("schedule", self.schedule), ("settings", self.settings)):
            if value is not None:
                how[name] = value
        return how

    # ---- data

    def _scaled(self, X: Array) -> Array:
        return (X - self.mean_) / self.scale_ if self.standardize else X

    def _weights(self, X: Array, weight: Any) -> Optional[Array]:
        if weight is None:
            return None
        made = _check_sample_weight(weight, X, dtype=np.float64)
        if (made < 0).any() or not made.any():
            raise ValueError("sample_weight: weights are numbers from 0 on, and not all 0")
        return np.asarray(made)

    @staticmethod
    def _moments(values: Array, weight: Optional[Array]) -> tuple[Array, Array]:
        mean = np.average(values, axis=0, weights=weight)
        spread = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weight))
        return mean, np.where(spread > 10 * np.finfo(float).eps * np.abs(mean), spread, 1.0)

    # ---- training

    def _train(self, X: Array, targets: Array, weight: Optional[Array], last: str, epochs: Optional[int] = None) -> None:
        how = self._how(len(X))
        again = self.warm_start and hasattr(self, "run_")
        model = self.model_ if again else self._build(last)
        if again:
            how["start"] = self.run_.parameters
        if weight is not None:
            how["sample_weight"] = weight
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run = model.fit(self._scaled(X), targets, progress=False, **how)
        self.notes_ = [str(w.message) for w in caught if issubclass(w.category, Note)]
        self.run_, self.model_ = run, model
        self.n_iter_ = run.last.epoch if run.last else self.epochs
        self.loss_ = run.cost
        self.loss_curve_ = run.history.cost if "cost" in run.history else np.empty(0)

    def _step(self, X: Array, targets: Array, weight: Optional[Array], last: str) -> None:
        """One pass over these examples, with the optimiser as it stood."""
        columns, rows = self._scaled(X), targets if targets.ndim == 2 else targets[:, None]
        trainer: Optional[Trainer] = getattr(self, "_trainer", None)
        weighted = weight is not None or trainer is not None and bool(trainer.model._weights)
        if trainer is None or weighted != bool(trainer.model._weights):
            how = self._how(len(X))
            how.update(epochs=2**31, batch=0)
            start = self.run_.parameters if hasattr(self, "run_") else None
            model = self.model_ if hasattr(self, "model_") else self._build(last)
            if start is not None:
                how["start"] = start
            if weighted:
                how["sample_weight"] = np.ones(len(X))
            trainer = self._trainer = model.trainer(columns, targets, **how)
            self.model_ = model
        facts = trainer.model.facts()
        kinds = {v["kind"]: v["name"] for v in reversed(facts["variables"])}
        inputs = [v["name"] for v in facts["variables"] if v["kind"] == "input"]
        if facts["examples"]["axis"] == 1:
            columns, rows = columns.T, rows.T
        batch = {inputs[0]: columns, kinds["label"]: rows}
        if weighted:
            given = np.ones(len(X)) if weight is None else weight * (len(X) / weight.sum())
            batch[trainer.model._weights[0]] = given[None, :] if facts["examples"]["axis"] == 1 else given[:, None]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Note)
            now = trainer.step(**batch)
        self.loss_ = now.cost if now else None
        self.t_ = getattr(self, "t_", 0) + 1
        self.run_ = _Parameters(trainer.model, trainer.parameters())

    def __getstate__(self) -> Any:
        state: Any = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_trainer"}

    def _output(self, X: Any) -> Array:
        check_is_fitted(self, "run_")
        X = validate_data(self, X, reset=False, dtype=np.float64)
        forward = self.run_
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Note)
            found: Array = np.ascontiguousarray(forward.predict(self._scaled(X)))
        return found


class _Parameters(Run):
    """A run of parameters alone: what `partial_fit` predicts with."""

    def __init__(self, model: Model, parameters: Mapping[str, Array]) -> None:
        self.model, self.last, self.classes, self.interrupted = model, None, None, False
        self._values = dict(parameters)

    @property
    def parameters(self) -> dict[str, Array]:
        return self._values

    def predict(self, *data: Any, **named: Any) -> Any:
        facts = self.model.facts()
        name = facts["predict"][0]
        columns = facts["examples"]["axis"] == 1
        X = data[0].T if columns else data[0]
        inputs = [v["name"] for v in facts["variables"] if v["kind"] == "input"]
        found: Array = self.model.compile([name])({inputs[0]: X, **self._values})
        return found.T if columns else found

    def __getstate__(self) -> Any:
        return self.model, self._values

    def __setstate__(self, state: Any) -> None:
        _Parameters.__init__(self, *state)


class DfooClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A classifier: cross-entropy behind a sigmoid for two classes, behind a softmax for more.

    layers: the hidden layers, "relu 32, tanh 8", or their sizes (32, 8). model: equations of one's own instead, with one input
    and one label. alpha: decay of the weights. batch: examples in a step; "auto": min(64, all). class_weight: "balanced", or
    weights by class. `model_` is the model, whose gradients can be looked at; `run_` the training; `notes_` what was noticed.
    """

    def __init__(self, layers: Union[str, int, tuple[int, ...]] = "relu 32", *, model: Union[Model, str, None] = None,
                 optimizer: str = "adam", learning_rate: Optional[float] = None, epochs: int = 200,
                 batch: Union[int, str] = "auto", alpha: float = 1e-4, standardize: bool = True, schedule: Optional[str] = None,
                 settings: Optional[str] = None, dtype: str = "float64", threads: int = 1, warm_start: bool = False,
                 class_weight: Union[str, Mapping[Any, float], None] = None, random_state: Any = None) -> None:
        super().__init__(layers, model=model, optimizer=optimizer, learning_rate=learning_rate, epochs=epochs, batch=batch,
                         alpha=alpha, standardize=standardize, schedule=schedule, settings=settings, dtype=dtype,
                         threads=threads, warm_start=warm_start, random_state=random_state)
        self.class_weight = class_weight

    def _encoded(self, y: Array) -> Array:
        place = np.searchsorted(self.classes_, y)
        if (place >= len(self.classes_)).any() or (self.classes_[np.minimum(place, len(self.classes_) - 1)] != y).any():
            raise ValueError(f"y has labels that are not among the classes {self.classes_.tolist()}")
        if len(self.classes_) == 2 and not self._onehot():
            return place.astype(float)
        return np.eye(len(self.classes_))[place]

    def _onehot(self) -> bool:
        if self.model is None:
            return len(self.classes_) > 2
        facts = self._build("").facts()
        return bool(next(v for v in facts["variables"] if v["kind"] == "label").get("onehot"))

    def _last(self) -> str:
        return "sigmoid 1" if len(self.classes_) == 2 else f"softmax {len(self.classes_)}"

    def _by_class(self, y: Array, weight: Optional[Array]) -> Optional[Array]:
        if self.class_weight is None:
            return weight
        from sklearn.utils.class_weight import compute_sample_weight

        made = np.asarray(compute_sample_weight(self.class_weight, y))
        return made if weight is None else made * weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> DfooClassifier:
        """Trains on X (examples, features) and y (examples)."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weight = self._weights(X, sample_weight)
        self.__dict__.pop("_trainer", None)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2 or weight is not None and len(np.unique(y[weight > 0])) < 2:
            raise ValueError("this classifier needs examples of at least 2 classes; the data has one class")
        weight = self._by_class(y, weight)
        self.mean_, self.scale_ = self._moments(X, weight)
        self._train(X, self._encoded(y), weight, self._last())
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> DfooClassifier:
        """One step on these examples; `classes` are all there will be, in the first call."""
        first = not hasattr(self, "classes_")
        X, y = validate_data(self, X, y, dtype=np.float64, reset=first)
        check_classification_targets(y)
        if first:
            if classes is None:
                raise ValueError("the first call of partial_fit needs classes, all that there will be")
            self.classes_ = np.unique(classes)
            self.mean_, self.scale_ = self._moments(X, self._weights(X, sample_weight))
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes={classes!r} are not those of the first call, {self.classes_.tolist()}")
        self._step(X, self._encoded(y), self._by_class(y, self._weights(X, sample_weight)), self._last())
        return self

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class (examples, classes)."""
        found = self._output(X)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def predict_log_proba(self, X: Any) -> Array:
        """Its logarithm."""
        made: Array = np.log(self.predict_proba(X))
        return made

    def predict(self, X: Any) -> Array:
        """The most probable class of each example."""
        likely = self.predict_proba(X).argmax(axis=1)
        found: Array = self.classes_[likely]
        return found


class DfooRegressor(RegressorMixin, _Network):  # type: ignore[misc]
    """A regressor: half the mean squared error of targets that are brought to mean 0 and deviation 1 inside.

    Parameters are those of DfooClassifier, without class_weight. y may have several columns.
    """

    def _last(self) -> str:
        return f"linear {self.y_mean_.size}"

    def _targets(self, y: Array) -> Array:
        made: Array = (y.reshape(len(y), -1) - self.y_mean_) / self.y_scale_
        return made

    def _read(self, X: Any, y: Any, reset: bool) -> tuple[Array, Array]:
        X, y = validate_data(self, X, y, dtype=np.float64, reset=reset, multi_output=True, y_numeric=True)
        y = np.asarray(y, dtype=np.float64)
        if y.ndim == 2 and y.shape[1] == 1:
            from sklearn.exceptions import DataConversionWarning

            warnings.warn("A column-vector y was passed when a 1d array was expected", DataConversionWarning, stacklevel=3)
            y = y.ravel()
        return X, y

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> DfooRegressor:
        """Trains on X (examples, features) and y (examples) or (examples, targets)."""
        X, y = self._read(X, y, True)
        weight = self._weights(X, sample_weight)
        self.__dict__.pop("_trainer", None)
        self._one = y.ndim == 1
        self.mean_, self.scale_ = self._moments(X, weight)
        self.y_mean_, self.y_scale_ = self._moments(y.reshape(len(y), -1), weight)
        self._train(X, self._targets(y), weight, self._last())
        return self

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> DfooRegressor:
        """One step on these examples; the first call's tell how features and targets are scaled."""
        first = not hasattr(self, "y_mean_")
        X, y = self._read(X, y, first)
        weight = self._weights(X, sample_weight)
        if first:
            self._one = y.ndim == 1
            self.mean_, self.scale_ = self._moments(X, weight)
            self.y_mean_, self.y_scale_ = self._moments(y.reshape(len(y), -1), weight)
        self._step(X, self._targets(y), weight, self._last())
        return self

    def predict(self, X: Any) -> Array:
        """The target of each example, in its own units."""
        found = self._output(X) * self.y_scale_ + self.y_mean_
        return found.ravel() if self._one else found


__all__ = ["DfooClassifier", "DfooRegressor"]
