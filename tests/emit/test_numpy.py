"""`derive --format numpy`: the module is run with numpy alone, and what it returns is held
against `dfoo grad` and against differences of its own forward pass."""
import ast
import json
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from own_models import MODELS, OPEN_MODELS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = sorted([*ROOT.glob("examples/*.eq"), *ROOT.glob("tests/eq/*.eq")])


def module_of(dfoo, model, *options, stdin=None):
    done = dfoo("derive", model, "--format", "numpy", *options, stdin=stdin)
    assert done.returncode == 0, done
    assert done.stderr == ""
    names = {"__name__": "made"}
    exec(compile(done.stdout, str(model), "exec"), names)
    return names, done.stdout


def description_of(dfoo, model, stdin=None):
    return json.loads(dfoo("derive", model, "--format", "json", stdin=stdin).stdout)


def arguments(code, function):
    tree = next(x for x in ast.parse(code).body if isinstance(x, ast.FunctionDef) and x.name == function)
    return [a.arg for a in tree.args.args]


def random_values(model, seed=1):
    """Values for inputs, labels and parameters, in the order of the functions' arguments."""
    rng = np.random.default_rng(seed)
    sizes = {s["name"]: min(s["value"] or 9, 3 + i % 4) for i, s in enumerate(model["sizes"])}
    values = {}
    for kind in ["input", "label", "parameter"]:
        for v in (v for v in model["variables"] if v["kind"] == kind):
            shape = [sizes.get(n, n) for n in v["shape"]]
            x = rng.uniform(0.05, 0.95, shape) if kind == "label" else rng.normal(size=shape)
            if v.get("onehot"):
                axis = 1 - model["examples"]["axis"] if model["examples"] else 0
                x = x / np.sum(x, axis=axis, keepdims=True)
            values[v["name"]] = x if shape else float(x)
    return values, sizes


def masks_of(model, sizes, seed=2):
    rng = np.random.default_rng(seed)
    masks = {}
    for v in (v for v in model["variables"] if v["kind"] == "mask"):
        shape = [sizes.get(n, n) for n in v["shape"]]
        masks[v["name"]] = (rng.random(shape) < v["keep"]) / v["keep"]
    return masks


def close(a, b, tolerance):
    """To a tolerance of the largest entry; what is zero but for rounding counts as 1e-6."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    assert a.shape == b.shape
    scale = max(np.nanmax(np.abs(a), initial=0), np.nanmax(np.abs(b), initial=0), 1e-6)
    return np.allclose(a, b, rtol=0, atol=tolerance * scale, equal_nan=True)


def check_shapes(model, sizes, values):
    shapes = {v["name"]: v["shape"] for v in model["variables"]}
    shapes.update({"d" + name: shape for name, shape in shapes.items()})
    for name, x in values.items():
        assert list(np.shape(x)) == [sizes.get(n, n) for n in shapes[name]], name


def check_differences(forward, backward, model, values, extra):
    """Two-sided differences of the cost for up to four entries of each parameter."""
    run = lambda given: float(forward(*given.values(), **extra)[model["cost"]])
    if not np.isfinite(run(values)):
        return
    for v in (v for v in model["variables"] if v["kind"] == "parameter"):
        x = np.atleast_2d(np.array(values[v["name"]], float))
        got = np.atleast_2d(backward["d" + v["name"]])
        for k in np.random.default_rng(3).choice(x.size, min(4, x.size), replace=False):
            at = np.unravel_index(k, x.shape)
            ends = []
            for h in (1e-5, -1e-5):
                y = x.copy()
                y[at] += h
                ends.append(run({**values, v["name"]: y if v["shape"] else float(y[0, 0])}))
            assert abs((ends[0] - ends[1]) / 2e-5 - got[at]) < 1e-5 * max(1, abs(got[at])), (v["name"], at)


def against_dfoo(dfoo, tmp_path, model, values, stdin, convention="course"):
    path = tmp_path / "model.eq"
    if stdin is not None:
        path.write_text(stdin, encoding="utf-8")
        model = path
    np.savez(tmp_path / "in.npz", **values)
    done = dfoo("grad", model, "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz", "--convention", convention)
    assert done.returncode == 0, done
    return np.load(tmp_path / "out.npz")


def check(dfoo, tmp_path, model, stdin=None, convention="course"):
    names, code = module_of(dfoo, model, "--convention", convention, stdin=stdin)
    about = description_of(dfoo, model, stdin)
    values, sizes = random_values(about)
    masks = masks_of(about, sizes)
    count = len(values)
    mask_args = dict(zip([a for a in arguments(code, "forward")[count:]], masks.values()))
    with np.errstate(all="ignore"):
        forward = names["forward"](*values.values(), **mask_args)
        backward = names["backward"](*values.values(), forward,
                                     **{k: v for k, v in mask_args.items() if k in arguments(code, "backward")})
        check_shapes(about, sizes, {**forward, **backward})
        want = against_dfoo(dfoo, tmp_path, model, {**values, **masks}, stdin, convention)
        for name, x in {**forward, **backward}.items():
            if name in want:
                assert close(x, want[name], 1e-8), name
        assert {"d" + v["name"] for v in about["variables"] if v["kind"] == "parameter"} <= set(backward)
        check_differences(names["forward"], backward, about, values, mask_args)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_models_of_files(dfoo, tmp_path, path):
    if "\nfunction " in path.read_text():
        pytest.skip("has a function left open")
    if dfoo("derive", path).returncode:
        pytest.skip("is not derived")
    check(dfoo, tmp_path, path)


@pytest.mark.parametrize("convention", ["course", "dJ"])
@pytest.mark.parametrize("name", MODELS)
def test_own_models(dfoo, tmp_path, name, convention):
    check(dfoo, tmp_path, "-", stdin=MODELS[name], convention=convention)


@pytest.mark.parametrize("name", OPEN_MODELS)
def test_open_functions_are_arguments(dfoo, name):
    names, code = module_of(dfoo, "-", stdin=OPEN_MODELS[name])
    about = description_of(dfoo, "-", OPEN_MODELS[name])
    values, sizes = random_values(about)
    functions = dict(zip(arguments(code, "forward")[len(values):], [np.sin]))
    forward = names["forward"](*values.values(), **functions)
    primes = [a for a in arguments(code, "backward")[len(values):] if a != "values"]
    given = {a: np.cos if a.endswith("_prime") else np.sin for a in primes}
    backward = names["backward"](*values.values(), values=forward, **given)
    check_shapes(about, sizes, {**forward, **backward})
    check_differences(names["forward"], backward, about, values, functions)


def test_names_that_python_has(dfoo):
    _, code = module_of(dfoo, "-", stdin=MODELS["names"])
    assert arguments(code, "forward") == ["np_", "values_", "float_", "class_"]
    assert arguments(code, "backward") == ["np_", "values_", "float_", "class_", "values"]
    for line in ["lambda_ = 0.1", "m = np_.shape[1]", "forward_ = float_ @ np_ + class_",
                 "backward_ = sigmoid(forward_)", 'backward_ = values["backward"]']:
        assert line in code
    _, code = module_of(dfoo, "-", stdin=MODELS["close_names"])
    assert "lambda__ = 0.5\nlambda_ = 2\n" in code


def test_lines_are_those_of_derive(dfoo, root):
    """With numpy's names put in."""
    for model in ["two_layer", "deep", "softmax", "logistic"]:
        code = module_of(dfoo, model)[1].replace("np.", "")
        for line in dfoo("derive", model).stdout.splitlines():
            if " = " in line and not line.startswith("#"):
                equation, shape = line.rsplit("#", 1)
                assert any(x.split("#")[0].strip() == equation.strip() and x.endswith(shape)
                           for x in code.splitlines()), line


