"""Random models: every declared dimension is drawn from 1, m, a size and another size, products are nested, parameters
stand on either side, what is named is used in several places. Expressions are trees, so that shrink.py can cut them.

By construction nothing is divided by what comes near zero and no logarithm is taken of what may be negative, and with
numbers of size 1 all values are moderate: dfoo's own `check` and `explain` draw such numbers. The numbers that are drawn
here, `arrays`, are of all sizes."""
import dataclasses
import random
import re

import numpy as np

NUMBER = None  # the shape of a number


@dataclasses.dataclass(frozen=True)
class Expr:
    """form: text with $i for operand i, bracketed where it has to be, and %i where it stands between brackets anyway."""
    form: str
    args: tuple = ()
    shape: tuple = NUMBER
    most: float = 1.0

    def text(self):
        out = self.form
        for i, a in enumerate(self.args):
            t = a.text()
            out = out.replace(f"%{i}", t).replace(f"${i}", t if a.is_atom() else f"({t})")
        return out

    def is_atom(self):
        return re.fullmatch(r"[\w.]+|\w+\([^()]*\)", self.form) is not None

    def size(self):
        return 1 + sum(a.size() for a in self.args)

    def leaves(self):
        return {self.form} if not self.args else set().union(*(a.leaves() for a in self.args))


@dataclasses.dataclass(frozen=True)
class Declared:
    kind: str
    name: str
    shape: tuple
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Model:
    head: tuple        # lines in front
    declared: tuple
    statements: tuple  # (name, Expr)
    style: str = "normal"
    given: tuple = ()  # names of intermediate values that are given
    seed: int = 0

    def text(self):
        lines = list(self.head)
        lines += [f"{d.kind} {d.name} : ({d.shape[0]}, {d.shape[1]}){d.note}" for d in self.declared]
        lines += [f"{name} = {e.text()}" for name, e in self.statements]
        return "\n".join(lines) + "\nminimize J\n"

    def size(self):
        return sum(e.size() for _, e in self.statements) + 3 * len(self.statements) + len(self.declared)


