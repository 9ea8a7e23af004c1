"""Models: read, shown, derived, explained, checked; their numbers; and what is wrong with them."""
import re
import copy
import pickle
import warnings

import numpy as np
import pytest

import dfoo
from slide import by_hand


def test_lines(net):
    assert repr(net.dZ1).startswith("dZ1 = W2.T @ dZ2 * (1 - A1**2) ")
    assert net.dW2.shape == ("n2", "n1") and net.dW2.differentiates == "cost" and net.dZ2.differentiates == "loss"
    assert net.A1.line == "A1 = tanh(Z1)" and net.X.kind == "input"
    assert {"dZ1", "W1", "fit"} <= set(dir(net))
    assert net.parameters == ["W1", "b1", "W2", "b2"]
    with pytest.raises(AttributeError, match="did you mean dZ1"):
        net.dZ11


def test_names_of_the_library():
    assert dfoo.models() == ["logistic", "two_layer", "deep", "softmax"]
    for words in (dfoo.functions, dfoo.layers, dfoo.losses, dfoo.starts, dfoo.optimizers, dfoo.schedules):
        assert len(words()) > 2 and all(isinstance(word, str) for word in words())


def test_an_error_shows_the_place():
    with pytest.raises(dfoo.ModelError) as caught:
        dfoo.Model("input X : (n, m)\nZ = X @ X\nminimize Z", "mine.eq")
    assert "mine.eq:2:5" in str(caught.value) and "~~^~~" in str(caught.value)
    first = caught.value.messages[0]
    assert (first.kind, first.file, first.line, first.column, first.length) == ("error", "mine.eq", 2, 5, 5)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(dfoo.FileError) as caught:
        dfoo.Model.read("no/such.eq")
    assert isinstance(caught.value, OSError) and "no/such.eq" in str(caught.value)


def test_derive(net):
    assert "dZ2 = A2 - Y" in net.derive()
    assert net.derive(wrt=["dW1"]).count("dW1 = ") == 1
    assert "\\begin{align*}" in net.derive(format="latex")
    assert "def backward" in net.derive(format="numpy")
    assert "dZ2 = dA2 * A2 * (1 - A2)" in net.derive(given="A1, dA2")
    with pytest.raises(dfoo.ModelError, match="'course', 'dJ'"):
        net.derive(convention="mine")
    assert repr(net.derive()) == str(net.derive()).rstrip("\n")


def test_set_and_again(net):
    net.set(n1=7)
    assert "7 x 1" in net.show()
    for again in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net)):
        assert again.show() == net.show() and str(again) == str(net)


@pytest.mark.parametrize("by", ["index", "jacobian", "differential"])
def test_explain(net, by):
    told = net.dZ1.explain(by=by)
    assert told.right and "dZ1 = W2.T @ dZ2 * (1 - A1**2)" in told
    assert "<math" in told.to("html") and "$" in told.to("markdown")
    assert dfoo.explain("sigmoid").right
    with pytest.raises(dfoo.ModelError, match="dQ"):
        net.explain("dQ")


def test_check(net, numbers):
    report = net.check()
    assert report and report.data["right"] and "planted mistakes noticed" in repr(report)
    assert net.check(values=numbers)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_grad(net, numbers, dtype):
    given = {name: value.astype(dtype) for name, value in numbers.items()}
    found, wanted = net.grad(**given), by_hand(numbers)
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-12 if dtype == np.float64 else 1e-4, atol=1e-6)
    assert found.dW1.dtype == dtype and isinstance(found.J, float)
    assert "dW1" in repr(found) and "<table>" in found._repr_html_()
    with pytest.raises(AttributeError, match="did you mean dW1"):
        found.dW11


@pytest.mark.parametrize("lies", ["rows", "columns", "every other", "backwards"])
def test_arrays_as_they_lie(net, numbers, lies):
    def laid(value):
        if lies == "columns":
            return np.asfortranarray(value)
        if lies == "every other":
            wide = np.zeros((value.shape[0], 2 * value.shape[1]))
            wide[:, ::2] = value
            return wide[:, ::2]
        return value[:, ::-1].copy()[:, ::-1] if lies == "backwards" else value

    given = {name: laid(value) for name, value in numbers.items()}
    np.testing.assert_allclose(net.grad(given).dW1, by_hand(numbers)["dW1"], rtol=1e-12)
    np.testing.assert_allclose(net.compile("dW1")(given), by_hand(numbers)["dW1"], rtol=1e-12)


