"""Second derivatives: `derive --hvp` in every format, `grad --hvp`, `check --hvp`, each held against the others and against differences
of the gradients that `grad` computes."""
import json
import pathlib
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "emit"))
from own_models import MODELS, OPEN_MODELS
from test_numpy import arguments, masks_of, module_of, random_values

FILES = sorted([*ROOT.glob("examples/*.eq"), *ROOT.glob("examples/more/*.eq"), *ROOT.glob("tests/eq/*.eq")])
BY_NAME = {p.relative_to(ROOT).as_posix(): (p, None) for p in FILES} | {name: ("-", text) for name, text in MODELS.items()}


def described(dfoo, model, *options, stdin=None):
    done = dfoo("derive", model, "--hvp", "--format", "json", *options, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def directions_of(about, sizes, seed=3):
    rng = np.random.default_rng(seed)
    out = {}
    for d in about["directions"]:
        x = rng.normal(size=[sizes.get(n, n) for n in d["shape"]])
        symmetric = any(v["name"] == d["of"] and v.get("symmetric") for v in about["variables"])
        out[d["name"]] = (x + x.T) / 2 if symmetric else x
    return out


def symmetric_values(about):
    values, sizes = random_values(about)
    for v in about["variables"]:
        if v.get("symmetric"):
            values[v["name"]] = (values[v["name"]] + values[v["name"]].T) / 2
    return values, sizes


def grad(dfoo, model, arrays, directions, folder, *options, stdin=None):
    np.savez(folder / "in.npz", **arrays)
    np.savez(folder / "along.npz", **directions)
    more = ["--hvp", folder / "along.npz"] if directions else []
    done = dfoo("grad", model, "--values", folder / "in.npz", *more, "-o", folder / "out.npz", *options, stdin=stdin)
    assert done.returncode == 0, done
    with np.load(folder / "out.npz") as out:
        return dict(out), done.stderr


def forms(out, directions, u, about):
    """u.Hv in which a gradient of the examples' losses counts once for all examples."""
    return sum(np.sum(u[d["name"]] * out["H" + d["of"]]) for d in about["directions"])


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_shown_is_run_and_true(dfoo, tmp_path, name):
    model, stdin = BY_NAME[name]
    text = dfoo("show", model, stdin=stdin).stdout
    if "minimize" not in text:
        pytest.skip("there is nothing to derive")
    about = described(dfoo, model, "--convention", "dJ", stdin=stdin)
    values, sizes = symmetric_values(about)
    masks = masks_of(about, sizes)
    along = directions_of(about, sizes)
    if about["open_functions"]:
        pytest.skip("what is left open cannot be run")
    set_sizes = [x for s in about["sizes"] if s["value"] is None or sizes[s["name"]] != s["value"]
                 for x in ("--set", f"{s['name']}={sizes[s['name']]}")]
    dJ = ["--convention", "dJ", *set_sizes]
    out, said = grad(dfoo, model, {**values, **masks}, along, tmp_path, *dJ, stdin=stdin)
    products = [c["name"] for c in about["changes"] if c["product"]]
    if not all(np.isfinite(out[p]).all() for p in products):
        assert "not finite" in said or "nan" in said or "infinite" in said
        return

    names, code = module_of(dfoo, model, "--hvp", *dJ, stdin=stdin)  # the numpy module says the same
    python = dict(zip(arguments(code, "forward"), values.values()))  # names that Python has may have another there
    known = {**sizes, **masks, **along, **python}
    forward = names["forward"](**{a: known[a] for a in arguments(code, "forward")})
    got = names["hvp"](**{a: {**known, "values": forward}[a] for a in arguments(code, "hvp")})
    assert set(got) >= set(products)
    scale = {p: np.abs(out[p]).max() + 1e-9 * np.abs(out["d" + p[1:]]).max() + 1e-12 for p in products}
    for p in products:
        assert got[p].shape == out[p].shape
        assert np.abs(got[p] - out[p]).max() <= 1e-8 * scale[p], p

    def at(t):
        moved = {d["of"]: values[d["of"]] + t * along[d["name"]] for d in about["directions"]}
        return grad(dfoo, model, {**values, **masks, **moved}, {}, tmp_path, *dJ, stdin=stdin)[0]

    h, found = 1e-4, False
    for h in (1e-4, 1e-5, 1e-6):  # a kink may lie beside the first
        plus, minus = at(h), at(-h)
        found = found or all(np.abs((plus["d" + p[1:]] - minus["d" + p[1:]]) / (2 * h) - out[p]).max()
                             <= 1e-4 * max(scale.values()) for p in products)
    assert found
    other = directions_of(about, sizes, 4)
    swapped = grad(dfoo, model, {**values, **masks}, other, tmp_path, *dJ, stdin=stdin)[0]
    a, b = forms(out, along, other, about), forms(swapped, other, along, about)
    size = sum(np.sum(np.abs(other[d["name"]] * out["H" + d["of"]])) for d in about["directions"])
    assert abs(a - b) <= 1e-9 * size + 1e-12

    small = grad(dfoo, model, {**values, **masks}, along, tmp_path, *dJ, "--dtype", "f32", stdin=stdin)[0]
    for p in products:
        assert np.abs(small[p] - out[p]).max() <= 2e-3 * max(scale.values()), p


@pytest.mark.parametrize("name", BY_NAME)
def test_check(dfoo, name):
    model, stdin = BY_NAME[name]
    if "minimize" not in dfoo("show", model, stdin=stdin).stdout:
        pytest.skip("there is nothing to derive")
    done = dfoo("check", model, "--hvp", "--json", stdin=stdin)
    second = json.loads(done.stdout)["result"]["check"]["second"]
    assert second["right"] and second["products"], done.stdout
    assert second["noticed"] == second["planted"]


@pytest.mark.parametrize("name", OPEN_MODELS)
def test_open_functions(dfoo, name):
    done = dfoo("check", "-", "--hvp", stdin=OPEN_MODELS[name])
    assert "u.Hv = v.Hu" in done.stdout and "\nright: " in done.stdout, done


def test_every_format_has_every_line(dfoo):
    text = dfoo("derive", "two_layer", "--hvp").stdout
    lines = [line.split(" = ")[0] for line in text.splitlines() if line[0] != "#"]
    assert lines == ["dZ2", "Z1_dot", "A1_dot", "Z2_dot", "dZ2_dot", "HW2", "Hb2", "dZ1_dot", "HW1", "Hb1"]
    about = described(dfoo, "two_layer")
    assert [c["name"] for c in about["changes"] if c["shown"]] == lines[1:]
    assert [c["name"] for c in about["changes"] if c["product"]] == ["HW2", "Hb2", "HW1", "Hb1"]
    tex = dfoo("derive", "two_layer", "--hvp", "--format", "latex").stdout
    assert r"\mathrm{d}\dot{Z}_{1} &=" in tex and r"\mathrm{H}W_{1} &=" in tex and r"\dot{W}_{1} \, X" in tex
    typst = dfoo("derive", "two_layer", "--hvp", "--format", "typst").stdout
    assert "upright(d) dot(Z)_(1) &=" in typst and "upright(H) W_(1) &=" in typst


def test_a_block(dfoo):
    """With --wrt only these move, and only their rows of the Hessian are derived."""
    about = described(dfoo, "two_layer", "--wrt", "W2,b2")
    assert [d["name"] for d in about["directions"]] == ["W2_dot", "b2_dot"]
    assert [c["name"] for c in about["changes"] if c["product"]] == ["HW2", "Hb2"]
    text = dfoo("derive", "two_layer", "--hvp", "--wrt", "X").stdout
    assert "HX = W1.T @ dZ1_dot" in text and "Z1_dot" not in text.split("dZ1_dot")[0].split("\n")[-2]


def test_kinks_are_told(dfoo):
    assert "does not change" not in dfoo("derive", "two_layer", "--hvp").stdout
    assert "#   Z1 > 0 is constant between its jumps" in dfoo("derive", "softmax", "--hvp").stdout


def test_ties_share_as_gradients_do(dfoo, tmp_path):
    """At a tie of a maximum the derivative of the line that is shown, which gives the tie to the first."""
    model = "param A : (n, n)\nparam B : (n, n)\nJ = sum(maximum(A, B)**3) + sum(max(A, axis=1)**2)\nminimize J\n"
    A = np.array([[1., 2.], [3., 3.]])
    D = np.array([[1., -1.], [2., 0.5]])
    out, _ = grad(dfoo, "-", {"A": A, "B": A}, {"A": D, "B": 10 * D}, tmp_path, stdin=model)
    top = (A == A.max(axis=1, keepdims=True)) / (A == A.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
    assert np.allclose(out["HB"], 0)
    assert np.allclose(out["HA"], 6 * A * D + 2 * top * (top * D).sum(axis=1, keepdims=True))


def test_given_values(dfoo, tmp_path):
    """What is given is used in the lines of both orders; a gradient that is given moves as the caller says."""
    rng = np.random.default_rng(5)
    v = {"X": rng.normal(size=(3, 6)), "Y": rng.uniform(size=(2, 6)), "W1": rng.normal(size=(4, 3)), "b1": rng.normal(size=(4, 1)),
         "W2": rng.normal(size=(2, 4)), "b2": rng.normal(size=(2, 1))}
    along = {"W1": rng.normal(size=(4, 3)), "W2_dot": rng.normal(size=(2, 4))}
    A1 = 0.9 * np.tanh(v["W1"] @ v["X"] + v["b1"])
    out, said = grad(dfoo, "two_layer", {**v, "A1": A1}, along, tmp_path)
    assert "A1 is given and does not agree" in said
    A1_dot = (1 - A1**2) * (along["W1"] @ v["X"])
    Z2_dot = along["W2_dot"] @ A1 + v["W2"] @ A1_dot
    A2 = 1 / (1 + np.exp(-(v["W2"] @ A1 + v["b2"])))
    dZ2_dot = A2 * (1 - A2) * Z2_dot
    assert np.allclose(out["A1_dot"], A1_dot)
    assert np.allclose(out["HW2"], (dZ2_dot @ A1.T + (A2 - v["Y"]) @ A1_dot.T) / 6)
    dA2 = rng.normal(size=(2, 6))
    out, said = grad(dfoo, "two_layer", {**v, "dA2": dA2}, along, tmp_path)
    assert "not computed" in said and "HW2" in said and "HW2" not in out and "A1_dot" in out
    out, said = grad(dfoo, "two_layer", {**v, "dA2": dA2}, {**along, "dA2_dot": 0 * dA2}, tmp_path)
    assert said == "" and np.isfinite(out["HW1"]).all()


def test_a_direction_of_one_parameter_is_a_column_of_the_hessian(dfoo, tmp_path):
    model = "param x : (n, 1)\ninput Q : (n, n)\nexamples none\nJ = x.T @ Q @ x\nminimize J\n"
    Q = np.random.default_rng(1).normal(size=(3, 3))
    for i in range(3):
        out, _ = grad(dfoo, "-", {"x": np.ones((3, 1)), "Q": Q}, {"x": np.eye(3)[:, [i]]}, tmp_path, stdin=model)
        assert np.allclose(out["Hx"][:, 0], (Q + Q.T)[:, i])


@pytest.mark.parametrize("args, status, said", [
    (["derive", "two_layer", "--hvp", "--steps"], 2, "--hvp goes with"),
    (["derive", "two_layer", "--hvp", "--wrt", "Z1"], 2, "second derivatives are by parameters and inputs"),
    (["derive", "two_layer", "--hvp", "--wrt", "Y"], 2, "does not depend"),
    (["derive", "-", "--hvp"], 2, "a name HW of its own"),
    (["derive", "-", "--hvp"], 2, "a name W_dot of its own"),
    (["explain", "two_layer", "dW1", "--hvp"], 2, "no option --hvp"),
])
def test_refusals(dfoo, args, status, said):
    model = "param W : (n, n)\nparam {} : (n, n)\nJ = sum(W**2)\nminimize J\n".format("HW" if "HW" in said else "W_dot")
    done = dfoo(*args, stdin=model)
    assert done.returncode == status and said in done.stderr, done


def test_refused_directions(dfoo, tmp_path):
    v = {"X": np.ones((2, 3)), "Y": np.ones((1, 3)), "W1": np.ones((4, 2)), "b1": np.ones((4, 1)), "W2": np.ones((1, 4)), "b2": np.ones((1, 1))}
    np.savez(tmp_path / "in.npz", **v)
    for along, said in [({"Q": np.ones(3)}, "the direction Q is of no parameter"), ({"Y_dot": np.ones((1, 3))}, "the direction Y_dot is of no"),
                        ({"W1": np.ones((2, 4))}, "the other way round"), ({"W1_dot": np.ones((5, 2))}, "W1_dot is (5, 2)")]:
        np.savez(tmp_path / "along.npz", **along)
        done = dfoo("grad", "two_layer", "--values", tmp_path / "in.npz", "--hvp", tmp_path / "along.npz", "-o", tmp_path / "out.npz")
        assert done.returncode == 2 and said in done.stderr, done


# --------------------------------------------------------------------- the worked examples of docs/second-order.md

def softmax_values(rng):
    k, n1, n0, m = 3, 4, 2, 5
    Y = np.eye(k)[:, rng.integers(0, k, m)]
    return {"X": rng.normal(size=(n0, m)), "Y": Y, "W1": rng.normal(size=(n1, n0)), "b1": rng.normal(size=(n1, 1)),
            "W2": rng.normal(size=(k, n1)), "b2": rng.normal(size=(k, 1))}


PARAMETERS = ("W1", "b1", "W2", "b2")


def logits(v):
    return v["W2"] @ np.maximum(v["W1"] @ v["X"] + v["b1"], 0) + v["b2"]


def flat(arrays, prefix=""):
    return np.concatenate([arrays[prefix + p].ravel() for p in PARAMETERS])


def jacobian_of_logits(v):
    """By differences, a column for each parameter: the network is linear in each, but for kinks."""
    columns = []
    for p in PARAMETERS:
        for i in np.ndindex(v[p].shape):
            sides = []
            for h in (1e-6, -1e-6):
                moved = {**v, p: v[p].copy()}
                moved[p][i] += h
                sides.append(logits(moved).ravel())
            columns.append((sides[0] - sides[1]) / 2e-6)
    return np.array(columns).T


def gauss_newton_product(dfoo, v, along, folder):
    """The three steps of the page."""
    first, _ = grad(dfoo, "softmax", v, along, folder)
    second, _ = grad(dfoo, "softmax", {**v, "dZ2": first["dZ2_dot"]}, {}, folder)
    return flat(second, "d")


def test_the_gauss_newton_product(dfoo, tmp_path):
    rng = np.random.default_rng(6)
    v = softmax_values(rng)
    m, k = v["X"].shape[1], len(v["Y"])
    along = {p: rng.normal(size=v[p].shape) for p in PARAMETERS}
    J, A = jacobian_of_logits(v), np.exp(logits(v)) / np.exp(logits(v)).sum(axis=0)
    H = np.zeros((k * m, k * m))
    for t in range(m):
        at = np.arange(k) * m + t
        H[np.ix_(at, at)] = (np.diag(A[:, t]) - np.outer(A[:, t], A[:, t])) / m
    G = J.T @ H @ J
    product = gauss_newton_product(dfoo, v, along, tmp_path)
    assert np.allclose(product, G @ flat(along), rtol=0, atol=1e-7 * np.abs(product).max())
    assert flat(along) @ product > 0

    # the Fisher matrix: the mean over labels that the model draws, example by example
    F = np.zeros_like(G)
    for t in range(m):
        Jt = J[np.arange(k) * m + t]
        for label in range(k):
            g = Jt.T @ (A[:, t] - np.eye(k)[label])
            F += A[label, t] * np.outer(g, g) / m
    assert np.allclose(F, G, atol=1e-9)


def test_the_natural_gradient(dfoo, tmp_path):
    """Conjugate gradients with these products solve F d = gradient, with a little of the identity: F is singular."""
    rng = np.random.default_rng(7)
    v = softmax_values(rng)
    shapes = [v[p].shape for p in PARAMETERS]

    def apart(x):
        ends = np.cumsum([int(np.prod(s)) for s in shapes])
        return {p: part.reshape(s) for p, part, s in zip(PARAMETERS, np.split(x, ends[:-1]), shapes)}
    g = flat(grad(dfoo, "softmax", v, {}, tmp_path)[0], "d")
    times = lambda x: gauss_newton_product(dfoo, v, apart(x), tmp_path) + 0.1 * x
    d, r = np.zeros_like(g), g.copy()
    p = r.copy()
    for _ in range(40):
        Fp = times(p)
        alpha = (r @ r) / (p @ Fp)
        d, rest = d + alpha * p, r - alpha * Fp
        p, r = rest + (rest @ rest) / (r @ r) * p, rest
        if np.linalg.norm(r) < 1e-8 * np.linalg.norm(g):
            break
    assert np.linalg.norm(times(d) - g) < 1e-6 * np.linalg.norm(g) and d @ g > 0


def test_the_hessian_by_logits(dfoo):
    page = (ROOT / "docs" / "second-order.md").read_text()
    model = page[page.index("# logits.eq"):].split("```")[0]
    line = next(x for x in page.split("`") if x.startswith("Hz = "))
    assert line in dfoo("derive", "-", "--hvp", stdin=model).stdout


# ------------------------------------------------------------------------------------------------------- Jacobians

def jacobians(dfoo, model, name, stdin=None):
    done = dfoo("derive", model, "--jacobian", name, "--format", "json", stdin=stdin)
    return (json.loads(done.stdout) if done.returncode == 0 else None), done


@pytest.mark.parametrize("name", BY_NAME)
def test_jacobians_of_every_value(dfoo, name):
    """The numpy module against differences of its own forward pass, or a message that says why there is none."""
    model, stdin = BY_NAME[name]
    described_once = dfoo("derive", model, "--format", "json", stdin=stdin)
    if described_once.returncode or json.loads(described_once.stdout)["open_functions"]:
        pytest.skip("there is nothing to derive, or to run")
    held = 0
    for value in [s["name"] for s in json.loads(described_once.stdout)["forward"]]:
        about, done = jacobians(dfoo, model, value, stdin)
        if not about:
            assert done.returncode == 2 and ("has no Jacobian of one example" in done.stderr or "a Jacobian is of a column" in done.stderr), done
            continue
        names, code = module_of(dfoo, model, "--jacobian", value, stdin=stdin)
        values, sizes = symmetric_values(about)
        for v in (v for v in about["variables"] if v.get("onehot")):
            values[v["name"]] = values[v["name"]] / np.sum(values[v["name"]])
        python = dict(zip(arguments(code, "forward"), values.values()))
        known = {**sizes, **masks_of(about, sizes), **python}
        of = {a: known[a] for a in arguments(code, "forward")}
        f = about["jacobians"][0]["of"]
        if not np.isfinite(names["forward"](**of)[f]).all():  # a root or a power of something negative
            known = {**known, **{a: np.abs(python[a]) for a in python}}
            of = {a: known[a] for a in of}
        forward = names["forward"](**of)
        got = names["jacobian"](**{a: {**known, "values": forward}[a] for a in arguments(code, "jacobian")})
        for J in about["jacobians"]:
            assert got[J["name"]].shape == tuple(sizes.get(n, n) for n in J["shape"])
            at = dict(zip(values, python)).get(J["by"])
            if at is None or not np.isfinite(got[J["name"]]).all():
                continue  # of a value in between: the program has tried it
            columns = []
            for i in np.ndindex(np.shape(known[at])):
                sides = []
                for h in (1e-6, -1e-6):
                    moved = np.array(known[at], float)
                    moved[i] += h
                    sides.append(np.ravel(names["forward"](**{**of, at: moved})[f]))
                columns.append((sides[0] - sides[1]) / 2e-6)
            assert np.allclose(np.array(columns).T, got[J["name"]], atol=1e-5 * max(1, np.abs(got[J["name"]]).max())), J
            held += 1
    assert held or "examples affect each other" in done.stderr or "of all of them together" in done.stderr, name


def test_how_jacobians_read(dfoo):
    lines = {j["name"]: j["expression"] for j in jacobians(dfoo, "two_layer", "A2")[0]["jacobians"]}
    assert lines == {"da2_dz2": "diag(a2 * (1 - a2))", "da2_db2": "da2_dz2", "da2_dz1": "da2_dz2 @ W2 @ diag(1 - a1**2)",
                     "da2_dx": "da2_dz1 @ W1", "da2_db1": "da2_dz1"}
    text = dfoo("derive", "two_layer", "--jacobian", "dz[2]").stdout
    assert "dz2_db2 = eye(n2)" in text and "#   dz2/dW2[:,j] = a1[j] * eye(n2), by each of its columns" in text
    assert "da2_dz2 = diag(a2) - a2 @ a2.T " in dfoo("derive", "softmax", "--jacobian", "A2").stdout
    tex = dfoo("derive", "two_layer", "--jacobian", "A2", "--format", "latex").stdout
    assert r"\frac{\partial a_{2}}{\partial x} &= \frac{\partial a_{2}}{\partial z_{1}} \, W_{1}" in tex
    typst = dfoo("derive", "two_layer", "--jacobian", "A2", "--format", "typst").stdout
    assert "frac(∂ a_(2), ∂ x) &= " in typst


@pytest.mark.parametrize("args, said", [
    (["--jacobian", "X"], "a Jacobian is of a value that the model computes, and X is none"),
    (["--jacobian", "Q7"], "has no variable 'Q7'"), (["--jacobian", "J"], "it is of all of them together"),
    (["--jacobian", "A2", "--hvp"], "--jacobian goes with --format"), (["--jacobian", "A2", "--wrt", "W1"], "--jacobian goes with --format"),
])
def test_refused_jacobians(dfoo, args, said):
    done = dfoo("derive", "two_layer", *args)
    assert done.returncode == 2 and said in done.stderr, done