# Functions of one operand, entry by entry: the largest operand that is moderate, and what comes out of it at most (0: about
# the same). Every function of dfoo is here or in a form below; test_exact.py asks.
ENTRYWISE = {
    "tanh($)": (10, 1), "sigmoid($)": (10, 1), "relu($)": (30, 0), "leaky_relu($)": (30, 0), "leaky_relu($, 0.2)": (30, 0),
    "elu($)": (20, 0), "elu($, 0.5)": (20, 0), "softplus($)": (20, 0), "swish($)": (10, 0), "gelu($)": (6, 0), "exp($)": (2, 8),
    "sin($)": (30, 1), "cos($)": (30, 1), "erf($)": (5, 1), "erfc($)": (4, 2), "abs($)": (30, 0), "sech($)": (8, 1), "expm1($)": (2, 8),
    "sign($)": (30, 1), "floor($)": (30, 0), "atan($)": (30, 1.6), "sinh($)": (2, 4), "cosh($)": (2, 4), "mish($)": (10, 0),
    "softsign($)": (20, 1),
}
FORMS = {
    "-$": (30, 0), "$**2": (4, 16), "$**3": (2, 8), "log(1 + $**2)": (20, 5), "log1p($**2)": (20, 5), "sqrt(1 + $**2)": (20, 0),
    "1/(1 + exp(-$))": (10, 1), "log(sigmoid(%))": (10, 0), "(1 + $**2)**0.7": (10, 12), "1/(1 + $**2)": (10, 1), "exp(-$**2)": (4, 1),
    "sqrt(abs(%) + 1)": (30, 0), "log(1 + exp(%))": (8, 0), "2*$ - 1": (10, 0), "1 - $": (10, 0), "sign(%) * $": (20, 0),
    "(exp(%) - exp(-$))/2": (2, 4), "maximum(0, %)": (30, 0), "minimum(%, 1)": (30, 0), "minimum(maximum(%, 0.8), 1.2)": (30, 1.2),
    "$ * ($ > 0)": (30, 0), "where($ > 0, $, 0.1*$)": (30, 0), "(exp(%) - exp(-$))/(exp(%) + exp(-$))": (6, 1), "maximum(%, %)": (30, 0),
    "log(1 - sigmoid(%))": (8, 0), "$/sqrt(1 + $**2)": (20, 1), "sigmoid(%) * (1 - sigmoid(%))": (8, 1), "3": (1e9, 3), "0.1*$": (30, 0),
    "relu(%) + relu(-$)": (30, 0), "log(exp(%))": (8, 0), "1e-3 + $": (30, 0), "sqrt($**2 + 0.01)": (20, 0), "own(%)": (5, 0),
    "abs(%) * $": (5, 25), "log2(1 + $**2)": (20, 5), "log10(1 + $**2)": (20, 5), "tan(tanh(%))": (10, 1.6), "asin(0.9 * tanh(%))": (10, 1.6),
    "acos(0.9 * sin(%))": (10, 3), "clip(%, 0.8, 1.2)": (30, 1.2), "clip(%, -1, 1)": (30, 1), "atan(exp(%))": (3, 1.6),
}
# Of two, in this shape: form, the largest operands, how much comes out of a and b.
PAIRS = [
    ("$0 + $1", 30, lambda a, b: a + b), ("$0 - $1", 30, lambda a, b: a + b), ("$0 * $1", 5, lambda a, b: a * b),
    ("$0 * $1", 5, lambda a, b: a * b), ("$0 / (1 + $1**2)", 10, lambda a, b: a), ("$0 / (2 + sin(%1))", 20, lambda a, b: a),
    ("maximum(%0, %1)", 30, max), ("minimum(%0, %1)", 30, max), ("where($0 > $1, $0, $1)", 30, max), ("where($0 > 0, $1, 0)", 30, lambda a, b: b),
    ("(1 + $0**2)**$1", 1.5, lambda a, b: 6), ("($0 - $1)**2", 4, lambda a, b: (a + b)**2), ("$0 * ($1 > 0)", 30, lambda a, b: a),
    ("$0 * sigmoid(%1)", 10, lambda a, b: a), ("minimum($0 * $1, minimum(maximum(%0, 0.8), 1.2) * $1)", 4, lambda a, b: a * b),
    ("log(softplus(%0) + 0.01)/2 + ($1 - $0)**2/(2*(softplus(%0) + 0.01))", 3, lambda a, b: 50), ("log(exp(%0) + exp(%1))", 6, lambda a, b: a + b),
    ("$0 / (softplus(%1) + 0.1)", 5, lambda a, b: 10 * a), ("$1 * log(sigmoid(%0)) + (1 - $1) * log(1 - sigmoid(%0))", 6, lambda a, b: 7 * b),
    ("$0 * exp($1 - 1)", 2, lambda a, b: a * 4), ("clip(%0, %1, %1 + 1)", 10, lambda a, b: a + b), ("leaky_relu(%0, abs(%1))", 5, lambda a, b: a * (1 + b)), ("elu(%0, %1)", 5, lambda a, b: a + b),
    ("$0*$1 - $1*$0 + $0", 5, lambda a, b: a), ("($0 + $1) * ($0 - $1)", 4, lambda a, b: (a + b)**2),
]
# Along an axis, of the same shape.
ALONG = [
    ("$0 - mean(%0, axis={a})", 30, 2), ("$0 / sqrt(mean($0**2, axis={a}) + 1)", 20, 1), ("softmax(%0, axis={a})", 10, 1),
    ("log_softmax(%0, axis={a})", 10, 3), ("($0 - mean(%0, axis={a}))/sqrt(mean(($0 - mean(%0, axis={a}))**2, axis={a}) + 0.01)", 20, 1),
    ("exp(%0)/sum(exp(%0), axis={a})", 6, 1), ("$0 - max(%0, axis={a})", 30, 2), ("$0 - log(sum(exp(%0), axis={a}))", 6, 2),
    ("$0 / (1 + sum(abs(%0), axis={a}))", 20, 1),
]
REDUCED = [("sum(%0, axis={a})", 4), ("mean(%0, axis={a})", 1), ("max(%0, axis={a})", 1), ("log(sum(exp(%0), axis={a}))", 1), ("sqrt(sum($0**2, axis={a}) + 1)", 4)]
WHOLE = [("sum(%0)", 8), ("mean(%0)", 1), ("max(%0)", 1), ("sum($0**2)", 16), ("mean($0)**2", 4)]
# The same of a matrix of {r} rows and {c} columns, which is made square and far from singular.
OF_SQUARES = [("logdet(eye({r}) + $0 @ $0.T)", 4), ("logdet(2*eye({c}) + tanh(%0).T @ $0)", 4), ("det($0 @ $0.T + 0.5*eye({r}))", 1000),
              ("trace(inv($0.T @ $0 + eye({c})))", 1), ("trace(solve($0 @ $0.T + eye({r}), $0) @ $0.T)", 1)]
