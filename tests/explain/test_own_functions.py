"""Functions of the model's own keep their names where they are called, and are explained by each of their operands."""
import json

import pytest

from explain.test_primer import held

HEAD = "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam V1 : (n1, n0)\nparam W2 : (n2, n1)\n"
TAIL = "Z2 = W2 @ B1\nL = 1/2 * (Z2 - Y)**2\nJ = 1/m * sum(L)\nminimize J\n"


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "own.eq"
    path.write_text(HEAD + "leaky(z) = maximum(0.01*z, z)\ngate(u, v) = sigmoid(u) * tanh(v)\nmix(u, v, w) = u * v + w\nU1 = W1 @ X\nV = V1 @ X\n"
                    "A1 = gate(U1, V)\nC1 = mix(A1, U1, V)\nB1 = leaky(C1)\n" + TAIL)
    return path


@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
def test_a_call_keeps_its_name(dfoo, model, way):
    for name, call in [("dC1", "B1 = leaky(C1)"), ("dA1", "C1 = mix(A1, U1, V)"), ("dV", "A1 = gate(U1, V)")]:
        done = dfoo("explain", model, name, "--by", way)
        assert done.returncode == 0, done.stderr
        held(done.stdout, name)
        function = call.split(" = ")[1].split("(")[0]
        text = " ".join(done.stdout.split())
        assert f"through {call}" in text and f"{function} is a function of this model (explain {function})" in text, done.stdout


def test_the_order_of_operands_is_that_of_the_call(dfoo, tmp_path):
    path = tmp_path / "m.eq"
    path.write_text(HEAD + "part(u, v) = u - 2*v\nU1 = W1 @ X\nV = V1 @ X\nB1 = part(V, U1)\n" + TAIL)
    assert "through B1 = part(V, U1)" in dfoo("explain", path, "dU1").stdout


def test_what_only_looks_like_a_call_is_none(dfoo, tmp_path):
    path = tmp_path / "m.eq"
    path.write_text(HEAD + "part(u, v) = u - 2*v\nU1 = W1 @ X\nV = V1 @ X\nB1 = U1 - 3*V\n" + TAIL)
    text = dfoo("explain", path, "dU1").stdout
    assert "part(" not in text and "B1 = U1 - 3 * V" in text


def test_by_each_operand(dfoo, model):
    done = dfoo("explain", model, "gate")
    assert done.returncode == 0 and done.stdout.count("gate(u, v) = sigmoid(u) * tanh(v)") == 2
    text = " ".join(done.stdout.split())
    assert "∂gate/∂u = " in text and "∂gate/∂v = sigmoid(u) * (1 - tanh(v)**2)" in text and "only v moves here" in text
    three = json.loads(dfoo("explain", model, "mix", "--format", "json").stdout)["explanations"]
    assert len(three) == 3 and all(e["checked"]["failed"] == 0 and e["checked"]["derivatives"] for e in three)
    page = dfoo("explain", model, "mix", "--format", "html").stdout
    assert page.count("<section") == 3 and page.count("</html>") == 1
    one = dfoo("explain", model, "leaky").stdout
    assert one.startswith("leaky(z) = ") and "leaky'(z) = " in one and "only" not in one


def test_operands_that_are_called_like_variables(dfoo, tmp_path):
    path = tmp_path / "m.eq"
    path.write_text(HEAD + "twice(X, Y) = X * Y + X\nU1 = W1 @ X\nV = V1 @ X\nB1 = twice(U1, V)\n" + TAIL)
    done = dfoo("explain", path, "twice")
    assert done.returncode == 0 and "twice(X_, Y_) = X_ * Y_ + X_" in done.stdout
    assert "through B1 = twice(U1, V)" in dfoo("explain", path, "dV").stdout
