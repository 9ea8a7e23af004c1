"""Every sentence of every explanation is one of these, and says what is so: each has a predicate that is evaluated on the model, on
the document, and on the line that the sentence is about. What only leads to a line (`so`) claims nothing of its own."""
import functools
import json
import re

import pytest

from explain.test_ends import LEARNERS
from explain.test_explain import MODELS, ROOT

GALLERY = sorted((ROOT / "examples" / "gallery").glob("*.eq")) + sorted((ROOT / "examples" / "more").glob("*.eq"))
NAME = r"[A-Za-z_]\w*"


class Model:
    def __init__(self, data):
        self.data = data
        self.shape = {v["name"]: v["shape"] for v in data["variables"]}
        self.kind = {v["name"]: v["kind"] for v in data["variables"]}
        self.forward = {f["name"]: f["expression"] for f in data["forward"]}
        self.gradient = {g["of"]: g for g in data["gradients"]}
        self.cost, self.m = data["cost"], (data["examples"] or {}).get("name")
        self.columns = (data["examples"] or {}).get("axis") == 1
        self.interact = bool((data["examples"] or {}).get("interact"))

    def var(self, name):
        """The variable of a name, in lower case for one example or not, with an entry behind it or not."""
        name = re.sub(r"\[.*", "", name)
        for known in list(self.shape):
            if name in (known, known.lower()):
                return known
        raise AssertionError(f"no variable {name}")

    def of(self, gradient):
        return self.var(re.sub(r"\[.*", "", gradient)[1:])

    def small(self, v):
        return self.m is not None and self.m in self.shape[self.var(v)]

    def one(self, v):
        """The shape for one example."""
        return [1 if d == self.m else d for d in self.shape[self.var(v)]] or [1, 1]

    def has(self, formula, v):
        return re.search(rf"(?<![\w.]){re.escape(v)}(?![\w(])", formula) is not None

    def users(self, v):
        return [f for f, formula in self.forward.items() if self.has(formula, v) and f in self.gradient]

    @functools.lru_cache(None)
    def paths(self, v):
        return 1 if v == self.cost else sum(self.paths(u) for u in self.users(v))

    def differentiates_cost(self, v):
        return self.gradient[self.var(v)]["differentiates"] == "cost"


class At:
    """A sentence: its model, document, the block, the section's statement, and what comes behind it."""

    def __init__(self, model, document, way, i, section):
        self.model, self.document, self.way, self.i, self.section = model, document, way, i, section
        self.of = document["of"]

    def next_line(self):
        for block in self.document["blocks"][self.i:]:
            if block["kind"] == "line":
                return [s["formula"] for s in block["sides"]]
        return []


def plain(words):
    return "".join(w if isinstance(w, str) else w["formula"] for w in words)


def one_path(at, v, w, way):
    """Every variable on the way is in the formula of the next, and each but the last in no other."""
    names = [at.model.var(n) for n in way.split(" -> ") if n != ".."]
    end = names[0] == at.of and names[-1] == (at.model.cost if ".." not in way else names[-1])
    return end and all(at.model.has(at.model.forward[b], a) for a, b in zip(names, names[1:])) and at.model.paths(at.of) >= 1


def shape_is(rows, cols):
    def check(at, names):
        for n in re.findall(NAME, names):
            r, c = at.model.one(n)
            if (r == 1) != rows or (c == 1) != cols:
                return False
        return True
    return check


is_column, is_row, is_number = shape_is(False, True), shape_is(True, False), shape_is(True, True)


def beginnings(at, text):
    """z1, a1 are columns, l is a number: names of what there is for each example."""
    kinds = {"column": is_column, "row": is_row, "number": is_number}
    for names, kind in re.findall(r"((?:\w+(?:, )?)+) (?:is a|are) (column|row|number)s?", text):
        if not kinds[kind](at, names) or not all(at.model.small(n) for n in re.findall(NAME, names)):
            return False
    return True


def is_name_of(at, gradient, derivative):
    found = re.fullmatch(r"∂\w+/∂(.*)", derivative)
    return found and gradient == "d" + found[1]


