"""What `show`, `show --plan` and `derive --run` print is the notation itself: read again it is the same model, and the
statements of a plan compute the numbers that are computed by it."""
import pathlib
import re

import numpy as np
import pytest

from conftest import is_instrumented
from gen import library

HERE = pathlib.Path(__file__).resolve().parent
MODELS = sorted([*HERE.glob("*.eq"), *(HERE.parents[1] / "examples").glob("*.eq")])
DECLARATION = re.compile(r"(?:symmetric )?(input|label|param|const|size) +(\w+)")
STEP = re.compile(r" *\d+  \w+ +(?:\([^)]*\) +)?(\w+ \+?= .*)")

RATE = 0.1  # of gradient descent, where nothing is said

pytestmark = pytest.mark.skipif(is_instrumented(), reason="an instrumented library is not loaded into Python")
by_model = pytest.mark.parametrize("model", MODELS, ids=lambda p: f"{p.parent.name}/{p.stem}")


@pytest.fixture(scope="module")
def lib(build):
    return library.of_build(build)


def equations(text):
    """Its lines without comments and empty ones."""
    return [line for line in (re.sub(r"#.*", "", line).rstrip() for line in text.splitlines()) if line]


@by_model
def test_a_model(lib, model):
    with library.Model(lib, model.read_text()) as m:
        first = equations(m.show())
    with library.Model(lib, "\n".join(first) + "\n") as m:
        assert equations(m.show()) == first


def shape(dims, sizes):
    return [int(d) if d.isdigit() else sizes.setdefault(d, 3 + len(sizes)) for d in dims]


def arrays(lines):
    """Small arrays for all that a model takes."""
    rng, given = np.random.default_rng(5), {}
    sizes = {name: int(value) for line in lines for name, value in re.findall(r"^size +(\w+) = (\d+)", line)}
    for line in lines:
        declared = DECLARATION.match(line)
        if declared and declared[1] in ("input", "label", "param"):
            x = rng.uniform(0.2, 0.8, shape(re.search(r": \((\w+), (\w+)\)", line).groups(), sizes))
            given[declared[2]] = x / x.sum(axis=0 if ", m)" in line else 1, keepdims=True) if "onehot" in line else x
    return given


def same_numbers(lib, m, lines, updated=()):
    """The statements after the model's declarations; gradients and masks get names that a model may give. Those of
    parameters that are updated are what new_W differs from W by."""
    shown = equations(m.show())
    targets = [line.split(" = ")[0] for line in lines]
    gradients = "|".join(name for name in targets if name[0] == "d")
    body = [re.sub(rf"\b({gradients})\b", r"grad_\1", line) for line in lines] if gradients else lines
    cost = next(line.split()[1] for line in shown if line.startswith("minimize"))
    names = {name: f"grad_{name}" if name[0] == "d" else name for name in targets}
    rate = [f"const alpha0 = {RATE}"] if updated else []
    text = "\n".join([*filter(DECLARATION.match, shown), *rate, *body, f"minimize {cost}", f"predict {', '.join(names.values())}"]) + "\n"
    given = arrays(shown)
    want = m.grad(given, "f64", convention=library.COURSE)
    with library.Model(lib, text) as again:
        got = again.grad(given, "f64")
    compared = [name for name in targets if name in want]
    assert cost in compared and len(compared) + len(updated) > 1
    for name in compared:
        np.testing.assert_allclose(got[names[name]], want[name], rtol=1e-9, atol=1e-12, err_msg=text)
    for name in updated:
        change = (given[name] - got[f"new_{name}"]) / RATE
        np.testing.assert_allclose(change, want[f"d{name}"], rtol=1e-9, atol=1e-12, err_msg=text)


def what_is_run(m):
    try:
        plan, run = m.show(plan=1), m.derive(convention=library.COURSE, run=1)
    except library.Wrong as wrong:
        pytest.skip("is not run: " + wrong.said.splitlines()[0])
    if "dropout(" in plan:
        pytest.skip("a mask has no declaration")
    if "* 1 +" in plan:
        pytest.skip("a column that is stretched to a matrix has no form of its own")
    return plan, run


def statements(plan, parameters):
    """x = a, .., x += b become x = a + b where it is whole; W = .., of a parameter, becomes new_W = .., and so does
    W += ..; with the parameters of which that is so."""
    text = plan[plan.index("# the plan"):].partition("\n\n# operations")[0]
    steps = [STEP.fullmatch(line) for line in text.splitlines()[1:]]
    assert steps and all(steps), plan
    lines, updated = [], []
    own = [re.sub(r"\b(r\d+)\b", rf"\1_{i}", step[1]) for i, step in enumerate(steps)]  # r1, r2, .. are an instruction's own
    for line in (line for step in own for line in step.split("; ")):
        name, more = re.split(r" \+?= ", line, maxsplit=1)
        first = next((x for x in lines if x.startswith((f"{name} = ", f"new_{name} = "))), None)
        if name in parameters and not first:
            updated.append(name)
            lines.append(f"new_{name} = {name} + {more}" if " += " in line else f"new_{line}")
        elif " += " in line:
            lines.remove(first)
            lines.append(f"{first} + {more}")
        else:
            lines.append(line)
    return lines, updated


@by_model
def test_what_is_run(lib, model):
    with library.Model(lib, model.read_text()) as m:
        plan, run = what_is_run(m)
        parameters = re.findall(r"^(?:symmetric )?param +(\w+)", m.show(), re.M)
        same_numbers(lib, m, *statements(plan, parameters))
        same_numbers(lib, m, equations(run))
