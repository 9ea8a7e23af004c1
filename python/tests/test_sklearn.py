"""The estimators, by scikit-learn's own checks and in its tools."""
import pickle
import warnings

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import MinMaxScaler  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402

from dfoo import Model  # noqa: E402
from dfoo.sklearn import DfooClassifier, DfooRegressor  # noqa: E402


@pytest.mark.parametrize("kind", [DfooClassifier, DfooRegressor])
def test_check_estimator(kind):
    """All of it; what is skipped is for packages that are not here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            results = check_estimator(kind(), on_fail=None)
        except TypeError:  # before 1.6 it raises at the first that fails
            check_estimator(kind())
            return
    bad = [(r["check_name"], r["exception"]) for r in results if r["status"] not in ("passed", "skipped")]
    assert not bad and len(results) > 50


def test_classes():
    X, y = load_iris(return_X_y=True)
    assert cross_val_score(DfooClassifier("relu 8", random_state=0, epochs=60), X, y, cv=3).mean() > 0.93
    X, y = load_breast_cancer(return_X_y=True)
    search = GridSearchCV(make_pipeline(MinMaxScaler(), DfooClassifier(4, random_state=0, epochs=30)),
                          {"dfooclassifier__alpha": [1e-4, 1e-2]}, cv=3)
    assert search.fit(X, y).best_score_ > 0.95


def test_regression():
    X, y = load_diabetes(return_X_y=True)
    assert cross_val_score(DfooRegressor(8, random_state=0, alpha=1.0, epochs=100), X, y, cv=3).mean() > 0.4
    far = DfooRegressor("tanh 4", random_state=0).fit(X, 3e5 + 1e3 * y)
    assert far.score(X, 3e5 + 1e3 * y) > 0.4


def test_own_equations():
    X, y = load_breast_cancer(return_X_y=True)
    net = Model("""
input X : (n, m)
label Y : (1, m)
param w : (n, 1)
param b : (1, 1)
A = sigmoid(w.T @ X + b)
L = -(Y * log(A) + (1 - Y) * log(1 - A))
J = 1/m * sum(L)
minimize J
predict A
""")
    found = DfooClassifier(model=net, random_state=0, epochs=50).fit(X, y)
    assert found.score(X, y) > 0.95
    assert repr(found.model_.dw).startswith("dw = 1/m * X @ dZ1.T")
    weighted = DfooClassifier(model=net, random_state=0, epochs=50, class_weight="balanced").fit(X, y)
    assert "sum(weight * L)" in repr(weighted.run_.model)


def test_partial_fit():
    X, y = load_iris(return_X_y=True)
    net = DfooClassifier("relu 8", random_state=0)
    with pytest.raises(ValueError, match="classes"):
        net.partial_fit(X[:50], y[:50])
    for _ in range(60):
        for part in range(3):
            net.partial_fit(X[part::3], y[part::3], classes=[0, 1, 2])
    assert net.score(X, y) > 0.9
    again = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(again.predict(X), net.predict(X))
    again.partial_fit(X, y)


def test_warm_start_goes_on():
    X, y = load_iris(return_X_y=True)
    net = DfooClassifier("relu 8", random_state=0, epochs=5, warm_start=True).fit(X, y)
    first = net.loss_
    assert net.fit(X, y).loss_ < first