def share(at, w, cost=None):
    """A parameter that the examples share: no example's, but in a formula with what is."""
    w = at.model.var(w)
    return w == at.of and not at.model.small(w) and at.model.small(at.section) and (cost is None or cost == at.model.cost)


def not_shared(at, line, y, dy, loss=None, dw=None):
    assert at.model.of(dy) == at.model.var(y) and at.model.small(y) and (line == "Columns") == at.model.columns
    return loss is None or (not at.model.differentiates_cost(y) and at.model.differentiates_cost(at.model.of(dw)))


def matrix_of(at, w):
    return at.model.shape[at.model.var(w.replace(".T", ""))]


def differ(at, a, of_a, b, of_b, factor):
    return at.model.differentiates_cost(at.model.of(a)) != at.model.differentiates_cost(at.model.of(b)) and at.model.m in factor


def calls(at, f, equation):
    source = "".join(line for line in (at.model.path.read_text()).splitlines(True))
    return re.search(rf"^{f}\(.*\) *=", source, re.M) is not None and equation.split(" = ")[0] == at.section


def uses(at, part, of):
    """Is the first in the formula of the second?"""
    return at.model.has(at.model.forward[at.model.var(of)], at.model.var(part))


def kink(at, f, at_what):
    return f in re.findall(rf"{NAME}(?=\()", at.model.forward[at.section]) or at.model.data["open_functions"] is not None


def so(at, *parts):
    return True


PRODUCT = r"(?P<p>.*)"
KNOWN = r"(?:  (?P<known>.*?) (?:is|are) known \(explain (.*?)\); (?:one|two|three|four|\d+) links? remains?\.)?"


def known(at, names, again):
    """Those that derive shows, of what the goal acts on."""
    return names is None or (names == again and all(at.model.gradient[at.model.of(n)]["shown"] for n in names.split(", ")))


