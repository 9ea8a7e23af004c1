"""What is asked of dfoo on one model. The truth is exact.py's, and each answer is held against it:

- it is read, and `derive` writes gradients that are the exact ones when they are evaluated with 120 digits; so does `derive --run`,
  for values as well;
- `grad` in float32 and float64 is not less accurate than the forward pass and its chain rule as written, see `units`;
- with intermediate values given, `grad` computes what the lines of `derive` say;
- the numpy module returns the same numbers;
- the lines of `derive` are read again, as claims, and `check` finds model and claims right;
- `explain` holds in its three ways;
- the lines of second derivatives, with 120 digits, are the differences of exact gradients along a direction, and `grad` computes what they say.

Where a function has no derivative, any gradient between those of its sides will do."""
import copy
import dataclasses
import json
import re
import traceback

import gmpy2
import numpy as np

from gen import exact, library, models, notation

# Error in units of u * (bound + |truth|), where u is the rounding of the type and the bound what a program that evaluates the model
# line by line, and its chain rule step by step, can guarantee (exact.py). 1 is that guarantee; other orders of sums and products may need a little more.
MOST_UNITS = 4
TEXT_UNITS = 2.0**-150  # the same where formulas are evaluated with 400 bits


@dataclasses.dataclass(frozen=True)
class Finding:
    kind: str    # the same for the same fault, as far as one can tell
    detail: str


class Truth:
    """Exact values and gradients, as a range where ties leave a choice."""

    def __init__(self, text, arrays):
        self.arrays, self.ranges = arrays, {}
        self.source = notation.Model(text)
        self.models = [self.source, self.source]  # with the names that dfoo gives to parts, by convention
        self.run, self.out = self.source.run(arrays)
        self.ties = self.run.ties

    def is_usable(self):
        cost = self.out[self.source.cost]
        return bool(np.isfinite(cost.size).all())

    def learn(self, described):
        """What dfoo calls the examples, and the names that it gives to parts of the model."""
        if described[0]["examples"]:
            self.source.examples = models.SIZES[described[0]["examples"]["name"]]
        for convention, d in enumerate(described):
            if not any(s["given_name"] for s in d["forward"]):
                continue
            self.models[convention] = named = copy.copy(self.source)
            named.statements = [(s["name"], s["expression"]) for s in d["forward"]]
            if not all(name in self.out for name, _ in named.statements):
                self.out = {**named.run(self.arrays)[1], **self.out}

    def range(self, name):
        """The least and the largest of what is right, and the bound of both types, |truth| in it."""
        if name[0] != "d" or not self.ties.kinds:
            right = self.out[name]
            return right.v, right.v, right.e + right.size
        if not self.ranges:
            ways = [[model.run(self.arrays, exact.Ties(pick))[1] for model in self.models] for pick in exact.picks(self.ties.kinds)]
            runs = [{**one, **other} for one, other in ways]
            self.ranges = {n: (np.min([r[n].v for r in runs], axis=0), np.max([r[n].v for r in runs], axis=0),
                               np.max([r[n].e + r[n].size for r in runs], axis=0)) for n in runs[0]}
        return self.ranges[name]


def worst(truth, got, dtype, u=None, factors=None):
    """The largest error in units of u * (bound + |truth|), and the name that has it. An entry without a bound does not count.
    u: that of the type; factors: by what the truth is multiplied. Exact numbers, where u is another."""
    k, names = exact.LEVEL[dtype], [n for n in got if n in truth.out]
    if not names:
        return 0, ""
    low, high, bound, value, place = [], [], [], [], []
    for n in names:
        factor, x, (a, b, e) = (factors or {}).get(n, 1), got[n], truth.range(n)
        low.append((a * factor if factor != 1 else a).ravel())
        high.append(low[-1] if b is a else (b * factor).ravel())
        bound.append((e[k] * factor).ravel())
        value.append((x if x.shape == a.shape else np.broadcast_to(x, a.shape)).ravel())
        place += [n] * len(low[-1])
    low, high, bound, value = map(np.concatenate, (low, high, bound, value))
    finite = np.isfinite(value.astype(float))
    if value.dtype != object:
        value = exact.to_mpfr(value)
    d = np.where(finite, np.maximum(np.maximum(low - value, value - high), exact.mpfr(0)).astype(float), np.inf)
    units = np.where(np.isfinite(bound), d / ((bound + exact.UNDERFLOW[k]) * (u or exact.U[dtype])), 0)
    i = int(np.argmax(units))
    return float(units[i]), place[i]


