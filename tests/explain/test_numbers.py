"""Every number that an explanation shows can be computed again from the digits that are shown: by a reader with a pocket
calculator, here by numpy, from the page's own text and from nothing else, in every format."""
import json
import pathlib
import re

import numpy as np
import pytest

from explain.test_ends import LEARNERS
from explain.test_explain import MODELS, gradients

HERE = pathlib.Path(__file__).resolve().parent
NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"

# What a pocket calculator with matrices knows.
def erf(x):
    t = 1 / (1 + 0.3275911 * np.abs(x))
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - poly * np.exp(-x * x))


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def calculator(columns):
    axis = 0 if columns else 1
    return {"exp": np.exp, "log": np.log, "tanh": np.tanh, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign, "sin": np.sin, "cos": np.cos,
            "sum": np.sum, "mean": np.mean, "max": np.max, "maximum": np.maximum, "minimum": np.minimum, "where": np.where, "erf": erf,
            "ones": lambda *n: np.ones(n), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: np.maximum(x, 0),
            "leaky_relu": lambda x, a=0.01: np.where(x > 0, x, a * x), "softplus": lambda x: np.log1p(np.exp(x)),
            "softmax": lambda x, axis=axis: softmax(x, axis), "log_softmax": lambda x, axis=axis: np.log(softmax(x, axis)),
            "swish": lambda x: x / (1 + np.exp(-x)), "elu": lambda x, a=1.0: np.where(x > 0, x, a * (np.exp(x) - 1)),
            "gelu": lambda x: x * (1 + erf(x / 2**0.5)) / 2, "trace": np.trace, "inv": np.linalg.inv, "det": np.linalg.det,
            "atan": np.arctan, "cosh": np.cosh, "sinh": np.sinh, "softsign": lambda x: x / (1 + abs(x)), "clip": np.clip,
            "mish": lambda x: x * np.tanh(np.log1p(np.exp(x)))}


def value(text):
    """[1 2; 3 4] or a number, as it is shown; None: it is cut, or no such thing."""
    if re.fullmatch(NUMBER, text):
        return np.array([[float(text)]])
    inner = re.fullmatch(r"\[([-\d.e+ ;]+)\]", text)
    return np.array([[float(x) for x in row.split()] for row in inner[1].split(";")]) if inner and ".." not in text else None


def evaluate(text, known):
    text = re.sub(r"\blambda\b", "lambda_", re.sub(r"dropout\((\w+?)(\d*), .*?\)", r"(\1\2 * M\2)", text))
    try:
        with np.errstate(all="ignore"):
            return np.atleast_2d(np.asarray(eval(text, {"__builtins__": {}}, dict(known)), dtype=float))
    except (NameError, SyntaxError, TypeError, ValueError):
        return None


def agree(shown, computed, tolerance=2e-3):
    if shown.shape != computed.shape:
        computed = np.broadcast_to(computed, shown.shape)
    return np.all(np.abs(shown - computed) <= tolerance * np.abs(shown) + 4e-4 * np.max(np.abs(shown)) + 1e-12)


class Numbers:
    """The numbers of one explanation: names and their values as they are shown, and how many equalities were computed again."""

    def __init__(self, document, columns):
        self.known, self.computed, self.shown = calculator(columns), 0, 0
        begun = False
        for block in document["blocks"]:
            words = plain(block.get("words", []))
            begun = begun or (block["kind"] == "section" and words.startswith("in numbers"))
            if begun and block["kind"] == "section":
                for name, size in re.findall(r"(\w+) = (\d+)", words):
                    self.known[name] = int(size)
            if begun and block["kind"] == "line":
                self.line([s["formula"] for s in block["sides"]])
            for name, at, x in re.findall(rf"formula says (\w+)(\[\d+,\d+\])? = ({NUMBER})", words):
                entry = self.known[name][tuple(int(i) - 1 for i in at[1:-1].split(","))] if at else self.known[name][0, 0]
                assert abs(entry - float(x)) <= 1e-3 * abs(entry) + 1e-9 and abs(self.quotient - float(x)) <= 5e-4 * abs(float(x)) + 1e-6, words

    def line(self, sides):
        last = value(sides[-1])
        if last is None:
            return
        entry = re.fullmatch(r"(\w+)\[(\d+),(\d+)\]", sides[0])
        if entry:
            last_known = self.known[entry[1]][int(entry[2]) - 1, int(entry[3]) - 1]
            assert abs(last_known - last[0, 0]) < 1e-9
        elif re.fullmatch(r"\w+", sides[0]):
            self.known[re.sub("^lambda$", "lambda_", sides[0])] = last
        for side in sides[:-1]:
            if re.fullmatch(r"\w+(\[\d+,\d+\])?", side):
                continue
            self.shown += 1
            computed = evaluate(side, self.known)
            if computed is None:
                continue
            self.computed += 1
            quotient = re.match(r"(\S+ \* )?\(\S+ - \S+\) / \(2", side)
            if quotient:
                self.quotient = float(last[0, 0])
            assert agree(last, computed, 1e-4 if quotient else 2e-3), f"{sides[0]} = {side}: shown {last}, computed {computed}"


def plain(words):
    return "".join(w if isinstance(w, str) else w["formula"] for w in words)


def documents(text):
    return json.loads(text)["explanations"]


