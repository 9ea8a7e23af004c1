"""Every gradient of every model can be explained, in both conventions, and every displayed line
holds. Texts that were read by people stand in the .txt files; DFOO_UPDATE=1 writes them."""
import os
import pathlib
import json
import re

import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODELS = sorted((ROOT / "tests" / "eq").glob("*.eq")) + sorted((ROOT / "examples").glob("*.eq"))

# A number of identities and derivatives, and how closely they held.
HELD = re.compile(r"checked on random values: (?:(\d+) identit(?:y|ies) (?:to the last bit|to ([-.e\d]+)))?"
                  r"(?:, )?(?:(\d+) derivatives? against differences to ([-.e\d]+))?$")


def gradients(dfoo, model):
    done = dfoo("derive", model, "--json")
    assert done.returncode == 0, done.stdout
    derivation = json.loads(done.stdout)["result"]["derivation"]
    defined = [line["name"] for line in derivation["forward"]]
    return ["d" + name for name in dict.fromkeys([v["name"] for v in derivation["variables"]] + defined)]


# The 1/m travels the same way in all three ways of explaining: dJ for the first, course for all.
WAYS = [("index", "course"), ("index", "dJ"), ("jacobian", "course"), ("differential", "course")]


@pytest.mark.parametrize("way, convention", WAYS)
@pytest.mark.parametrize("model", MODELS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_gradient_is_explained(dfoo, model, way, convention):
    explained = 0
    for name in gradients(dfoo, model):
        done = dfoo("explain", model, name, "--convention", convention, "--by", way)
        if done.returncode == 2:
            assert re.search("is given, nothing is learned about it|does not depend on", done.stderr), done.stderr
            continue
        assert done.returncode == 0 and done.stderr == "", f"{name}\n{done.stdout}{done.stderr}"
        held = HELD.match(done.stdout.rstrip("\n").split("\n\n")[-1].replace("\n", " "))
        assert held and (held[1] or held[3]), f"{name}\n{done.stdout}"
        assert float(held[2] or 0) < 1e-10 and float(held[4] or 0) < 1e-3, f"{name}\n{done.stdout}"
        assert done.stdout.startswith(name), done.stdout
        explained += 1
    assert explained >= 3


# What is explained in full: the file that has the texts, and the requests.
TEXTS = {
    "two_layer": ["two_layer dZ1", "two_layer dZ2", "two_layer dW2", "two_layer db2", "two_layer dA1", "two_layer dW2 --convention dJ",
                  "two_layer db2 --convention dJ", "two_layer dZ2 --convention dJ"],
    "jacobian": ["two_layer dZ1 --by jacobian", "two_layer dZ2 --by jacobian", "two_layer dW2 --by jacobian", "two_layer db2 --by jacobian",
                 "rows dZ1 --by jacobian", "softmax dZ2 --by jacobian", "residual dA1 --by jacobian", "batch_norm dZ1 --by jacobian"],
    "differential": ["two_layer dZ1 --by differential", "two_layer dZ2 --by differential", "two_layer dW2 --by differential",
                     "two_layer db2 --by differential", "softmax dZ2 --by differential", "residual dA1 --by differential",
                     "batch_norm dZ1 --by differential", "row_and_column dZ --by differential"],
    "others": ["softmax dZ2", "log_softmax dZ2", "rows dZ1", "rows dW2", "rows db2", "rows_linear dZ1", "rows_logistic db1", "rows_logistic dW1", "logistic dw", "linear dw",
               "residual dZ1", "residual dA1", "penalty dW1", "dropout dZ1", "batch_norm dZ1", "batch_norm dC1", "batch_norm dA1", "rows_logistic dX", "layer_norm dZ1", "attention dQ", "attention dK",
               "attention dS", "open_function dZ1", "own_function dZ1", "leaky_relu dZ1", "relu_maximum dZ1", "one_example dW1",
               "root_mean_square dA", "sum_without_mean dw", "deep dZ1", "two_layer dZ2 --steps"],
}


def with_model(request):
    model, *rest = request.split()
    path = ROOT / "tests" / "eq" / f"{model}.eq"
    return [path if path.exists() else model, *rest]


@pytest.mark.parametrize("name", TEXTS)
def test_text(dfoo, name):
    parts = []
    for request in TEXTS[name]:
        done = dfoo("explain", *with_model(request))
        assert done.returncode == 0, request
        parts.append(f"$ dfoo explain {request}\n{done.stdout}")
    text, expected = "\n".join(parts), HERE / f"{name}.txt"
    text = re.sub(r" to (the last bit|\de[-+]\d+)", " to ..", text)  # as the compiler rounds
    if os.environ.get("DFOO_UPDATE"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_every_sentence_of_the_proofs_stands_in_a_text():
    """So that a wrong word in proofs.def is a difference from a text that was read."""
    texts = " ".join("".join((HERE / f"{name}.txt").read_text() for name in TEXTS).split())
    table = next((ROOT / "src").rglob("proofs.def")).read_text()
    sentences = re.findall(r'^(?:WORDS|INDEX|MATRIX)\("([^"]*)"', table, re.M)
    pieces = [p for s in sentences for p in re.split(r"\{[^}]*\}", s) if len(p) > 5]
    assert len(pieces) > 30
    assert [p for p in pieces if " ".join(p.split()) not in texts] == []


@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
def test_an_explanation_does_not_grow_with_the_network(dfoo, tmp_path, way):
    def text(layers):
        lines = ["input X : (n, m)", "label Y : (1, m)"]
        for i in range(1, layers + 1):
            rows = "1" if i == layers else "n"
            lines += [f"param W{i} : ({rows}, n)", f"param b{i} : ({rows}, 1)"]
        for i in range(1, layers + 1):
            lines += [f"Z{i} = W{i} @ {'X' if i == 1 else f'A{i - 1}'} + b{i}", f"A{i} = {'sigmoid' if i == layers else 'tanh'}(Z{i})"]
        lines += [f"L = -(Y * log(A{layers}) + (1 - Y) * log(1 - A{layers}))", "J = 1/m * sum(L)", "minimize J"]
        path = tmp_path / f"{layers}.eq"
        path.write_text("\n".join(lines))
        done = dfoo("explain", path, "dZ1", "--by", way)
        assert done.returncode == 0, done.stdout
        return done.stdout.splitlines()

    assert abs(len(text(60)) - len(text(3))) <= 2  # names with two digits may break a line


# ---- numbers

def weights(path, same):
    rng = np.random.default_rng(1)
    values = {"X": rng.normal(size=(3, 5)), "Y": rng.integers(0, 2, size=(1, 5)).astype(float), "b1": np.zeros((4, 1)), "b2": np.zeros((1, 1))}
    values["W1"] = np.full((4, 3), same) if same is not None else rng.normal(size=(4, 3))
    values["W2"] = np.full((1, 4), same) if same is not None else rng.normal(size=(1, 4))
    np.savez(path, **values)
    return values


def test_numbers_are_those_of_the_formula(dfoo, tmp_path):
    v = weights(tmp_path / "in.npz", None)
    done = dfoo("explain", "two_layer", "dW1", "--values", tmp_path / "in.npz")
    assert done.returncode == 0 and done.stderr == ""
    a1 = np.tanh(v["W1"] @ v["X"])
    a2 = 1 / (1 + np.exp(-v["W2"] @ a1))
    dw1 = v["W2"].T @ (a2 - v["Y"]) * (1 - a1**2) @ v["X"].T / 5
    text = re.sub(r"\s+", " ", done.stdout)
    shown = re.search(r" dW1 = 1/m \* dZ1 @ X\.T = \[([^\]]*)\]", text)[1]
    assert np.allclose([[float(x) for x in row.split()] for row in shown.split("; ")], dw1, rtol=6e-3)
    entry = re.search(r"= (\S+) and the formula says dW1\[(\d),(\d)\] = (\S+)", text)
    i, k = np.unravel_index(np.abs(dw1).argmax(), dw1.shape)
    assert (int(entry[2]), int(entry[3])) == (i + 1, k + 1)
    assert np.allclose([float(entry[1]), float(entry[4])], dw1[i, k], rtol=1e-4)


def test_equal_weights_stay_equal(dfoo, tmp_path):
    weights(tmp_path / "equal.npz", 0.3)
    text = dfoo("explain", "two_layer", "dW1", "--values", tmp_path / "equal.npz").stdout
    assert "all rows of W1 are equal, and so are all rows of dW1" in text
    assert "equal columns: W2" in text and "so their gradients are equal: dA1, dZ1" in text
    weights(tmp_path / "zero.npz", 0.0)
    text = dfoo("explain", "two_layer", "dW1", "--values", tmp_path / "zero.npz").stdout
    assert "dW1 is 0: no step of this kind moves W1" in text
    weights(tmp_path / "random.npz", None)
    text = dfoo("explain", "two_layer", "dW1", "--values", tmp_path / "random.npz").stdout
    assert "are equal" not in text


def test_numbers_without_values_are_drawn(dfoo):
    done = dfoo("explain", "two_layer", "dZ1", "--numbers")
    assert done.returncode == 0 and "at simple values with n1 = 3" in done.stdout


def test_values_that_do_not_fit(dfoo, tmp_path):
    np.savez(tmp_path / "bad.npz", X=np.zeros((3, 5)), W1=np.zeros((4, 2)), Q=np.zeros(3))
    done = dfoo("explain", "two_layer", "dW1", "--values", tmp_path / "bad.npz")
    assert done.returncode == 2 and done.stdout == ""
    assert "W1 is (4, 2), which does not fit (n1, n0)" in done.stderr
    assert "Q is no input, label or parameter of the model" in done.stderr
    assert dfoo("explain", "two_layer", "dW1", "--values", tmp_path / "nothing.npz").returncode == 2
    assert "belong to a MODEL" in dfoo("explain", "sigmoid", "--numbers").stderr


def test_every_simplification_is_counted_or_shown(dfoo):
    counted = int(re.search(r"^(\d+) simplifications", dfoo("explain", "two_layer", "dZ2").stdout, re.M)[1])
    text = dfoo("explain", "two_layer", "dZ2", "--steps").stdout
    listed = text[text.index("all simplifications"):].split("\n\n")[0]
    shown = re.findall(r"^ {5}\S.*(?:\n {6}.*)*", listed, re.M)  # a long remark goes on below
    assert len(shown) == counted and all(" = " in line and ": " in line for line in shown)


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
    done = dfoo("explain", "kron")
    assert done.returncode == 2 and "kron works on whole matrices" in done.stderr and "Kronecker's product" in done.stderr


def test_what_is_stretched_over_a_slice_has_one_place(dfoo):
    """A number beside a matrix of which a column is taken has no other columns."""
    text = "param c : (1, 1)\ninput M : (m, m)\nJ = 1/m * sum((c * M + c)[:, 1:2])\nminimize J\n"
    for way in "index", "jacobian", "differential":
        done = dfoo("explain", "-", "dc", "--by", way, stdin=text)
        assert done.returncode == 0 and "no other column of c" not in done.stdout, done.stdout