TEMPLATES = [
    # ---- the way
    (rf"(\w+) reaches (\w+) along one path of variables:  (.*?)\.{KNOWN}", lambda at, v, j, way, names, again: j == at.model.cost and one_path(at, v, j, way)
     and at.model.paths(at.of) == 1 and known(at, names, again)),
    (rf"(\w+) reaches (\w+) along (\d+) paths(?:, which set out in (\d+) ways)?: their contributions add\.{KNOWN}",
     lambda at, v, j, n, ways, names, again: at.model.paths(at.of) == int(n) and (ways is None or int(ways) == len(at.model.users(at.of))) and known(at, names, again)),
    (rf"(\w+) reaches (\w+) through (\w+):  (.*?), from where (\d+) paths lead on \(explain d\3 adds their parts\)\.{KNOWN}",
     lambda at, v, j, u, way, n, names, again: at.model.paths(at.model.var(u)) == int(n) > 1 and at.model.paths(at.of) == int(n) and known(at, names, again)),
    (r"((?:\w+ -> )+(?:\w+|\.\.))(?:, from where (\d+) paths lead on)?", lambda at, way, n: all(at.model.has(at.model.forward[b], a) for a, b in zip(way.split(" -> "), way.split(" -> ")[1:]) if b != "..")),
    (r"and (\d+) more", so),
    (r"(\w+) stands in (.*) as well, which stays as it is while (\w+) moves a little: nothing comes back from there", lambda at, v, eq, w: v == w == at.of and at.model.has(eq.split(" = ", 1)[1], v)),
    (r"(\w+) is the cost itself: it changes with itself one to one\.", lambda at, v: v == at.model.cost),
    (r"ONE example first; (.*?)\.(?:  (\S+) is the name of (.*)\.)?", lambda at, names, g, d: at.model.m is not None and not at.model.interact and beginnings(at, names) and (g is None or is_name_of(at, g, d))),
    (r"Examples affect each other here: l is the sum of all their losses, and nothing is done one example at a time\.", lambda at: at.model.interact),
    (r"on the slide: (.*), here with g\[(\w+)\] = (\w+)", lambda at, line, l, f: f in at.model.forward[next(u for u in at.model.users(at.of))]),
    # ---- sections
    (r"through (\w+) = (.*?)(?:, entry by entry)?", lambda at, y, f: y == at.section),
    (r"(\w+) examples", lambda at, m: m == at.model.m and at.model.small(at.of)),
    (r"(\w+) examples share (\w+), and their losses stand in (\w+) as a sum, times 1/(\w+): add up the examples, times 1/(\w+)",
     lambda at, m, w, j, m1, m2: m == m1 == m2 == at.model.m and share(at, w, j)),
    (r"(\w+) examples share (\w+): add them up", lambda at, m, w: m == at.model.m and share(at, w)),
    (r"the chain of them|the chains of them, added where ways meet|together", so),
    (r"(\w+) is a function of this model \(explain (\w+)\): (.*)", lambda at, f, g, eq: f == g and calls(at, f, eq)),
    # ---- by the entries
    (r"forward, along row i of (\S+):", lambda at, w: at.model.one(w.replace(".T", "")) is not None and at.next_line()[0].startswith(at.model.var(at.section).lower()) or at.next_line()[0].startswith(at.section)),
    (r"forward, down column i of (\S+):|forward, (?:along the one row|down the one column) of (\S+):", so),
    (r"only one term contains (\S+):", lambda at, e: at.next_line()[0].endswith(e)),
    (r"(\S+) nudges every (\S+), and the effects on (\w+) add up \(chain rule, sum over paths\):", lambda at, a, y, l: uses(at, a, y) and "Σ" in " ".join(at.next_line())),
    (r"(\S+) acts on (\w+) through (\S+) only \(chain rule\):", lambda at, a, l, y: uses(at, a, y) and "Σ" not in " ".join(at.next_line())),
    (r"forward runs along a row of (\S+), backward down column j; column j of \1 is row j of (.*):", lambda at, w, t: t in (w + ".T", w[:-2])),
    (r"forward runs down a column of (\S+), backward along row j; row j of \1 is column j of (.*):", lambda at, w, t: t in (w + ".T", w[:-2])),
    (r"the entries of the (row|column) (\S+) become those of the (row|column) (\S+), and (\S+) is that \3:", lambda at, a, w, b, d, t: a != b and t in (w + ".T", w[:-2])),
    (r"in numbers: (.*?):   (.*?)(?:; without the transpose it would be (.*))?", lambda at, given, sums, wrong: eval_sum(sums) and (wrong is None or eval_sum(wrong))),
    (r"shapes alone do not prove it: if (\S+) were square, (.*) would fit as well", lambda at, w, other: matrix_of(at, w)[0] != matrix_of(at, w)[1]),
    (r"shapes do not prove it: (\S+) is square, (.*) fits as well and is wrong", lambda at, w, other: matrix_of(at, w)[0] == matrix_of(at, w)[1]),
    (r"(?:one example: )?(\S+) is in (\S+) only, times (\S+):", lambda at, w, y, x: uses(at, w, y)),
    (r"all (i, j|i|j) at once is the outer product", lambda at, letters: at.next_line() and "@" in at.next_line()[-1]),
    (r"the forward pass reads it transposed, so its own shape is that of the outer product", lambda at: at.of + ".T" in at.model.forward[at.section]),
    (r"(?:one example: )?(\S+) is added to (\S+) once:", lambda at, b, y: uses(at, b, y) and at.next_line()[-1] == "1"),
    (r"so (?:for one example )?it is (\S+) itself:", lambda at, dy: at.next_line()[-1].startswith(dy)),
    (r"(\S+) depends on (\S+) only, so:", lambda at, y, a: uses(at, a, y)),
    (r"(.*)'\((\S+)\) = (.*) \(explain (\S+)\)(?:, and (.*) is (\S+))?:", lambda at, f, u, d, e, fu, v: f == e and (fu is None or (fu == f"{f}({u})" and f"{f}(" in at.model.forward[at.model.var(v)]))),
    (r"two examples side by side:", lambda at: not at.model.interact and at.model.small(at.of)),
    (r"the first (column|row) is made of (.*) alone, the second of (.*): each example has its own", lambda at, line, a, b: (line == "column") == at.model.columns),
    (r"a (column|row) of (\w+) affects only its own example's loss, and every line above works \1 by \1(?:; the paths add)?:", lambda at, line, v: not at.model.interact and v == at.of and at.model.small(v)
     and at.model.shape[v][1 if line == "column" else 0] == at.model.m),
    (r"examples affect each other in this model; the formula counts the effect on the loss of all of them:", lambda at: at.model.interact),
    (r"every line above holds for each (column|row), so for all of them at once(?:; the paths add)?:", lambda at, line: at.model.small(at.of)),
    (r"one of the (\d+) ways in which (\w+) sets out for (\w+); its part of (\w+):", lambda at, n, v, j, dv: int(n) == len(at.model.users(at.model.var(v))) and at.model.of(dv) == at.model.var(v)),
    (r"these (\d+) ways are all there are, so (\w+) is the sum of their parts:|the (\d+) parts of (\w+) together:",
     lambda at, n, dv, n2, dv2: int(n or n2) == len(at.model.users(at.model.of(dv or dv2)))),
    (r"this way's part, as a matrix:|the part of this way:|together:|as a column:|all entries at once:|entry by entry:|one entry of it:|one entry of it, .*:", so),
    (r"all entries at once; axis=([01]): (along each row|down each column):", lambda at, axis, words: (axis == "1") == words.startswith("along") and f"axis={axis}" in " ".join(s for s in at.next_line())
     or True),
    (r"all entries at once; the product adds up over the index that its factors share:", lambda at: "@" in " ".join(at.next_line())),
    (r"(\S+) is in (\S+) for every (\w)(?: and \w)?: it acts on all of these, and the effects add up:", lambda at, u, v, k: uses(at, u, v)),
    (r"(\S+) is in (\S+) only(?:; the derivative counts this place of it alone, all else is held as it is)?:", lambda at, u, v: uses(at, u, v)),
    (r"(Columns|Rows) of (\w+) are not shared, so (\w+) has no such sum(?:, and no 1/(\w+): it differentiates the loss l, (\w+) differentiates (\w+))?\.",
     lambda at, line, y, dy, m, dw, j: not_shared(at, line, y, dy, m, dw)),
    (r"No 1/(\w+) is in (\w+): it differentiates the sum of the losses, (\w+) differentiates (\w+)\.", lambda at, m, dy, dw, j: at.model.interact and not at.model.differentiates_cost(at.model.of(dy)) and at.model.differentiates_cost(at.model.of(dw))),
    (r"Where every gradient differentiates (\w+), the 1/(\w+) is in (\w+) already and not here; (\w+) is the same in both\.", lambda at, j, m, dz, dw: j == at.model.cost and m == at.model.m and at.model.differentiates_cost(at.model.of(dw))),
    (r"(\S+) differentiates (.*), and (\S+) (?:differentiates (.*)|the sum of the losses, which is (\w+) times (\w+)): hence the factor (.*)", lambda at, a, x, b, y, m, j, f: differ(at, a, x, b, y, f)),
    (r"The derivative of (\w+) cancels for this loss; in a hidden layer the factor g' stays\.", lambda at, f: f in at.model.forward[at.model.users(at.of)[0]] and f not in at.model.gradient[at.of]["expression"]),
    (r"Programs that start at (\w+) and programs that start at (\w+) compute the same: this is the step between them\.", lambda at, a, b: at.model.of(b) == at.of and at.model.of(a) in at.model.users(at.of)),
    (r"(\w+) has no derivative where (.*) is (.*): (?:.* is used there|there it is as inside)", lambda at, f, u, x: kink(at, f, x)),
    (r"where the two operands are equal, (.*) has no derivative of its own: that of the first, (.*), is used", so),
    (r"(\w+) is symmetric, .*|(\w+)\[i,j\] and .*|with the entries of (\w+) as if each could change alone; .*", so),
    # ---- by Jacobians
    (r"The derivative of a number by a column is a row; of a column by a column a matrix \(row: which output, column: which input\)\.", lambda at: at.way == "jacobian"),
    (r"row: which entry of (\S+), column: which entry of (\S+)", lambda at, y, u: uses(at, u, y)),
    (r"(?:l is what the example adds to [\w*]+; it|the loss of the example is the sum of the entries of \S+; it|\w+) is a number, so its derivative by (\S+) is a row:", lambda at, u: at.way == "jacobian"),
    (r"(?:dfoo keeps (\S+) as a column, the shape of (\S+), so that one can be subtracted from the other: (.*)|as a column, the shape of (\S+), this is (\S+))", lambda at, dz, z, eq, z2, d2: at.model.one(z or z2)[1] == 1 or not at.model.columns),
    (r"(\S+) is a row here, and so is (.*): nothing is left to transpose", lambda at, a, b: not at.model.columns),
    (r"(\S+) has two indices, so (.*) would need three: no matrix has them\. One entry at a time:", lambda at, w, d: 1 not in at.model.one(w)),
    (r"(\S+) is a number: its derivative has an entry for each entry of (\S+):", lambda at, y, u: is_number(at, y) and uses(at, u, y)),
    (r"place (\d+), where it is (\S+), the others held fixed:", lambda at, n, e: at.of == at.model.var(e) or uses(at, e, at.section)),
    (r"all entries at once; (?:the sum over all entries|axis=0 adds down the columns, axis=1 along the rows):", so),
    (r"examples affect each other, so which entry of (\S+) changes with which of (\S+) takes four indices: no matrix has them, the entries do:", lambda at, y, u: at.model.interact),
    # ---- by small changes
    (r"<P, Q> is the sum of all entries of P \* Q; δ(\S+) is a small change of (\S+), and = between changes leaves out what is much smaller\.", lambda at, d, v: d == v == at.of),
    (r"(\S+) is what stands beside (\S+) in  (.*)\.", lambda at, dv, delta, eq: at.model.of(dv) == at.of and delta == "δ" + at.of),
    (r"when (\S+) moves:", lambda at, v: uses(at, v, at.section)),
    (r"what stands beside (\S+) is (?:this way's part of its gradient|(\S+)):", lambda at, delta, d: d is None or d[1:] == delta[1:]),
    (r"(d\w+) is (.*):", lambda at, a, b: at.model.gradient[at.model.of(a)]["expression"] == b or at.model.gradient[at.model.of(a)]["local"] == b),
    (r"(\d+) terms; the sum < , > splits with them:", lambda at, n: int(n) > 1),
    (r"(\S+) stands in it at (\d+) places; each is one path of the chain rule, and the parts add up:", lambda at, v, n: len(re.findall(rf"(?<![\w.]){re.escape(at.model.var(v))}(?![\w(])", at.model.forward[at.section])) >= int(n) > 1
     or at.model.has(at.model.forward[at.section], at.model.var(v))),
    (r"the condition (.*) only chooses: where it changes, there is no derivative, and that of the chosen side is used", lambda at, condition: re.search(r"[<>]", condition) is not None),
    (r"no other (row|column) of (\w+) is in it: this part of (\w+) is 0 there", lambda at, line, v, dv: at.model.of(dv) == at.model.var(v) and re.search(rf"\b{v}\[|{v}\.T\[|concat", at.model.forward[at.section]) is not None),
    (r"1 simplification on the way; --steps shows it|\d+ simplifications on the way; --steps shows them", so),
]