def test_what_is_like_an_array(net, numbers):
    given = {**numbers, "b1": numbers["b1"].ravel(), "Y": numbers["Y"].ravel().astype(int).tolist(), "b2": float(numbers["b2"][0, 0])}
    np.testing.assert_allclose(net.grad(given).dW1, by_hand(numbers)["dW1"], rtol=1e-12)

    class Elsewhere:  # has nothing but the protocol
        def __init__(self, value):
            self.value = value

        def __dlpack__(self, **how):
            return self.value.__dlpack__(**how)

        def __dlpack_device__(self):
            return self.value.__dlpack_device__()

    np.testing.assert_allclose(net.grad({**numbers, "X": Elsewhere(numbers["X"])}).dW1, by_hand(numbers)["dW1"], rtol=1e-12)
    with pytest.raises(dfoo.ModelError, match="X is an array of complex128"):
        net.grad({**numbers, "X": numbers["X"] * 1j})
    with pytest.raises(dfoo.ModelError, match="W1"):
        net.grad({**numbers, "W1": np.zeros((3, 3, 3))})


def test_given_values(net, numbers):
    A1 = np.zeros((4, 7))
    with pytest.warns(dfoo.Note, match="A1"):
        found = net.grad(numbers, A1=A1)
    assert not found.dW2.any()


def test_results_outlive_what_made_them(numbers):
    dW1 = dfoo.Model.read("two_layer").grad(**numbers).dW1
    import gc

    gc.collect()
    np.testing.assert_allclose(dW1, by_hand(numbers)["dW1"], rtol=1e-12)


def test_new():
    net = dfoo.Model.new("relu 5, softmax 3", l2=0.1)
    assert "softmax" in str(net) and net.dZ2.expression == "A2 - Y"
    with pytest.raises(dfoo.ModelError, match="rleu"):
        dfoo.Model.new("rleu 5")


def test_notebook_forms(net):
    assert "<table>" in net._repr_html_() or "<math" in net._repr_html_()
    assert "align" in net._repr_latex_()
    told = net.dZ1.explain()
    inside = told._repr_html_()
    assert "<body" not in inside and "dfoo-page" in inside and told._repr_markdown_()
    assert "<pre>" in net.check()._repr_html_()


def test_threads_share_a_model(net, numbers):
    import concurrent.futures

    wanted = by_hand(numbers)["dW1"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: net.grad(**numbers).dW1, range(40)):
            np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_no_warning_when_all_is_well(net, numbers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.grad(**numbers)
        net.check()


STACKED = """input X : (k, m)
input H : (n, m)
label Y : (n, m)
param W : (2*n, n + k)
param b : (2*n, 1)
G = sigmoid(W @ concat(H, X, axis=0) + b)
R = G[0:n, :]
U = G[n:2*n, :]
A = softmax(R * H + U, axis=0)
J = -1/m * sum(Y * log(A))
minimize J
"""


@pytest.mark.parametrize("text", ["two_layer", "softmax", STACKED], ids=["two_layer", "softmax", "stacked"])
def test_an_entry_is_the_sum_that_it_is_said_to_be(text):
    """Every entry of every value and gradient, computed from what is written."""
    net = dfoo.Model(text, "stacked") if "\n" in text else dfoo.Model.read(text)
    random, sizes = np.random.default_rng(3), {"n0": 2, "n1": 3, "n2": 1, "n": 3, "k": 3, "m": 2, "2*n": 6, "k + n": 6}
    net = net.set(n1=3) if "\n" not in text else net
    given = {v.name: random.normal(size=[sizes.get(d, d) for d in v.shape]) for v in net.variables.values() if v.kind in ("input", "parameter")}
    given["Y"] = np.eye(3)[:, :2] if text != "two_layer" else np.array([[0.0, 1.0]])
    values = net.grad(given)
    known = {name: np.atleast_2d(np.asarray(value, float)) for name, value in {**given, **values}.items()}

    def number(found):
        name, row, col = found.groups()
        if name not in known:
            return found[0]
        return f"({float(known[name][int(row) - 1, int(col) - 1] if col else known[name].ravel()[int(row or 1) - 1])!r})"

    functions = {"exp": np.exp, "log": np.log, "tanh": np.tanh, "relu": lambda z: max(z, 0.0), "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "m": 2}
    for name in [*values]:
        for (i, j), is_there in np.ndenumerate(known[name]):
            said = net.entry(name, i + 1, j + 1, given)
            if name in given:
                assert said is None
                continue
            right = re.sub(r"([A-Za-z_]\w*)(?:\[(\d+)(?:,(\d+))?\])?", number, said.split(" = ", 1)[1])
            assert eval(right, functions) == pytest.approx(is_there, abs=1e-9), said
    with pytest.raises(dfoo.ModelError, match="no entry"):
        net.entry("J", 2, 1, given)
    with pytest.raises(dfoo.ModelError, match="no variable"):
        net.entry("nosuch", 1, 1, given)
