"""Every gradient of every model can be explained, in both conventions, and every displayed line
holds. The explanations of the two-layer network stand in two_layer.txt; DFOO_UPDATE=1 writes them."""
import os
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODELS = sorted((ROOT / "tests" / "eq").glob("*.eq")) + sorted((ROOT / "examples").glob("*.eq"))

# A number of identities and derivatives, and how closely they held.
HELD = re.compile(r"checked on random values: (?:(\d+) identit(?:y|ies) (?:to the last bit|to ([-.e\d]+)))?"
                  r"(?:, )?(?:(\d+) derivatives? against differences to ([-.e\d]+))?$")


def gradients(dfoo, model):
    done = dfoo("explain", model, "no such name")
    assert done.returncode == 2
    return re.search(r"there are: (.*)", done.stderr)[1].split(", ")


@pytest.mark.parametrize("convention", ["course", "dJ"])
@pytest.mark.parametrize("model", MODELS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_gradient_is_explained(dfoo, model, convention):
    explained = 0
    for name in gradients(dfoo, model):
        done = dfoo("explain", model, name, "--convention", convention)
        if done.returncode == 2:
            assert re.search("is given, nothing is learned about it|does not depend on", done.stderr), done.stderr
            continue
        assert done.returncode == 0 and done.stderr == "", f"{name}\n{done.stdout}{done.stderr}"
        held = HELD.match(done.stdout.rstrip("\n").splitlines()[-1])
        assert held and (held[1] or held[3]), f"{name}\n{done.stdout}"
        assert float(held[2] or 0) < 1e-10 and float(held[4] or 0) < 1e-3, f"{name}\n{done.stdout}"
        assert done.stdout.startswith(name), done.stdout
        explained += 1
    assert explained >= 3


def test_two_layer(dfoo):
    parts = []
    for arguments in (["dZ1"], ["dZ2"], ["dW2"], ["db2"], ["dA1"], ["dW2", "--convention", "dJ"]):
        done = dfoo("explain", "two_layer", *arguments)
        assert done.returncode == 0
        parts.append(f"$ dfoo explain two_layer {' '.join(arguments)}\n{done.stdout}")
    text, expected = "\n".join(parts), HERE / "two_layer.txt"
    text = re.sub(r" to (the last bit|\de-\d+)", " to ..", text)  # as the compiler rounds
    if os.environ.get("DFOO_UPDATE"):
        expected.write_text(text)
    assert text == expected.read_text()


@pytest.mark.parametrize("name", ["dZ1", "dz1", "dZ[1]", "dz[1]", "Z1"])
def test_names_of_the_slides(dfoo, name):
    assert dfoo("explain", "two_layer", name).stdout == dfoo("explain", "two_layer", "dZ1").stdout


def test_without_signs_that_a_terminal_lacks(dfoo):
    done = dfoo("explain", "two_layer", "dZ1", "--ascii")
    assert done.returncode == 0 and done.stdout.isascii()
    assert "sum i" in done.stdout and "Dl/Dz2[i]" in done.stdout


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish", "gelu", "log1p", "exp", "log", "sqrt"])
def test_functions(function, dfoo):
    result = dfoo("explain", function)
    assert result.returncode == 0 and "did NOT hold" not in result.stdout
    assert re.search(r"^checked at nine points: \d+ derivative", result.stdout, re.M)


def test_what_cannot_be_explained_says_why(dfoo):
    assert "nothing is learned about it" in dfoo("explain", "two_layer", "dY").stderr
    assert "there are: dX" in dfoo("explain", "two_layer", "dW7").stderr
    assert "there is no function" in dfoo("explain", "dZ1").stderr