# The remarks behind a line, each piece of them: of what may stand there.
NOTES = [r"\(.*\)(?: @ \(.*\) -> \(.*\)| = .*)?", r".*\(.*\), times \(.*\)", r".*, the shape of \S+", r"axis=[01] runs along the examples", r"axis=[01]: (?:along each row|down each column)", r"the product is the sum over the examples",
         r": one factor for each entry, hence \* and not @", r"(?:cancel|collect|signs|arithmetic|common denominator|known under a name|constant factors leave the sum|written in exp|0 and 1|chain rule|sum over paths|product rule|quotient rule|transpose of a product"
         r"|columns of the labels sum to 1|rows of the labels sum to 1)(?:, .*)?", r"each (?:row|column) of the labels sums to 1", r"(?:\S+|\S+ and \S+|.*) written out", r".*'\(.*\) = .*", r"∂\(.*\)/∂.* = .*", r"\w+' is the derivative of \w+, whatever it is",
         r".* is .*: what is dropped has no effect, what is kept is scaled", r"δ .*", r"a factor (?:by \*|on the (?:left|right) of @) moves (?:over|across).*", r"a (?:diagonal matrix times a column|row times a diagonal matrix) is \*",
         r"every entry (?:gets|of what).*", r"one entry stands in all places.*", r"the same (?:entry stands|pairs of entries).*", r"the change stands there alone.*", r"the left side measured.*", r"transposing a product reverses it", r"\(.*\), .*", r"<.*", r".* = .*", r"no transpose here",
         r".*"]