class Subject:
    """One model: its text, its truth, and what dfoo derives, in both conventions."""

    def __init__(self, lib, model):
        self.lib, self.model, self.text, self.arrays = lib, model, model.text(), models.arrays(model)
        self.truth = Truth(self.text, self.arrays)

    def describe(self, d):
        self.d = d
        self.described = [json.loads(d.derive(c, format=library.JSON)) for c in (library.COURSE, library.DJ)]
        self.truth.learn(self.described)

    def gradients(self, convention, only_shown=False):
        return [g for g in self.described[convention]["gradients"] if g["shown"] or not only_shown]

    def factors(self, convention):
        """In the course's convention some are derivatives of the sum over the examples."""
        described = self.described[convention]
        return {g["name"]: models.SIZES[described["examples"]["name"]] for g in described["gradients"] if g["differentiates"] == "loss"}


def judge(lib, model, tests=None):
    """Findings; None: the model's cost is no number. tests: some of TESTS."""
    subject = Subject(lib, model)
    if not subject.truth.is_usable():
        return None
    out = []
    try:
        with library.Model(lib, subject.text) as d:
            subject.describe(d)
            for test in tests or TESTS:
                out += guarded(test, subject)
    except library.Wrong as wrong:
        out.append(Finding("refused: " + general(wrong.said), str(wrong)))
    return out


def guarded(test, subject):
    try:
        return list(test(subject))
    except library.Wrong as wrong:
        return [Finding(f"{test.__name__}: {general(wrong.said)}", str(wrong))]
    except Exception as fault:  # of a text that cannot be evaluated, or of these tests
        return [Finding(f"{test.__name__}: {type(fault).__name__}: {general(str(fault))}", traceback.format_exc()[-1500:])]


def general(message):
    """A message without the names in it."""
    first = message.split("\n")[0]
    first = re.sub(r"^[\w.]+:\d+:\d+: ", "", first)
    return re.sub(r"\b(d?[A-Z]\w*\d+|d?[a-zA-Z]\d+|[\d.e+-]+|J|dJ|[mnpk])\b", "_", first)


# ----------------------------------------------------------------------------------------------- the tests

def evaluated(subject, convention, lines, run=None):
    """name -> values of (name, text) lines, after the forward pass unless a run says what is there."""
    model = subject.truth.models[convention]
    run = run or model.forward(subject.arrays, bare=True)
    for name, line in lines:
        model.step(run, name, line)
    return {name: run.names[name].val for name, _ in lines}


def values_of(evaluated):
    return {name: val.v for name, val in evaluated.items()}


def derived(subject):
    """Every gradient as it is shown, and as a step from those before it, with 120 digits in both conventions."""
    for convention in library.COURSE, library.DJ:
        all_lines = subject.gradients(convention)
        run = subject.truth.models[convention].forward(subject.arrays, bare=True)
        for form in "local", "expression":
            lines = [g for g in all_lines if form == "local" or (g["shown"] and g["local"] != g["expression"])]
            values = evaluated(subject, convention, [(g["name"], g[form]) for g in lines], run)
            n, name = worst(subject.truth, values_of(values), "f64", TEXT_UNITS, subject.factors(convention))
            if n > 1:
                shown = next(g for g in lines if g["name"] == name)["shown"]
                yield Finding("derive: a line is wrong" if shown else "derive: a gradient that is not shown is wrong",
                              f"{name}\n{subject.d.derive(convention, steps=1)}")
                return


def run_lines(subject):
    """The program that is run, with 120 digits."""
    text = subject.d.derive(library.DJ, run=1)
    values = evaluated(subject, library.DJ, list(notation.lines_of(text)), subject.truth.source.start(subject.arrays, bare=True))
    n, name = worst(subject.truth, values_of(values), "f64", TEXT_UNITS)
    if n > 1:
        yield Finding(f"derive --run: {kind_of(name)} is wrong", f"{name}\n{text}")