# Rows, columns and blocks of matrices that come out in this shape, (r, c): form, shapes of the operands ("d": any dimension that is
# longer than 1), when it fits ("": always), the largest operands, how much comes out of them.
MATRICES = [
    ("$0[0:1, :]", [("d", "c")], "r1", 30, 1), ("$0[-1:, :]", [("d", "c")], "r1", 30, 1), ("$0[:, 1:2]", [("r", "d")], "c1", 30, 1),
    ("concat(%0, %1)[{d}:, :]", [("d", "c"), ("r", "c")], "", 30, 1), ("concat(%0, %1, axis=1)[:, 0:{c}]", [("r", "c"), ("r", "d")], "", 30, 1),
    ("concat(%0, %1, %0)[{d}:{d} + {r}, :]", [("d", "c"), ("r", "c")], "", 30, 1), ("pad(%0, 1, 2)[1:{r} + 1, :]", [("r", "c")], "", 30, 1),
    ("pad(%0, 1, 0, axis=1)[:, 0:{c}]", [("r", "c")], "", 30, 1), ("$0 - pad($0[:, 0:1], 0, {c} - 1, axis=1)", [("r", "c")], "c", 20, 1),
    ("cumsum(%0, axis=0)", [("r", "c")], "", 8, 4), ("cumsum(%0, axis=1)", [("r", "c")], "", 8, 4), ("cumsum_back(%0, axis=0)", [("r", "c")], "", 8, 4),
    ("kron(%0, %1)", [("1", "c"), ("r", "1")], "", 5, 5), ("block_dots(kron(%0, %1), %1)", [("r", "c"), ("d", "1")], "", 3, 30),
    ("block_sum(kron(%1, %0), %1)", [("r", "c"), ("1", "d")], "", 3, 30), ("diag(%0)", [("d", "d")], "d1", 30, 1), ("diag(%0)", [("r", "1")], "square", 30, 1),
    ("outer(%0, %1)", [("r", "1"), ("1", "c")], "", 5, 5), ("$0 - $1", [("r", "1"), ("1", "c")], "", 15, 2), ("$0 * $1", [("r", "1"), ("1", "c")], "", 5, 5),
    ("maximum(%0, %1)", [("r", "1"), ("1", "c")], "", 30, 1), ("exp($0 - $1)", [("1", "c"), ("r", "1")], "", 1, 8),
    ("$0 / norm(1 + $0**2, axis=0)", [("r", "c")], "", 8, 8), ("$0 * norm(1 + $0**2, axis=1)", [("r", "c")], "", 2, 20),
    ("trace(1/4 * $0 @ $1) * $2", [("d", "c"), ("c", "d"), ("r", "c")], "", 3, 10),
    ("solve(%0 + 5*eye({r}), %1)", [("r", "r"), ("r", "c")], "", 1, 1), ("solve($0 @ $0.T + eye({r}), %1)", [("r", "d"), ("r", "c")], "", 2, 1),
    ("$1 @ inv(%0 + 5*eye({c}))", [("c", "c"), ("r", "c")], "", 1, 1), ("inv($0 @ $0.T + eye({r}))", [("r", "d")], "equal", 2, 1),
    ("inv($0 + 5*eye({r})) @ $1", [("r", "r"), ("r", "c")], "", 1, 1), ("det(%0 + 2*eye({d}))/100 * $1", [("d", "d"), ("r", "c")], "", 1, 10),
    ("$1 - logdet(%0 + 5*eye({d}))", [("d", "d"), ("r", "c")], "", 1, 8), ("solve(%0 + 5*eye({r}), $1 @ $2)", [("r", "r"), ("r", "d"), ("d", "c")], "", 1, 3),
]
COSTS = ["sum(%0)", "mean(%0)", "sum($0**2)", "log(2 + sum(%0)**2)", "mean(%0)**2 + sum(%0)", "max(%0)", "sqrt(1 + sum($0**2))", "1/2 * sum($0**2)"]
MEANS = ["1/m * sum(%0)", "sum(%0)/m", "1/(2*m) * sum($0**2)", "-1/m * sum(%0)", "1/m * sum($0**2)"]
NUMBERS = ["2", "0.5", "1", "lam", "0.1", "3", "-1", "1e-4"]
OWN = ["own(z) = z * sigmoid(z)", "own(z) = (1 + z)/(1 + exp(-z))", "own(z) = z**3/(1 + z**2)"]
STYLES = ["normal"] * 6 + ["integers"] * 4 + ["repeats", "repeats", "zeros", "offset", "offset", "offset", "scales", "scales", "saturated"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.declared, self.statements, self.known = [], [], []
        self.role = self.r.choice(["mean", "mean", "mean", "plain", "plain", "free", "sizes"])
        self.columns = self.r.random() < 0.6
        self.sizes = ["n", "p"] + (["2"] if self.r.random() < 0.1 else [])
        self.budget = self.r.choice([2, 4, 6, 6, 9, 16])

    def chance(self, p):
        return self.r.random() < p

    def dim(self):
        return self.r.choice((["1", "m"] if self.role != "sizes" else ["1"]) + self.sizes)

    def shape(self):
        return self.dim(), self.dim()

    # ---- leaves

    def declare(self, shape):
        kinds = ["param"] * 3 + ["input"] * 2 + ["label"]
        if "m" in shape and self.role != "free":
            kinds = ["input", "input", "label"]
        kind = self.r.choice(kinds)
        letter = {"param": self.r.choice("WUVbc"), "input": self.r.choice("XMR"), "label": "Y"}[kind]
        name = letter + str(1 + sum(d.name[0] == letter for d in self.declared))
        self.declared.append(Declared(kind, name, shape))
        self.known.append((name, shape, 2))
        return Expr(name, (), shape, 2)

    def leaf(self, shape):
        if shape is NUMBER:
            named = [v for v in self.known if v[1] is NUMBER]
            if named and self.chance(0.5):
                return self.use(self.r.choice(named))
            return Expr("1/m" if self.role == "mean" and self.chance(0.1) else self.r.choice(NUMBERS), (), NUMBER, 3)
        fits = [v for v in self.known if v[1] == shape]
        turned = [v for v in self.known if v[1] is not NUMBER and v[1] == shape[::-1] and v[1] != shape]
        square = [v for v in fits if shape[0] == shape[1] and shape[0] != "1"]
        if (turned and self.chance(0.4)) or (square and self.chance(0.3)):
            v = self.r.choice(turned or square)
            return Expr(v[0] + ".T", (), shape, v[2])
        if fits and self.chance(0.7):
            return self.use(self.r.choice(fits[-3:] if self.chance(0.5) else fits))
        if len(self.declared) < 6:
            return self.declare(shape)
        return self.use(self.r.choice(fits)) if fits else self.declare(shape)

    @staticmethod
    def use(v):
        return Expr(v[0], (), v[1], v[2])

    # ---- expressions

    def bounded(self, x, most):
        if x.most <= most:
            return x
        if x.most > 8:
            return Expr("tanh($0 / 8)", (x,), x.shape, 1)
        return Expr(self.r.choice(["tanh(%0)", "sin(%0)", "sigmoid(%0)", "erf(%0)", "1/(1 + exp(-$0))", "$0/(1 + abs(%0))"]), (x,), x.shape, 1)

    def unary(self, x):
        table = ENTRYWISE if self.chance(0.5) else FORMS
        form = self.r.choice(list(table))
        most, out = table[form]
        x = self.bounded(x, most)
        form = form.replace("($)", "(%0)").replace("($,", "(%0,").replace("%)", "%0)").replace("%,", "%0,").replace("$", "$0").replace("$00", "$0")
        return Expr(form, (x,), x.shape, out or x.most + 1) if "0" in form and ("$0" in form or "%0" in form) else x

    def operand(self, shape):
        """The shape, or one that is stretched to it."""
        if shape is NUMBER or self.chance(0.7):
            return shape
        return self.r.choice([NUMBER, ("1", shape[1]), (shape[0], "1"), ("1", "1")])

    def pair(self, shape):
        form, most, out = self.r.choice(PAIRS)
        shapes = [shape, self.operand(shape)]
        self.r.shuffle(shapes)
        a, b = (self.bounded(self.make(s), most) for s in shapes)
        return Expr(form, (a, b), shape, out(a.most, b.most))

    def product(self, shape):
        inner = self.dim()
        a, b = self.bounded(self.make((shape[0], inner)), 6), self.bounded(self.make((inner, shape[1])), 6)
        if self.chance(0.25):
            inner = self.dim()
            c = self.bounded(self.leaf((shape[1], shape[1])), 6)
            return Expr("$0 @ $1 @ $2" if self.chance(0.5) else "$0 @ ($1 @ $2)", (a, b, c), shape, 4 * a.most * b.most)
        return Expr("$0 @ $1", (a, b), shape, 2 * a.most * b.most)

    def matrices(self, shape):
        """Of rows, columns and blocks, or a row against a column."""
        r, c = shape
        fits = {"": True, "r1": r == "1", "c1": c == "1", "c": c != "1", "d1": c == "1" and r != "1", "square": r == c and r != "1", "equal": r == c}
        form, shapes, when, most, grows = self.r.choice([row for row in MATRICES if fits[row[2]]])
        d = r if when == "d1" else self.r.choice([n for n in ["m", *self.sizes] if self.role != "sizes" or n != "m"])
        names = {"r": r, "c": c, "d": d, "1": "1"}
        args = tuple(self.bounded(self.make(tuple(names[n] for n in s)), most) for s in shapes)
        return Expr(form.format(**names), args, shape, grows * max(a.most for a in args))

    def along(self, shape):
        form, most, out = self.r.choice(ALONG)
        return Expr(form.format(a=self.r.randrange(2)), (self.bounded(self.make(shape), most),), shape, out)

    def reduced(self, shape):
        """Of what is longer along an axis of length 1."""
        axes = [k for k in range(2) if shape[k] == "1"]
        axis = self.r.choice(axes)
        long = tuple(self.dim() if k == axis else n for k, n in enumerate(shape))
        form, grows = self.r.choice(REDUCED)
        x = self.bounded(self.make(long), 6)
        return Expr(form.format(a=axis), (x,), shape, grows * x.most)

    def whole(self):
        form, grows = self.r.choice(WHOLE if self.chance(0.8) else OF_SQUARES)
        r, c = self.shape()
        x = self.bounded(self.make((r, c)), 3)
        return Expr(form.format(r=r, c=c), (x,), NUMBER, grows * x.most)

    def make(self, shape):
        self.budget -= 1
        if self.budget <= 0:
            return self.leaf(shape)
        x = self.fresh(shape)
        return self.name(x) if x.args and self.chance(0.35) else x

    def fresh(self, shape):
        k = self.r.random()
        if k < 0.22:
            return self.leaf(shape)
        if k < 0.42:
            return self.unary(self.make(shape))
        if k < 0.62 or (shape is NUMBER and k < 0.7):
            return self.pair(shape)
        if shape is NUMBER:
            return self.whole()
        if k < 0.71:
            return self.matrices(shape)
        if k < 0.84:
            return self.product(shape)
        if k < 0.88:
            return Expr("$0.T", (self.make(shape[::-1]),), shape, 5)
        if "1" in shape and k < 0.94:
            return self.reduced(shape)
        return self.along(shape)

    def name(self, x):
        x = self.bounded(x, 30)
        name = self.r.choice("ZAHSPT") + str(len(self.statements) + 1)
        self.statements.append((name, x))
        self.known.append((name, x.shape, x.most))
        return Expr(name, (), x.shape, x.most)

    def loss(self):
        """A last layer of the courses."""
        k = self.r.choice(["1", "p"])
        shape = (k, "m") if self.columns else ("m", k)
        axis = 0 if self.columns else 1
        z = self.name(self.bounded(self.make(shape), 6))
        y = self.leaf(shape) if not self.chance(0.7) else self.label(shape)
        form = self.r.choice(["-($1 * log(sigmoid(%0)) + (1 - $1) * log(1 - sigmoid(%0)))", "($0 - $1)**2", "1/2 * ($0 - $1)**2", "softplus(%0) - $1 * $0",
                              "-sum($1 * log(softmax(%0, axis={a})), axis={a})", "-sum($1 * log_softmax(%0, axis={a}), axis={a})", "abs($0 - $1)"])
        out = shape if not form.startswith("-sum") else tuple("1" if i == axis else n for i, n in enumerate(shape))
        return Expr(form.format(a=axis), (z, y), out, 20)

    def label(self, shape):
        name = "Y" + str(1 + sum(d.name[0] == "Y" for d in self.declared))
        self.declared.append(Declared("label", name, shape))
        self.known.append((name, shape, 1))
        return Expr(name, (), shape, 1)

    def model(self, seed):
        if self.role == "mean":
            x = self.loss() if self.chance(0.5) else self.make((self.dim(), "m") if self.columns else ("m", self.dim()))
            x = self.name(self.bounded(x, 30)) if self.chance(0.7) else self.bounded(x, 30)
            cost = Expr(self.r.choice(MEANS), (x,), NUMBER, 30)
            if self.chance(0.3):
                cost = Expr("$0 + lam/(2*m) * sum($1**2)", (cost, self.leaf((self.r.choice(self.sizes), self.r.choice(self.sizes)))), NUMBER, 30)
        else:
            cost = Expr(self.r.choice(COSTS), (self.bounded(self.make(self.shape()), 10),), NUMBER, 30)
        self.statements.append(("J", cost))
        style, own = self.r.choice(STYLES), self.r.choice(OWN)
        given = [n for n, _ in self.statements[:-1]] if self.chance(0.15) else []
        given = self.r.sample(given, min(2, len(given)))
        return finished(Model((own,), tuple(self.declared), tuple(self.statements), style, tuple(given), seed))


def finished(model):
    """With what it needs in front, and without what nothing needs."""
    used, statements = {"J"}, []
    for name, x in reversed(model.statements):
        if name in used:
            used |= words(x)
            statements.append((name, x))
    statements.reverse()
    declared = tuple(d for d in model.declared if d.name in used)
    if not any(d.kind != "label" for d in declared):
        declared += (Declared("param", "W0", ("1", "1")),)
        statements[-1] = ("J", Expr("$0 + sum(W0**2)", (statements[-1][1],), NUMBER))
    text = " ".join(x.text() for _, x in statements)
    head = (("const lam = 0.7",) if "lam" in text else ()) + tuple(x for x in model.head if x.startswith("own") and "own(" in text)
    given = tuple(n for n in model.given if n in dict(statements))
    return dataclasses.replace(model, head=head, declared=declared, statements=tuple(statements), given=given)


def words(x):
    out = set()
    for leaf in x.leaves():
        out.add(leaf.split(".")[0])
    return out


def model(seed):
    maker = Maker(seed)
    return maker.model(seed)


# ----------------------------------------------------------------------------------------------- numbers

SIZES = {"m": 4, "n": 3, "p": 2, "k": 3}


def arrays(model):
    """Numbers of the model's style for all that is declared, in numbers that float32 has."""
    rng = np.random.default_rng(model.seed)
    out = {}
    for d in model.declared:
        shape = [int(n) if n.isdigit() else SIZES[n] for n in d.shape]
        x = of_style(rng, model.style, d.kind, shape)
        with np.errstate(all="ignore"):
            out[d.name] = x.astype(np.float32).astype(float)
    return out


def of_style(rng, style, kind, shape):
    x = rng.normal(size=shape)
    if kind == "label" and style in ("normal", "zeros", "repeats"):
        return (x > 0).astype(float)
    if style == "integers":
        return rng.integers(-2, 3, size=shape).astype(float)
    if style == "repeats":
        return rng.choice([0.5, -1.25, 0.8, 1.2, 0, 1], size=shape)
    if style == "zeros":
        return x * (rng.random(shape) < 0.5)
    if style == "offset" and kind != "param":
        return x + 10.0**rng.integers(2, 9)
    if style == "scales":
        return x * 10.0**rng.integers(-8, 9)
    return x * 30 if style == "saturated" else x
