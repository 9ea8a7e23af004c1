"""How gradients are called where mathematics is set: dZ, delta, fractions; layers above; numbers and labels."""
import re

import pytest

FORMATS = ["latex", "typst", "html"]


def lines(dfoo, *args):
    done = dfoo("derive", *args)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if "&=" in line]


def test_partial(dfoo):
    """What is differentiated is what the head says: L for what belongs to an example, J for a parameter."""
    found = lines(dfoo, "two_layer", "--format", "latex", "--notation", "partial")
    assert [line.split(" &=")[0] for line in found] == [r"\grad{L}{Z_{2}}", r"\grad{J}{W_{2}}", r"\grad{J}{b_{2}}", r"\grad{L}{Z_{1}}", r"\grad{J}{W_{1}}", r"\grad{J}{b_{1}}"]
    assert not any("mathrm{d}" in line for line in found)
    every = lines(dfoo, "two_layer", "--format", "latex", "--notation", "partial", "--convention", "dJ")
    assert all(r"\grad{L}" not in line for line in every)


def test_delta(dfoo):
    found = lines(dfoo, "deep", "--format", "latex", "--notation", "delta")
    assert [line.split(" &=")[0] for line in found if "delta" in line.split(" &=")[0]] == [r"\delta^{(%d)}" % l for l in (4, 3, 2, 1)]
    assert any(r"W_{3}^\top \, \delta^{(3)}" in line for line in found)


def test_the_macro_is_defined_where_it_is_used(dfoo):
    for command in ["derive two_layer", "explain two_layer dZ1"]:
        for notation in ["course", "delta", "partial"]:
            text = dfoo(*command.split(), "--format", "latex", "--notation", notation).stdout
            assert (r"\grad{" in text) == (r"\providecommand{\grad}" in text) == (notation != "course")
            if notation != "course":
                assert text.index("providecommand") < text.index(r"\grad{")
    for format in ["typst", "html"]:  # they have none
        assert "grad{" not in dfoo("derive", "two_layer", "--format", format, "--notation", "partial").stdout


@pytest.mark.parametrize("notation, weight, bias, error", [
    ("course", r"\mathrm{d}W^{[l]}", r"\mathrm{d}b^{[l]}", r"\mathrm{d}Z^{[l]}"), ("delta", r"\grad{J}{W^{[l]}}", r"\grad{J}{b^{[l]}}", r"\delta^{(l)}"),
    ("partial", r"\grad{J}{W^{[l]}}", r"\grad{J}{b^{[l]}}", r"\grad{L}{Z^{[l]}}")])
def test_the_head_of_a_document_speaks_its_notation(dfoo, notation, weight, bias, error):
    """Its names, and its lines for all layers, are set as in the lines below it."""
    text = dfoo("explain", "deep", "--all", "--format", "latex", "--standalone", "--notation", notation).stdout
    head = text[text.index("\\begin{document}"):text.index("The forward pass")]
    assert rf"${weight} = \frac{{1}}{{m}} \, {error} \, A^{{[l-1] \top}}$, l = 1 .. 4" in head
    assert rf"${bias} = \frac{{1}}{{m}} \, \sum_{{t}} \left({error}\right)_{{\cdot t}}$, l = 1 .. 4" in head
    assert f"${error} = " in head and "dZ" not in head and "sum(" not in head


def test_layers_above(dfoo):
    text = "\n".join(lines(dfoo, "two_layer", "--format", "latex", "--superscripts"))
    assert r"W^{[2] \top} \, \mathrm{d}Z^{[2]}" in text and "_{1}" not in text and r"\left(A^{[1]}\right)^{\odot 2}" in text
    assert "_{1}" in "\n".join(lines(dfoo, "two_layer", "--format", "latex"))


def test_numbers_and_labels(dfoo):
    text = dfoo("derive", "two_layer", "--format", "latex", "--numbered").stdout
    assert re.findall(r"label{eq:(\w+)}", text) == ["dZ2", "dW2", "db2", "dZ1", "dW1", "db1"] and "align*" not in text
    page = dfoo("explain", "two_layer", "--all", "--format", "latex", "--numbered").stdout
    labels = re.findall(r"label{eq:(\w+)}", page)
    assert len(labels) == len(set(labels)) and {"dZ2", "dA1"} <= set(labels)
    assert len(re.findall(r"begin{align}\n", page)) == len(labels)


@pytest.mark.parametrize("notation", ["course", "delta", "partial"])
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("model", ["two_layer", "deep", "softmax", "logistic"])
def test_pages_are_well_formed(dfoo, model, format, notation):
    """Brackets close, in every notation; of HTML the elements."""
    text = dfoo("explain", model, "--all", "--format", format, "--notation", notation, "--superscripts").stdout
    if format == "html":
        stack = []
        for close, name in re.findall(r"<(/?)(\w+)[^>]*?(?<!/)>", re.sub(r"(?s)<(style|script)>.*?</\1>", "", text)):
            if name in ("meta", "br", "path", "rect"):
                continue
            if close:
                assert stack.pop() == name
            else:
                stack.append(name)
        assert not stack
    else:
        text = re.sub(r"\\[{}]", "", text)
        assert text.count("{") == text.count("}")


def test_no_page_speaks_of_options(dfoo):
    for format in ["html", "latex", "typst", "markdown"]:
        text = re.sub(r"(?s)<(style|script)>.*?</\1>", "", dfoo("explain", "two_layer", "--all", "--format", format).stdout)
        assert "--" not in re.sub(r"<!--|-->|var\(--|---", "", text), format
    assert "--steps" in dfoo("explain", "two_layer", "dZ2").stdout


@pytest.mark.parametrize("args, words", [(["derive", "two_layer", "--notation", "delta"], "belong to pages"), (["explain", "two_layer", "dZ1", "--superscripts"], "belong to pages"),
                                         (["derive", "two_layer", "--numbered", "--format", "html"], "--numbered belongs to --format latex"),
                                         (["derive", "two_layer", "--format", "latex", "--notation", "mine"], "course, delta or partial")])
def test_what_does_not_go_together(dfoo, args, words):
    done = dfoo(*args)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""


def test_the_page_has_the_models_own_words(dfoo):
    page = dfoo("explain", "two_layer", "--all", "--format", "html").stdout
    assert "the two-layer network for binary classification" in page and "one example per column" in page
    sections = re.findall(r'<section id="(d\w+)"', page)
    assert sections[0] == "dZ2" and sections.index("dA2") > sections.index("db1")
    assert "marker-start" in page and page.count("auto-start-reverse") >= 2
    head = re.search(r'(?s)<section class="head".*?</section>', page)[0]
    assert "1/m * sum(L)" not in head and "<math" in head


def test_letters_of_the_picture_are_those_of_the_page(dfoo, tmp_path):
    (tmp_path / "m.eq").write_text("# m.eq: a line\ninput X : (n, m)\nparam beta : (n, 1)   # slopes & <more>\nmu1 = beta.T @ X\nJ = 1/m * sum(mu1**2)\nminimize J\n")
    page = dfoo("explain", tmp_path / "m.eq", "--all", "--format", "html").stdout
    picture = re.search(r"(?s)<svg.*?</svg>", page)[0]
    assert ">\u03b2</text>" in picture and "\u03bc<tspan" in picture
    assert "slopes &amp; &lt;more&gt;" in page