def accurate(subject):
    for dtype in exact.U:
        if subject.truth.ties.doubt[dtype]:
            continue
        n, name = worst(subject.truth, subject.d.grad(subject.arrays, dtype), dtype)
        if n > MOST_UNITS:
            yield Finding(f"grad: {kind_of(name)} in {dtype} is {size_of(n)}", f"{name}: {n:.3g} units\n{subject.d.derive(library.DJ, run=1)}")


def kind_of(name):
    return "a gradient" if name[0] == "d" else "a value"


def size_of(n):
    return "not finite" if np.isinf(n) else "wrong" if n > 1e6 else "inaccurate"


def given_values(subject):
    """Intermediate values that disagree with their equations: what is shown is what is run."""
    truth = subject.truth
    names = [n for n in subject.model.given if n in truth.out]
    if not names or subject.model.style not in ("normal", "saturated"):
        return
    rng = np.random.default_rng(subject.model.seed + 1)
    given = {n: truth.out[n].float * (1 + 0.1 * rng.normal(size=truth.out[n].shape)) for n in names}
    ties = exact.Ties()
    run = truth.source.start(subject.arrays, ties)
    run.names.update({n: run.leaf(x) for n, x in given.items()})
    text = subject.d.derive(library.DJ, run=1, given=",".join(names).encode())
    lines = evaluated(subject, library.DJ, [(n, x) for n, x in notation.lines_of(text) if n not in given], run)
    if ties.doubt["f64"] or ties.kinds:
        return
    got = subject.d.grad({**subject.arrays, **given}, "f64")
    for name, val in lines.items():
        if name not in got:
            continue
        bound = (val.e[1] + val.size + exact.UNDERFLOW[1]) * exact.U["f64"]
        n = np.where(~np.isfinite(bound) | ~np.isfinite(val.float), 0, np.abs((val.v - exact.to_mpfr(got[name])).astype(float)) / bound).max()
        if not n <= 4:
            yield Finding("grad: with given values not what is shown", f"{name}: {n:.3g} units, given {names}\n{text}")
            return


def numpy_module(subject):
    if subject.truth.ties.doubt["f64"]:
        return
    code, names = subject.d.derive(library.COURSE, format=library.NUMPY), {"__name__": "made"}
    exec(compile(code, "made", "exec"), names)

    def arguments(f):
        return {n: subject.arrays[n] for n in f.__code__.co_varnames[:f.__code__.co_argcount] if n != "values"}
    values = names["forward"](**arguments(names["forward"]))
    values.update(names["backward"](**arguments(names["backward"]), values=dict(values)))
    values = {name: np.atleast_2d(np.asarray(x, dtype=float)) for name, x in values.items()}
    n, name = worst(subject.truth, values, "f64", factors=subject.factors(library.COURSE))
    if n > 2 * MOST_UNITS:
        yield Finding(f"numpy: {kind_of(name)} is {size_of(n)}", f"{name}: {n:.3g} units\n{code}")


SHORT = gmpy2.mpfr("1e-18")  # most of the 120 digits of a gradient are left in its difference, and the square of this is gone


def moved(subject, arrays, directions, t):
    """The exact gradients a little further on, or None at a tie."""
    arrays = {**arrays, **{name: exact.to_mpfr(arrays[name]) + t * SHORT * exact.to_mpfr(x) for name, x in directions.items()}}
    ties = exact.Ties()
    run = subject.truth.source.forward(arrays, ties, bare=True)
    adjoint = exact.backward(run.names[subject.truth.source.cost])
    if ties.kinds:
        return None
    return {name: adjoint[run.names[name].number].v for name in directions if run.names[name].number in adjoint}


def bends(after, before, here):
    """Do the slopes of both sides differ: at a comparison of equal numbers?"""
    right, left = (after - here) / SHORT, (here - before) / SHORT
    off, size = np.abs((right - left).astype(float)), np.abs(right.astype(float)) + np.abs(left.astype(float))
    return bool((off > 1e-6 * size + 1e-15 * np.abs(here.astype(float)).max()).any())


