"""Learners' programs, judged from Python."""
import pathlib

import pytest

import dfoo

RIGHT = """
def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W2 = parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = 1 / m * np.dot(dZ2, A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = 1 / m * np.dot(dZ1, X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
"""


def mine(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = dZ2 @ cache["A1"].T
    return {"dW2": dW2}


def test_right(net):
    found = net.judge(RIGHT)
    assert found and found.found and found.first is None and {x.verdict for x in found.lines} == {"right"}
    assert "dW2" in repr(found) and "<pre>" in found._repr_html_()


def test_wrong(net):
    found = dfoo.judge(RIGHT.replace("* (1 - np.power(A1, 2))", "* (1 - A1)"), net)
    assert not found and found.first.variable == "dZ1" and found.first.line == 9 and "dZ1 =" in found.first.text
    assert {x.variable: x.verdict for x in found.lines}["dW1"] == "given"
    assert all(found.first.hints) and len(found.hint(1).text) <= len(found.text)
    assert "1 - A1**2" not in found.text and "np.power(A1, 2)" not in found.text


def test_a_function(net):
    found = net.judge(mine)
    wrong = found.first
    assert wrong.variable == "dW2" and wrong.ratio > 1 and wrong.mistake
    with pytest.raises(dfoo.ModelError, match="source of"):
        net.judge(print)


def test_files(net, tmp_path):
    (tmp_path / "mine.py").write_text(RIGHT)
    assert net.judge(tmp_path / "mine.py") and net.judge(str(tmp_path / "mine.py"))
    with pytest.raises(OSError):
        net.judge(pathlib.Path("no/such.py"))


def test_what_is_no_program(net):
    found = net.judge("def f(:\n  return\n")
    assert not found and (found.problems or found.failure)
    assert not net.judge("x = 1\n").found


def test_equations_and_arrays(net, numbers):
    wrong = net.diagnose("dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T")
    assert not wrong and "dW2" in repr(wrong) and wrong.data
    assert net.diagnose("dZ2 = A2 - Y\ndW2 = 1/m * dZ2 @ A1.T")
    right = net.grad(numbers)
    assert net.diagnose({"dW2": right.dW2, "db2": right.db2}, values=numbers)
    assert not net.diagnose({"dW2": 7 * right.dW2}, values=numbers)
    assert "1/m" in dfoo.mistakes()