def eval_sum(text):
    """1*10 + 4*1 = 14, with a name in front or not."""
    for sides in re.findall(r"([\d*+ ]+) = (\d+)", text):
        if eval(sides[0]) != int(sides[1]):
            return False
    return re.search(r"[\d*+ ]+ = \d+", text) is not None


def check(at, text):
    matches = [(m, claim) for pattern, claim in TEMPLATES if (m := re.fullmatch(pattern, text))]
    assert matches, f"a sentence that no template has: {text!r}"
    match, claim = matches[0]
    assert claim(at, *match.groups()), f"not so: {text!r} in {at.document['name']} ({at.way}) of {at.model.data['model']}"


def check_note(at, block, text):
    """What a remark says of the two sides that it stands behind."""
    sides = [s["formula"] for s in block["sides"]]
    last, before = sides[-1], sides[-2] if len(sides) > 1 else ""
    if text == "the product is the sum over the examples":
        assert "@" in last and not at.model.small(at.of), (text, sides)
    if re.match(r"axis=[01] runs along the examples", text):
        assert f"axis={text[5]}" in last and at.model.columns == (text[5] == "1"), (text, sides)
    if text.startswith(": one factor for each entry"):
        assert "@" not in last, (text, sides)
    if text == "transposing a product reverses it":
        assert ").T" in before or "(" in before, (text, sides)
    if re.fullmatch(r"d\w+ written out", text) and block["goes_on"]:
        assert at.model.has(before, text.split()[0]) and not at.model.has(last, text.split()[0]), (text, sides)
    if "each column of the labels sums to 1" in text:
        assert at.model.columns and any(v.get("onehot") for v in at.model.data["variables"]), (text, sides)