def second(subject):
    """HV, of what is shown with 120 digits and of grad, against differences of the exact gradients."""
    truth = subject.truth
    if subject.model.seed % 3 or truth.ties.kinds or truth.ties.on_step or truth.ties.doubt["f64"]:
        return
    sources = [n for kind in ("param", "input") for n, k in truth.source.kinds.items() if k == kind and "d" + n in truth.out]
    if not any(truth.source.kinds[n] == truth.source.kinds[sources[0]] and g["of"] == n
               for n in sources for g in subject.gradients(library.DJ)):
        return  # the cost does not depend on what would move
    status, text = subject.d.second()
    if status != library.OK:
        yield Finding("derive --hvp: it does not pass its own check", text)
    about = json.loads(subject.d.derive(library.DJ, format=library.JSON, hvp=1))
    rng = np.random.default_rng(subject.model.seed + 2)
    along = {x["of"]: rng.integers(-4, 5, size=subject.arrays[x["of"]].shape) / 4 for x in about["directions"]}
    sides = [moved(subject, subject.arrays, along, t) for t in (1, -1, 0)]
    if None in sides or any(bends(*(side[name] for side in sides)) for name in sides[0]):
        return
    right = {name: (sides[0][name] - sides[1][name]) / (2 * SHORT) for name in sides[0]}
    run = truth.models[library.DJ].forward(subject.arrays)
    run.names.update({name + "_dot": run.leaf(x) for name, x in along.items()})
    lines = [(g["name"], g["expression"]) for g in about["gradients"] + about["changes"] if g["shown"]]
    values = evaluated(subject, library.DJ, lines, run)
    got = subject.d.grad(subject.arrays, "f64", directions=along)
    for name, x in right.items():
        val, exact_size = values["H" + name], max(1e-300, float(np.abs(x).max()))
        size = float(np.abs(sides[0][name]).max()) * 1e-22 + exact_size * 1e-15 + 1e-36 * truth.range("d" + name)[2][1]
        off, bound = np.abs((val.v - x).astype(float)), val.e[1] + val.size
        if not np.where(np.isfinite(bound), off <= size + 1e-25 * bound, True).all():
            yield Finding("derive --hvp: a line is wrong", f"H{name}\n{text}")
            return
        bound = (val.e[1] + val.size + exact.UNDERFLOW[1]) * exact.U["f64"]
        n = np.where(~np.isfinite(bound) | ~np.isfinite(val.float), 0, np.abs((val.v - exact.to_mpfr(got["H" + name])).astype(float)) / bound).max()
        if not n <= 4 * MOST_UNITS:
            yield Finding(f"grad --hvp: a product is {size_of(n)}", f"H{name}: {n:.3g} units\n{text}")
            return


def read_again(subject):
    """The lines of `derive` as claims behind the model with the names that were given, and check."""
    shown = subject.gradients(library.COURSE, only_shown=True)
    text = subject.text[:subject.text.index(f"\n{subject.model.statements[0][0]} = ") + 1]
    text += "".join(f"{s['name']} = {s['expression']}\n" for s in subject.described[0]["forward"]) + "minimize J\n"
    text += "".join(f"{g['name']} = {g['expression']}\n" for g in shown)
    page = [line for line in notation.lines_of(subject.d.derive(library.COURSE))]
    if page != [(g["name"], g["expression"]) for g in shown]:
        yield Finding("derive: the page is not what JSON says", text)
    with library.Model(subject.lib, text) as again:
        status, report = again.check()
        if status != library.OK:
            last = report.strip().split("\n")[-1]
            yield Finding("check: " + general(last), f"{text}\n{report}")


def explained(subject):
    for way, name in enumerate(library.WAYS):
        status, told = subject.d.explain(way)
        if status != library.OK:
            lines = [x for x in told.split("\n") if "NOT" in x or "not hold" in x or "false" in x]
            yield Finding(f"explain --by {name}: a line does not hold", "\n".join(lines) or told[-2000:])


def test_of(kind):
    """The name of the test that finds this kind."""
    for start, name in (("derive: a ", "derived"), ("derive: the page", "read_again"), ("derive --run: a", "run_lines"), ("grad: with given", "given_values"),
                        ("grad: ", "accurate"), ("numpy: ", "numpy_module"),
                        ("check: ", "read_again"), ("explain --by", "explained"), ("derive --hvp", "second"), ("grad --hvp", "second")):
        if kind.startswith(start):
            return name
    return kind.split(":")[0]


TESTS = [derived, run_lines, accurate, given_values, numpy_module, read_again, explained, second]
