"""A smaller model with the same finding: parts of expressions in the place of the whole, leaves in the place of parts,
dimensions that become 1 or each other, statements that go. Every try is a process of its own, which may crash."""
import dataclasses
import multiprocessing
import re

from gen import exact, judge, library, models
from gen.models import Declared, Expr

PATIENCE = 20
TRIES = 400


def reduced(x):
    """Expressions in the place of x that are smaller: its parts of the same shape, leaves, and x with one part reduced."""
    for a in x.args:
        if a.shape == x.shape:
            yield a
    if x.args or x.form in ("lam", "1e-4", "0.1"):
        if x.shape is models.NUMBER:
            if x.form != "2" and x.args:
                yield Expr("2", (), models.NUMBER)
        elif x.args:
            yield Expr("?", (), x.shape)
    if len(x.args) == 1 and x.form not in ("sum(%0)", "sum(%0, axis=0)", "sum(%0, axis=1)", "$0.T", "1/m * sum(%0)"):
        a = x.args[0]
        if x.shape is models.NUMBER and a.shape is not models.NUMBER:
            yield Expr("sum(%0)", (a,), x.shape)
        if x.shape == a.shape and x.form != "exp(%0)":
            yield Expr("exp(%0)", (a,), x.shape)
    if len(x.args) == 2 and x.form not in ("$0 @ $1", "$0 * $1", "$0 + $1"):
        for form in ("$0 + $1", "$0 * $1"):
            if x.shape in (x.args[0].shape, x.args[1].shape):
                yield Expr(form, x.args, x.shape)
    for i, a in enumerate(x.args):
        for b in reduced(a):
            yield dataclasses.replace(x, args=x.args[:i] + (b,) + x.args[i + 1:])


def with_leaves(model):
    """A new parameter for each leaf that is still "?"."""
    declared, statements = list(model.declared), []

    def fill(x):
        if x.form != "?":
            return dataclasses.replace(x, args=tuple(map(fill, x.args)))
        kind = "input" if "m" in x.shape else "param"
        fits = [d for d in declared if d.shape == x.shape and d.kind == kind]
        if not fits:
            declared.append(Declared(kind, f"{'X' if kind == 'input' else 'B'}{len(declared) + 10}", x.shape))
            fits = declared[-1:]
        return Expr(fits[0].name, (), x.shape)
    for name, x in model.statements:
        statements.append((name, fill(x)))
    return dataclasses.replace(model, declared=tuple(declared), statements=tuple(statements))


def renamed(model, old, new):
    def change(shape):
        return shape if shape is models.NUMBER else tuple(new if n == old else n for n in shape)

    def walk(x):
        return dataclasses.replace(x, shape=change(x.shape), args=tuple(map(walk, x.args)))
    return dataclasses.replace(model, declared=tuple(dataclasses.replace(d, shape=change(d.shape)) for d in model.declared),
                               statements=tuple((n, walk(x)) for n, x in model.statements))


def inlined(model, k):
    """Statement k written where its name stood."""
    name, body = model.statements[k]

    def walk(x):
        if x.form == name:
            return body
        if x.form == name + ".T":
            return Expr("$0.T", (body,), x.shape)
        return dataclasses.replace(x, args=tuple(map(walk, x.args)))
    rest = [(n, walk(x)) for i, (n, x) in enumerate(model.statements) if i != k]
    return dataclasses.replace(model, statements=tuple(rest), given=tuple(g for g in model.given if g != name))


def candidates(model):
    dims = {n for d in model.declared for n in d.shape}
    for old, new in (("2", "1"), ("p", "1"), ("n", "1"), ("m", "1"), ("p", "n"), ("n", "p"), ("m", "n")):
        if old in dims:
            yield renamed(model, old, new)
    if model.style != "normal":
        yield dataclasses.replace(model, style="normal")
    for g in range(len(model.given)):
        yield dataclasses.replace(model, given=model.given[:g] + model.given[g + 1:])
    for k, (name, x) in enumerate(model.statements):
        for small in reduced(x):
            statements = model.statements[:k] + ((name, small),) + model.statements[k + 1:]
            yield with_leaves(dataclasses.replace(model, statements=statements))
    for k in range(len(model.statements) - 1):
        yield inlined(model, k)
    for d in model.declared:
        if d.kind == "label":
            yield dataclasses.replace(model, declared=tuple(dataclasses.replace(e, kind="input", note="") if e == d else e for e in model.declared))


def weight(model):
    return (model.size() + 2 * len(model.given) + (model.style != "normal") + sum(n != "1" for d in model.declared for n in d.shape)
            + len({n for d in model.declared for n in d.shape}) + sum(d.kind == "label" for d in model.declared)
            - sum(x.size() * 0.01 for _, x in model.statements if "exp(%0)" in x.form))


def attempt(pipe, build, model, kind):
    try:
        exact.precise()
        lib = library.of_build(build)
        tests = [t for t in judge.TESTS if t.__name__ == judge.test_of(kind)] or None
        found = judge.judge(lib, model, tests)
        pipe.send(any(f.kind == kind for f in found or ()))
    except Exception:  # a candidate need not be a model
        pipe.send(False)


def shows(build, model, kind):
    pipe, other = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=attempt, args=(other, build, model, kind), daemon=True)
    child.start()
    other.close()
    try:
        if not pipe.poll(PATIENCE):
            child.kill()
            return kind == "dfoo hangs"
        return pipe.recv()
    except EOFError:
        return kind == "dfoo crashes"
    finally:
        child.join()
        pipe.close()


def smaller(build, model, kind, tries=TRIES):
    left = tries
    while True:
        for c in sorted(candidates(model), key=weight):
            c = tidy(c)
            if c is None or weight(c) >= weight(model) or not left:
                continue
            left -= 1
            if shows(build, c, kind):
                model = c
                break
        else:
            return model


def tidy(model):
    try:
        return models.finished(model)
    except Exception:
        return None


def smallest(build, kind, seeds, start=3):
    """The smallest of what the smallest models of these seeds shrink to, as text with its details."""
    starts = sorted((models.model(s) for s in seeds), key=models.Model.size)[:start]
    starts = [m for m in starts if shows(build, m, kind)]
    if not starts:
        return f"seeds {seeds[:5]}: not found again"
    model = min((smaller(build, m, kind) for m in starts[:start]), key=weight)
    extra = f"# numbers: {model.style}, seed {model.seed}" + (f", given {' '.join(model.given)}" if model.given else "")
    return f"{model.text()}{extra}\n{again(build, model, kind)}"


def again(build, model, kind):
    """The finding's details."""
    if kind.startswith("dfoo "):
        return ""
    found = judge.judge(library.of_build(build), model, [t for t in judge.TESTS if t.__name__ == judge.test_of(kind)] or None)
    return next((re.sub("(?m)^", "    ", f.detail) for f in found or () if f.kind == kind), "")[:1500]