def read_model(dfoo, path):
    model = Model(json.loads(dfoo("derive", path, "--format", "json").stdout))
    model.path = path
    return model


@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
@pytest.mark.parametrize("path", MODELS + LEARNERS + GALLERY, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_sentence_says_what_is_so(dfoo, path, way):
    model = read_model(dfoo, path)
    said = 0
    for document in json.loads(dfoo("explain", path, "--all", "--by", way, "--format", "json").stdout)["explanations"]:
        if document["kind"] != "gradient":
            continue
        section = None
        for i, block in enumerate(document["blocks"]):
            if block["kind"] == "section":
                section = block["statement"] or section
            at = At(model, document, way, i, section)
            for text in (plain(block.get("words", [])), plain(block.get("reason", []))):
                if text:
                    check(at, text)
                    said += 1
            if block["kind"] == "line" and block["note"]:
                check_note(at, block, plain(block["note"]))
    assert said > 5


def test_a_wrong_sentence_is_noticed(dfoo):
    """Sentences of one model held against another, or with another word in them."""
    model = read_model(dfoo, ROOT / "examples" / "two_layer.eq")
    document = json.loads(dfoo("explain", "two_layer", "dW2", "--format", "json").stdout)["explanations"][0]
    at = At(model, document, "index", 0, "Z2")
    for wrong in ["m examples share Z2: add them up", "Rows of Z2 are not shared, so dZ2 has no such sum.", "W2 reaches J along 2 paths: their contributions add.", "one example: W2[i,j] is in a1[j] only, times x[j]:",
                  "shapes do not prove it: W2 is square, W2 @ dz2 fits as well and is wrong", "ONE example first; z2 is a row.", "Examples affect each other here: l is the sum of all their losses, and nothing is done one example at a time.",
                  "a column of W2 affects only its own example's loss, and every line above works column by column:", "a sentence that nobody wrote", "in numbers: W2 = [1 2; 3 4]:   da1[1] = 1*10 + 4*1 = 15"]:
        with pytest.raises((AssertionError, KeyError, StopIteration)):
            check(at, wrong)
