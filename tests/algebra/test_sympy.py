"""Elementwise derivatives against an independent system: SymPy differentiates the same
expression, and both are evaluated to 40 digits at random points."""
import random

import pytest

sympy = pytest.importorskip("sympy")

COUNT = 60
ONE = ["exp({})", "log(1 + {0}**2)", "sigmoid({})", "tanh({})", "softplus({})", "swish({})", "sqrt(1 + {0}**2)", "sin({})",
       "cos({})", "log1p({0}**2)", "gelu({})", "1/(1 + exp(-{}))", "(exp({0}) - exp(-{0}))/(exp({0}) + exp(-{0}))"]
TWO = ["{} + {}", "{} - {}", "{} * {}", "{} / (1 + {}**2)", "-{} * {}"]


def expression(rng, depth):
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(["Z", "W", "Z", "2", "0.5", "3"])
    if rng.random() < 0.5:
        return rng.choice(ONE).format("(" + expression(rng, depth - 1) + ")")
    return rng.choice(TWO).format("(" + expression(rng, depth - 1) + ")", "(" + expression(rng, depth - 1) + ")")


def functions():
    s = sympy
    return {"exp": s.exp, "log": s.log, "sqrt": s.sqrt, "sin": s.sin, "cos": s.cos, "erf": s.erf, "tanh": s.tanh, "pi": s.pi,
            "sigmoid": lambda a: 1 / (1 + s.exp(-a)), "softplus": lambda a: s.log(1 + s.exp(a)), "log1p": lambda a: s.log(1 + a),
            "swish": lambda a: a / (1 + s.exp(-a)), "gelu": lambda a: a * (1 + s.erf(a / s.sqrt(2))) / 2,
            "ones": lambda *sizes: s.Integer(1), "n": s.Symbol("n"), "m": s.Symbol("m")}


def read(text, names):
    return sympy.sympify(text, locals={**functions(), **names}, rational=True)


def derived(dfoo, text):
    """dZ and what it is made of, from the program's own lines."""
    model = f"input Z : (n, m)\ninput W : (n, m)\nS = sigmoid(Z)\nT = tanh(Z)\nA = {text}\nJ = 1/m * sum(A)\nminimize J\n"
    result = dfoo("derive", "-", "--wrt", "Z", stdin=model)
    assert result.returncode == 0, (model, result.stderr)
    return [line.split("#")[0].strip().split(" = ", 1) for line in result.stdout.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("seed", range(COUNT))
def test_derivative(dfoo, seed):
    rng = random.Random(seed)
    text = expression(rng, 4)
    if "Z" not in text:
        text = f"Z * ({text})"
    Z, W = sympy.symbols("Z W")
    names = {"Z": Z, "W": W, "S": 1 / (1 + sympy.exp(-Z)), "T": sympy.tanh(Z)}
    names["A"] = read(text, names)
    expected = sympy.diff(names["A"], Z)
    for name, value in derived(dfoo, text):
        names[name] = read(value, names)
    for _ in range(3):
        at = {Z: sympy.Rational(rng.randint(-140, 140), 100), W: sympy.Rational(rng.randint(-140, 140), 100)}
        x, y = expected.subs(at).evalf(40), names["dZ"].subs(at).evalf(40)
        assert abs(x - y) <= 1e-25 * max(1, abs(x)), (text, str(names["dZ"]))
