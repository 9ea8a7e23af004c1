"""What `derive` prints for the models of this folder, and that it depends on neither the order
of statements nor names. NAME.txt holds the expected output of NAME.eq; DFOO_UPDATE=1 writes it."""
import os
import pathlib
import random
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
MODELS = sorted(HERE.glob("*.eq"))
ARGUMENTS = [[], ["--convention", "dJ"], ["--steps"]]

by_model = pytest.mark.parametrize("model", MODELS, ids=lambda p: p.stem)


def derive(dfoo, *args, **kwargs):
    done = dfoo("derive", *args, **kwargs)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


@by_model
def test_expected_output(dfoo, model):
    parts = []
    for arguments in ARGUMENTS:
        command = " ".join(["$ dfoo derive", *arguments, model.name])
        parts.append(f"{command}\n{derive(dfoo, *arguments, model.name, cwd=HERE)}")
    text, expected = "\n".join(parts), model.with_suffix(".txt")
    if os.environ.get("DFOO_UPDATE"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_every_expectation_has_a_model():
    assert {p.stem for p in HERE.glob("*.txt")} == {p.stem for p in MODELS}


# -------------------------------------------------------- order and names

DECLARATION = re.compile(r"(input|label|param|const|size|function)\b")


def statements(text):
    """(declarations, definitions, what follows `minimize`) without comments and empty lines."""
    lines = [line for line in (re.sub(r"#.*", "", line).rstrip() for line in text.splitlines()) if line]
    end = next(i for i, line in enumerate(lines) if line.startswith("minimize"))
    declared = [line for line in lines[:end] if DECLARATION.match(line)]
    return declared, [line for line in lines[:end] if line not in declared], lines[end:]


def shuffled(definitions, rng):
    """The definitions in another order in which each stands before its use."""
    waiting, out = definitions[:], []
    names = {re.split(r"\s*[=(]", line)[0]: line for line in definitions}
    while waiting:
        left = {name for name, line in names.items() if line in waiting}
        ready = [line for line in waiting if not left & set(re.findall(r"\w+", line.split("=", 1)[1]))]
        out.append(rng.choice(ready))
        waiting.remove(out[-1])
    return out


def formulas(text):
    """The equations, and the head without what names the file or lists variables."""
    return [re.sub(r" +# ", " # ", line) for line in text.splitlines() if line and not line.startswith("#")]


@by_model
def test_order_of_statements_does_not_matter(dfoo, model):
    declared, definitions, end = statements(model.read_text())
    expected = formulas(derive(dfoo, "--steps", model))
    for seed in range(4):
        rng = random.Random(seed)
        lines = rng.sample(declared, len(declared)) + shuffled(definitions, rng) + rng.sample(end, len(end))
        assert formulas(derive(dfoo, "--steps", "-", stdin="\n".join(lines) + "\n")) == expected


def names_of(text):
    declared, definitions, _ = statements(text)
    names = {line.split()[1] for line in declared if not line.startswith("function")}
    return names | {m[1] for m in (re.match(r"(\w+)\s*=", line) for line in definitions) if m}


def rename(text, names, letters):
    """Every name and the gradients' with other letters, and the numbers behind them as they are."""
    def other(match):
        word = match[0]
        d = "d" if word not in names and word[0] == "d" and word[1:] in names else ""
        name = word[len(d):]
        if name not in names:
            return word
        stem = re.match(r"[A-Za-z]+", name)[0]
        return d + letters[stem] + name[len(stem):]

    return re.sub(r"(?<![\w.])[A-Za-z]\w*", other, text)


def squeeze(lines):
    return [re.sub(r" +", " ", line) for line in lines]


@by_model
def test_names_do_not_matter(dfoo, model):
    text = "\n".join(sum(statements(model.read_text()), [])) + "\n"
    if model.stem in ("unnamed", "dropout", "residual_unnamed"):
        pytest.skip("a name is given here, and it is made from those that are there")
    names = names_of(text)
    stems = sorted({re.match(r"[A-Za-z]+", name)[0] for name in names})
    expected = formulas(derive(dfoo, "--steps", "-", stdin=text))
    for seed in range(3):
        others = random.Random(seed).sample([c + e for c in "PQRSTUVGHKpqrsuv" for e in ("", "a", "zz")], len(stems))
        letters = dict(zip(stems, others))
        is_now = formulas(derive(dfoo, "--steps", "-", stdin=rename(text, names, letters)))
        assert squeeze(is_now) == squeeze(rename(line, names, letters) for line in expected)
