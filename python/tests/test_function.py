"""Compiled functions and objectives."""
import concurrent.futures
import os
import pickle

import numpy as np
import pytest

import dfoo
from slide import by_hand


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_values(net, numbers, dtype):
    f = net.compile("J, dW1, dZ2")
    J, dW1, dZ2 = f({name: value.astype(dtype) for name, value in numbers.items()})
    wanted, close = by_hand(numbers), {"rtol": 1e-12 if dtype == np.float64 else 1e-4, "atol": 1e-6}
    assert isinstance(J, float)
    np.testing.assert_allclose(J, wanted["J"], **close)
    np.testing.assert_allclose(dW1, wanted["dW1"], **close)
    np.testing.assert_allclose(dZ2, wanted["dZ2"], **close)
    assert dW1.dtype == dtype


def test_all_gradients_by_default(net, numbers):
    f = net.compile()
    assert f.outputs == ["J", "dW1", "db1", "dW2", "db2"]
    for name, value in zip(f.outputs, f(**numbers)):
        np.testing.assert_allclose(value, by_hand(numbers)[name], rtol=1e-12)


def test_a_loop_changes_entries_in_place(net, numbers):
    f = net.compile("J, dW1")
    first = f(**numbers)[0]
    for _ in range(50):
        J, dW1 = f(**numbers)
        numbers["W1"] -= 0.5 * dW1
    assert J < first
    np.testing.assert_allclose(f()[0], by_hand(numbers)["J"], rtol=1e-12)


def test_results_are_the_callers(net, numbers):
    f = net.compile("dW1")
    first = f(**numbers)
    kept = first.copy()
    numbers["X"] *= 2
    f(**numbers)
    np.testing.assert_array_equal(first, kept)
    out = np.empty((4, 2))
    f(numbers, out={"dW1": out})
    np.testing.assert_array_equal(out, f["dW1"])


def test_other_numbers_of_examples(net, numbers):
    f = net.compile("J, dX")
    for m in (7, 3, 6, 1, 7):
        part = {**numbers, "X": numbers["X"][:, :m], "Y": numbers["Y"][:, :m]}
        J, dX = f(**part)
        assert dX.shape == (2, m)
        np.testing.assert_allclose(J, by_hand(part)["J"], rtol=1e-12)


def test_given_inputs(net, numbers):
    A1 = np.tanh(numbers["W1"] @ numbers["X"] + numbers["b1"])
    found = net.compile("dW2", inputs="A1")(A1=A1, Y=numbers["Y"], W2=numbers["W2"], b2=numbers["b2"])
    np.testing.assert_allclose(found, by_hand(numbers)["dW2"], rtol=1e-12)


def test_what_is_wrong(net, numbers):
    with pytest.raises(dfoo.ModelError, match="dW7"):
        net.compile("dW7")
    f = net.compile("J")
    with pytest.raises(dfoo.Error, match="X"):
        f()
    with pytest.raises(dfoo.ModelError):
        f({**numbers, "W1": np.zeros((3, 5))})
    with pytest.raises(dfoo.ModelError, match="dZ9"):
        f({**numbers, "dZ9": 1.0})
    np.testing.assert_allclose(f(**numbers), by_hand(numbers)["J"], rtol=1e-12)
    with pytest.raises(KeyError, match="the outputs are J"):
        f["dW1"]


def test_clones_in_threads(net, numbers):
    f = net.compile("J, dW1")
    f(**numbers)
    wanted = by_hand(numbers)["J"]

    def many(_):
        g = f.clone()
        return [g(**numbers)[0] for _ in range(200)]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for costs in pool.map(many, range(8)):
            np.testing.assert_allclose(costs, wanted, rtol=1e-12)
    assert pickle.loads(pickle.dumps(f))(**numbers)[0] == f(**numbers)[0]


def test_fork(net, numbers):
    f = net.compile("J", threads=2)
    objective = net.objective(X=numbers["X"], Y=numbers["Y"])
    theta = objective.start()
    here, gradient = f(**numbers), objective(theta + 1)[1]
    objective(theta)  # what lies in memory is of another place
    child = os.fork()
    if child == 0:
        ok = f(**numbers) == here and (objective(theta + 1)[1] == gradient).all()
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_objective(net, numbers):
    f = net.objective(X=numbers["X"], Y=numbers["Y"])
    theta = f.pack(numbers)
    J, gradient = f(theta)
    wanted = by_hand(numbers)
    np.testing.assert_allclose(J, wanted["J"], rtol=1e-12)
    for name, part in f.unpack(gradient).items():
        np.testing.assert_allclose(part, wanted["d" + name], rtol=1e-12)
    kept = gradient.copy()
    f(theta + 1)
    np.testing.assert_array_equal(gradient, kept)
    some = net.objective(wrt="W2", **{name: value for name, value in numbers.items() if name != "W2"})
    np.testing.assert_allclose(some(numbers["W2"].ravel())[1], wanted["dW2"].ravel(), rtol=1e-12)


def test_scipy(net, xor):
    optimize = pytest.importorskip("scipy.optimize")
    X, y = xor
    f = net.objective(X=X.T, Y=y)
    found = optimize.minimize(f, f.start(), jac=True, method="L-BFGS-B")
    assert found.fun < 0.1
    assert optimize.check_grad(lambda t: f(t)[0], lambda t: f(t)[1], f.start(seed=3)) < 1e-6


def test_second_derivatives(net, numbers, xor):
    optimize = pytest.importorskip("scipy.optimize")
    X, y = xor
    f = net.objective(X=X.T, Y=y)
    theta, random = f.start(seed=2), np.random.default_rng(0)
    v = random.normal(size=theta.size)
    h = 1e-5
    np.testing.assert_allclose(f.hessp(theta, v), (f(theta + h * v)[1] - f(theta - h * v)[1]) / (2 * h), rtol=1e-5, atol=1e-8)
    found = optimize.minimize(f, theta, jac=True, hessp=f.hessp, method="Newton-CG")
    assert found.fun < f(theta)[0]
    V = random.normal(size=(4, 2))
    assert net.grad(numbers, directions={"W1": V}).HW1.shape == (4, 2) and net.check(hvp=True)
    assert "HW1" in net.derive(hvp=True)