def test_head_is_the_docstring(dfoo, tmp_path):
    path = tmp_path / 'a"""\\.eq'
    path.write_text(MODELS["penalty"])
    code = module_of(dfoo, path)[1]
    assert ast.get_docstring(ast.parse(code)).startswith('a"""\\.eq: examples are columns')
    head = json.loads(dfoo("derive", "two_layer", "--format", "json").stdout)["head"]
    text = ast.get_docstring(ast.parse(module_of(dfoo, "two_layer")[1]), clean=False)
    assert text.startswith(head.replace("# ", ""))


def test_only_helpers_that_are_called(dfoo):
    assert "def sigmoid" not in module_of(dfoo, "softmax")[1]
    _, code = module_of(dfoo, "-", stdin=MODELS["functions"])
    for helper in ["gelu", "swish", "softplus", "elu", "leaky_relu", "erf", "sigmoid"]:
        assert code.count(f"def {helper}(") == 1


def test_helpers_are_sound(dfoo):
    names, _ = module_of(dfoo, "-", stdin=MODELS["functions"])
    far = np.array([[-1000.0, -40.0, 0.0, 40.0, 1000.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for helper in ["sigmoid", "gelu", "swish", "softplus", "erf"]:
            assert np.all(np.isfinite(names[helper](far)))
        assert np.all(np.isfinite(names["elu"](far, 1.0)))
        assert names["sigmoid"](far)[0, 1] == pytest.approx(np.exp(-40), rel=1e-12)
        assert names["softplus"](far)[0, 1] == pytest.approx(np.exp(-40), rel=1e-12)
        names, _ = module_of(dfoo, "-", stdin=MODELS["log_softmax"])
        assert np.all(np.isfinite(names["log_softmax"](far, axis=1)))
        names, _ = module_of(dfoo, "softmax")
        assert np.sum(names["softmax"](far, axis=1)) == 1


def test_wrt(dfoo):
    """One gradient, and those that it is computed from."""
    names, code = module_of(dfoo, "two_layer", "--wrt", "W1,X")
    assert "dW2 =" not in code and "db1 =" not in code and "dZ2 = A2 - Y" in code
    values, _ = random_values(description_of(dfoo, "two_layer"))
    forward = names["forward"](*values.values())
    assert list(names["backward"](*values.values(), forward)) == ["dZ2", "dZ1", "dW1", "dX"]


def test_setting_reaches_the_module(dfoo):
    assert "lambda_ = 0.25\n" in module_of(dfoo, "-", "--set", "lambda=0.25", stdin=MODELS["penalty"])[1]


def test_it_is_the_same_each_time(dfoo):
    for form in ["numpy", "latex", "json"]:
        assert len({dfoo("derive", "deep", "--format", form).stdout for _ in range(3)}) == 1


@pytest.mark.parametrize("options, words", [
    (["--format", "rtf"], "text, numpy, latex, typst, html or json"),
    (["--format", "numpy", "--steps"], "--steps comes as text only"),
    (["--format", "json", "--run"], "--run comes as text only"),
    (["--standalone"], "standalone belongs to the format latex, typst or html"),
    (["--format", "numpy", "--standalone"], "standalone belongs to the format latex, typst or html"),
])
def test_what_does_not_go_together(dfoo, options, words):
    done = dfoo("derive", "two_layer", *options)
    assert done.returncode == 2 and done.stdout == ""
    assert words in done.stderr
