"""Every gradient of every model is explained in both conventions, and every line that is shown
holds: exit status 0 says so."""
import re

import pytest

from conftest import ROOT

MODELS = sorted((ROOT / "examples").glob("*.eq")) + sorted((ROOT / "tests/eq").glob("*.eq"))


def gradients(dfoo, model, convention):
    text = dfoo("derive", model, "--steps", "--convention", convention).stdout
    return sorted(set(re.findall(r"^(d\w+) = ", text, re.M)) | set(re.findall(r"\b(dA\d+) = ", text)))


@pytest.mark.parametrize("convention", ["course", "dJ"])
@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_every_line_holds(model, convention, dfoo):
    names = gradients(dfoo, model, convention)
    assert names
    for name in names:
        result = dfoo("explain", model, name, "--convention", convention)
        assert result.returncode == 0, (name, result.stdout, result.stderr)
        checked = re.search(r"^checked on random values: (\d+) identit", result.stdout, re.M)
        assert checked and int(checked.group(1)) > 0, result.stdout


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish", "gelu", "log1p", "exp", "log", "sqrt"])
def test_functions(function, dfoo):
    result = dfoo("explain", function)
    assert result.returncode == 0 and "did NOT hold" not in result.stdout
    assert re.search(r"^checked at nine points: \d+ derivative", result.stdout, re.M)


def test_what_cannot_be_explained_says_why(dfoo):
    assert "nothing is learned about it" in dfoo("explain", "two_layer", "dY").stderr
    assert "there are: dX" in dfoo("explain", "two_layer", "dW7").stderr
    assert "there is no function" in dfoo("explain", "dZ1").stderr