@pytest.mark.parametrize("model", MODELS + LEARNERS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_number_can_be_computed_again(dfoo, model):
    shown = computed = quotients = 0
    columns = "examples are rows" not in dfoo("derive", model).stdout
    for name in gradients(dfoo, model):
        for convention in ["course", "dJ"] if name.startswith("dW") else ["course"]:
            done = dfoo("explain", model, name, "--numbers", "--format", "json", "--convention", convention)
            if done.returncode == 2:
                continue
            numbers = Numbers(documents(done.stdout)[0], columns)
            shown += numbers.shown
            computed += numbers.computed
            quotients += hasattr(numbers, "quotient")
    assert quotients >= 2 and computed >= 0.8 * shown > 5


def test_numbers_are_small_and_whole(dfoo):
    out = dfoo("explain", "two_layer", "dW1", "--numbers").stdout
    assert "n1 = 3, n0 = 2, m = 2, n2 = 2" in out and ".." not in out[out.index("in numbers"):]
    given = re.findall(r"^ +(?:X|W1|b1|W2|b2|Y) = \[(.*)\]$", out, re.M)
    assert len(given) == 6 and all(2 * float(x) == int(2 * float(x)) and abs(float(x)) <= 2 for m in given for x in re.findall(NUMBER, m))


def test_sizes_are_those_that_are_set(dfoo):
    out = dfoo("explain", "two_layer", "dW1", "--numbers", "--set", "m=3", "--set", "n2=1", "--set", "n1=4").stdout
    assert "n1 = 4, n0 = 2, m = 3, n2 = 1" in out
    w1 = re.search(r"^ +W1 = (\[.*\])$", out, re.M)[1]
    assert value(w1).shape == (4, 2)


# How each format writes a matrix and a quotient.
FORMATS = {
    "text": (r"= \[([^\[\]]+)\]", ";", r"\s+", rf"(?:({NUMBER}) \* )?\(({NUMBER}) - ({NUMBER})\) / \(2 \* ({NUMBER})\) = ({NUMBER})"),
    "latex": (r"\\begin\{bmatrix\}(.+?)\\end\{bmatrix\}", r"\\\\", "&",
              rf"\\frac\{{(?:({NUMBER}) \\, )?\\left\(({NUMBER}) - ({NUMBER})\\right\)\}}\{{\\left\(2 \\cdot ({NUMBER})\\right\)\}} "
              rf"&?= ({NUMBER})"),
    "typst": (r"mat\(delim: \"\[\", (.+?)\)", ";", ",",
              rf"frac\( *(?:({NUMBER}) thin )? *lr\(\(({NUMBER}) − ({NUMBER})\)\), *lr\(\(2 ⋅ ({NUMBER})\)\)\) &?= (− )?({NUMBER})"),
    "html": (r"<mtable>(.+?)</mtable>", "</mtr>", "</mtd>", None),
}
FORMATS["markdown"] = FORMATS["latex"]


def number_of(text):
    return float(re.sub(r"<[^>]*>|\s", "", text).replace("−", "-"))


def matrices(text, format):
    table, row, cell, _ = FORMATS[format]
    out = []
    for inner in re.findall(table, text, re.S):
        rows = [r for r in re.split(row, inner.strip()) if re.search(r"\d", r)]
        out.append([[number_of(c) for c in re.split(cell, r.strip()) if re.search(r"\d", c)] for r in rows])
    return out


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_shows_the_same_numbers(dfoo, format):
    for model, name in [("two_layer", "dW1"), ("two_layer", "dZ2"), ("softmax", "dW2"), ("deep", "dZ2")]:
        blocks = documents(dfoo("explain", model, name, "--numbers", "--format", "json").stdout)[0]["blocks"]
        begin = next(i for i, b in enumerate(blocks) if plain(b.get("words", [])).startswith("in numbers, at"))
        true = [value(b["sides"][-1]["formula"]) for b in blocks[begin:] if b["kind"] == "line" and b["sides"][-1]["formula"].startswith("[")]
        text = dfoo("explain", model, name, "--numbers", "--format", format).stdout
        start = text.index("in numbers, at")
        got = matrices(re.sub(r"\s*\n\s*", " ", text[start:]) if format == "text" else text[start:], format)
        assert len(true) >= 8 and len(got) == len(true)
        for a, b in zip(true, got):
            assert np.array_equal(a, np.array(b)), (a, b)
        pattern = FORMATS[format][3]
        if pattern is None:
            continue
        quotient = [x for x in re.search(pattern, text[start:]).groups() if x]
        *times, up, down, h, q = [float(x) for x in "\t".join(quotient).replace("− \t", "-").split("\t")]
        assert (times == [2.0]) == (name[1] in "ZA")
        assert abs((times or [1])[0] * (up - down) / (2 * h) - q) < 1e-4 * abs(q)


def test_equalities_between_numbers_hold(dfoo):
    """`dA1[1] = 1*10 + 4*1 = 14` and their like, wherever they stand."""
    seen = 0
    for model in MODELS:
        for name in gradients(dfoo, model)[:6]:
            for way in "index", "jacobian", "differential":
                text = dfoo("explain", model, name, "--by", way).stdout
                for left, right in re.findall(r"(?<=[ =(])([-\d.*+ ()/]*\d[-\d.*+ ()/]*) = (-?\d+(?:\.\d+)?)(?![\w.*/])", text):
                    left = re.sub(r"^[ *+)/]+", "", left.strip())
                    if re.search(r"[*+/]", left):
                        assert abs(eval(left) - float(right)) < 1e-9, (model, name, left, right)
                        seen += 1
    assert seen > 20
