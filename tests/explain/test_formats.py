"""Explanations in HTML, LaTeX, Markdown and JSON: well formed, complete, nothing fetched, and the same as the text."""
import json
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODELS = sorted((ROOT / "tests" / "eq").glob("*.eq")) + sorted((ROOT / "examples").glob("*.eq"))
FUNCTIONS = ["sigmoid", "gelu", "leaky_relu", "sqrt"]
FORMATS = ["text", "html", "latex", "markdown", "json"]
VOID = {"meta", "br", "hr", "img", "input", "link"}


def explain(dfoo, *args):
    done = dfoo("explain", *map(str, args), env={"LANG": "C.UTF-8"})
    assert done.returncode == 0 and done.stderr == "", (args, done.stderr)
    return done.stdout


def by_model(models):
    return pytest.mark.parametrize("model", models, ids=lambda p: f"{p.parent.name}/{p.stem}")


# ------------------------------------------------------------------------ html

class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.targets, self.tags, self.attributes = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            self.attributes.append((tag, name, value))
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.targets.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag


def check_page(text):
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    for target in page.targets:
        assert target.startswith("#") and target[1:] in page.ids, target
    for tag, name, value in page.attributes:
        assert name not in ("src", "srcset", "data", "action") and not name.startswith("on"), (tag, name)
        if name == "aria-labelledby":
            assert set(value.split()) <= set(page.ids)
    assert "@import" not in text and not re.search(r"url\((?!#|data:font/woff;base64,)", text)
    assert re.findall(r"https?://\S+?(?=[\"'\s<])", text) in ([], ["http://www.w3.org/2000/svg"] * text.count("<svg"))
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    for landmark in ("header", "main", "footer", "h1"):
        assert page.tags.count(landmark) == 1
    for math in re.findall(r"<math.*?</math>", text):
        tree = ET.fromstring(math)
        assert tree.find(".//mtext") is None or "number" in math or " if " in math or " else " in math, math
        for fraction in tree.iter("mfrac"):
            assert len(fraction) == 2
        for scripts in ("msub", "msup", "munder", "mover"):
            assert all(len(x) == 2 for x in tree.iter(scripts))
        assert all(len(x) == 3 for scripts in ("msubsup", "munderover") for x in tree.iter(scripts))
    return page


def boxes(svg):
    spots = [tuple(float(r.get(k)) for k in ("x", "y", "width", "height")) for r in svg.iter("{http://www.w3.org/2000/svg}rect")]
    _, _, width, height = map(float, svg.get("viewBox").split())
    for x, y, w, h in spots:
        assert 0 <= x and x + w <= width and 0 <= y and y + h <= height
    for i, (x, y, w, h) in enumerate(spots):
        for x2, y2, w2, h2 in spots[:i]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 + 0.2 or y2 + h2 <= y + 0.2, "boxes overlap"
    return spots


@by_model(MODELS)
def test_html(dfoo, model):
    text = explain(dfoo, model, "--all", "--format", "html")
    page = check_page(text)
    graphs = [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text, re.S)]
    assert graphs
    for graph in graphs:
        assert boxes(graph)
        assert graph.find("{http://www.w3.org/2000/svg}title").text and graph.find("{http://www.w3.org/2000/svg}desc").text
    steps = json.loads(explain(dfoo, model, "--all", "--format", "json"))["explanations"]
    assert {step["name"] for step in steps} <= set(page.ids)
    assert page.tags.count("details") == sum(block["kind"] == "section" for step in steps for block in step["blocks"])


def test_html_of_one_gradient(dfoo):
    text = explain(dfoo, "two_layer", "dZ1", "--format", "html")
    page = check_page(text)
    assert page.tags.count("svg") == 1 and "details open" in text
    way = re.findall(r'<g class="(goal|way)" data-name="(\w+)"><rect[^>]*/><text[^>]*>(\w)(?:<tspan[^>]*>(\d))?', text)
    assert [w[0] for w in way] == ["goal"] + ["way"] * 5
    assert "".join(w[1] for w in way) == "".join(w[2] + w[3] for w in way) == "Z1A1Z2A2LJ"


def test_long_names_fit_into_their_boxes(dfoo, tmp_path):
    model = tmp_path / "long.eq"
    model.write_text("input features_of_the_patient : (number_of_features, m)\nlabel outcome : (1, m)\nparam lambda_ : (1, number_of_features)\n"
                     "predicted = lambda_ @ features_of_the_patient\nJ = 1/m * sum((predicted - outcome)**2)\nminimize J\n")
    svg = ET.fromstring(re.search(r"<svg.*?</svg>", explain(dfoo, str(model), "dlambda_", "--format", "html"), re.S)[0])
    names = {}
    for box in svg.iter("{http://www.w3.org/2000/svg}g"):
        width = float(box.find("{http://www.w3.org/2000/svg}rect").get("width"))
        name, size = box.findall("{http://www.w3.org/2000/svg}text")
        names[box.get("data-name")] = "".join(name.itertext())
        for text, usual in ((name, name.get("font-size")), (size, (re.search(r"[\d.]+", size.get("style") or "12")[0]))):
            assert 0.5 * float(usual) * len("".join(text.itertext())) <= width, "".join(text.itertext())
    assert names["lambda_"] == "λ" and names["features_of_the_patient"].endswith("…") and names["predicted"] == "predicted"


def test_the_head_sets_equations(dfoo):
    """Names that were given, and no letter of a word as if it were one of the model's."""
    text = explain(dfoo, ROOT / "examples/gallery/attention.eq", "--all", "--format", "html")
    head = re.search(r'<section class="head".*?</section>', text, re.S)[0]
    assert head.count("<li>a name was given: <math>") == 4 and "@ " not in head.replace("<code>@</code>", "") and "sqrt(" not in head
    assert "<p>No dimension is the examples'" in head


@pytest.mark.parametrize("model, said", [("examples/logistic.eq", ["[i,t]", "Z[i,t]"]), ("examples/two_layer.eq", ["[i,t]", "Z[i,t]"]),
                                         ("tests/eq/rows.eq", ["[t,i]", "Z[t,i]"])])
def test_the_head_sets_entries(dfoo, model, said):
    """Also of a letter that stands for Z1, Z2, .. and alone; nothing of it stays text."""
    text = explain(dfoo, ROOT / model, "--all", "--format", "html")
    head = re.search(r'<section class="head".*?</section>', text, re.S)[0]
    assert [m for m in ("".join(ET.fromstring(x).itertext()) for x in re.findall("<math>.*?</math>", head)) if "[" in m] == said
    assert "[" not in re.sub("<math>.*?</math>", "", head)


def test_controls_have_names_and_stand_alone(dfoo):
    """A link of mathematics says where it leads, and there is none in what unfolds."""
    text = explain(dfoo, "two_layer", "--all", "--format", "html")
    links = re.findall(r'<a href="#(\w+)"([^>]*)><math', text)
    assert links and all(more == f' aria-label="{name}"' for name, more in links)
    assert not any("<a " in summary for summary in re.findall("<summary>.*?</summary>", text, re.S))


def test_scripts_of_several_pages_go_together(dfoo):
    """A notebook has the pages of several explanations in one: names that one script declares are not the other's."""
    (script,) = re.findall(r"<script>(.*?)</script>", explain(dfoo, "two_layer", "dZ1", "--format", "html"), re.S)
    assert re.fullmatch(r"\s*\{\n(.*)\}\s*", script, re.S) and script.count("{") == script.count("}")
    outside, depth = "", 0
    for sign in script:
        depth += (sign == "{") - (sign == "}")
        outside += sign if depth == 0 and sign != "}" else ""
    assert not outside.strip(), outside


def test_a_long_cost_is_not_announced(dfoo):
    """Where J is too long to be written in the head, nothing leads to it."""
    said = dfoo("derive", str(ROOT / "examples/gallery/kalman.eq")).stdout.splitlines()[0]
    assert said.endswith("Every dV is dJ/dV"), said
    assert ", where J = " in dfoo("derive", str(ROOT / "examples/gallery/attention.eq")).stdout.splitlines()[0]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_html_of_a_function(dfoo, function):
    assert "<svg" not in explain(dfoo, function, "--format", "html")
    check_page(explain(dfoo, function, "--format", "html"))


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_contrast():
    style = next((ROOT / "src").rglob("style.inc")).read_text().replace('"\n"', "")
    schemes = [dict(re.findall(r"--(\w+): (#\w+)", line)) for line in re.findall(r":root \{.*?\}", style)]
    assert len(schemes) == 3  # light, dark, on paper
    for scheme in schemes:
        for ink in ("ink", "soft", "mark"):
            for ground in ("paper", "wash", "box"):
                low, high = sorted((luminance(scheme[ink]), luminance(scheme[ground])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


# ----------------------------------------------------------------------- latex

@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
@by_model(MODELS)
def test_latex_compiles(dfoo, model, tmp_path):
    (tmp_path / "all.tex").write_text(explain(dfoo, model, "--all", "--format", "latex", "--standalone"))
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"], cwd=tmp_path, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_latex_of_a_function_compiles(dfoo, function, tmp_path):
    (tmp_path / "f.tex").write_text(explain(dfoo, function, "--format", "latex", "--standalone"))
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "f.tex"], cwd=tmp_path, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


def balanced(text):
    depth = 0
    for c in re.sub(r"\\.", "", text):
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    return depth == 0


@by_model(MODELS)
def test_latex_is_balanced(dfoo, model):
    text = explain(dfoo, model, "--all", "--format", "latex")
    assert text.startswith("% ") and "\\documentclass" not in text
    assert text.count("\\begin{align*}") == text.count("\\end{align*}") > 3
    assert text.count("\\left") == text.count("\\right") and balanced(re.sub(r"^%.*$", "", text, flags=re.M))


# -------------------------------------------------------------------- markdown

@by_model(MODELS)
def test_markdown(dfoo, model):
    text = explain(dfoo, model, "--all", "--format", "markdown")
    assert text.startswith("# ") and len(re.findall(r"^## ", text, re.M)) >= 3
    displays = re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.S | re.M)
    assert all(d.startswith("\\begin{aligned}") and d.endswith("\\end{aligned}") and "$" not in d and balanced(d) for d in displays)
    for line in re.sub(r"^\$\$\n.*?\n\$\$$", "", text, flags=re.S | re.M).splitlines():
        assert re.sub(r"\\.", "", line).count("$") % 2 == 0, line


# ------------------------------------------------------------------------ json

def plain(words):
    return "".join(word if isinstance(word, str) else word["formula"] for word in words)


def squeezed(text):
    """Without the ends of lines, which only text has, and what stands around them."""
    return re.sub(r"\s+|^#", "", text, flags=re.M)


@by_model(MODELS)
def test_json_says_what_the_text_says(dfoo, model):
    data = json.loads(explain(dfoo, model, "--all", "--format", "json"))
    text = squeezed(explain(dfoo, model, "--all"))
    assert data["model"] == model.name and squeezed(data["head"]).strip() in text
    lines = model.read_text().splitlines()
    for step in data["explanations"]:
        assert step["kind"] in ("gradient", "function") and step["checked"]["failed"] == 0 and step["checked"]["finite"]
        assert step["blocks"][0]["kind"] == "title" and step["blocks"][0]["sides"][0]["formula"].startswith(step["name"])
        for block in step["blocks"]:
            if block["kind"] in ("words", "section"):
                assert squeezed(plain(block["words"])) in text
            else:
                for side in block["sides"]:
                    assert squeezed(side["formula"]) in text and side["latex"] and balanced(side["latex"])
                assert squeezed(plain(block["reason"])) in text and squeezed(plain(block["note"])) in text
            if block.get("statement") and block["line"] <= len(lines) and "==" not in lines[block["line"] - 1]:
                assert 1 <= block["line"] and block["start"] <= block["end"]


def test_json_names_the_place(dfoo):
    data = json.loads(explain(dfoo, ROOT / "examples" / "two_layer.eq", "dZ1", "--format", "json"))
    source = (ROOT / "examples" / "two_layer.eq").read_text()
    places = [b for b in data["explanations"][0]["blocks"] if b["kind"] == "section" and b["statement"]]
    assert [b["statement"] for b in places] == ["Z2", "A1"]
    for block in places:
        assert source.splitlines()[block["line"] - 1].startswith(block["statement"])


def test_json_of_a_function(dfoo):
    data = json.loads(explain(dfoo, "sigmoid", "--format", "json"))
    assert data["model"] is None and data["explanations"][0]["kind"] == "function"
    rules = [b["rule"] for b in data["explanations"][0]["blocks"] if b["kind"] == "row"]
    assert rules == ["constant factor -1", "chain rule", "sum rule", "quotient rule"]


# ----------------------------------------------------------------- all of them

def test_functions_stand_behind_the_gradients(dfoo):
    steps = json.loads(explain(dfoo, "two_layer", "--all", "--format", "json"))["explanations"]
    assert [s["name"] for s in steps if s["kind"] == "function"] == ["sigmoid", "tanh"] == [s["name"] for s in steps[-2:]]
    assert '(explain <span class="nobreak"><a href="#tanh" aria-label="tanh">' in explain(dfoo, "two_layer", "--all", "--format", "html")


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_every_time(dfoo, form):
    first, second = (explain(dfoo, "deep", "--all", "--format", form) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("form", FORMATS)
def test_whole_model_tells_each_gradient_once(dfoo, form):
    steps = dfoo("derive", "two_layer", "--steps").stdout
    text = explain(dfoo, "two_layer", "--all", "--format", form)
    for name in ("dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"):
        assert name in steps
        tex = f"\\mathrm{{d}}{name[1]}_{{{name[2]}}}"
        title = {"text": f"\n{name} = ", "html": f'<section id="{name}">', "json": f'\n    {{"name": "{name}"',
                 "latex": f"\\section*{{${tex}$}}\n", "markdown": f"\n## ${tex}$\n"}[form]
        assert text.count(title) == 1, (form, name)


def test_names_of_any_kind(dfoo, tmp_path):
    """Greek letters, underscores, names that mean something to HTML or TeX."""
    (tmp_path / "names.eq").write_text("input x_in : (n_0, m)\nlabel lt : (1, m)\nparam θ : (1, n_0)\nparam div : (1, 1)\nconst alpha = 0.5\n"
                                       "ζ_out = θ @ x_in + div\nL_1 = alpha * (ζ_out - lt)**2\nJ = 1/m * sum(L_1)\nminimize J\n")
    check_page(explain(dfoo, tmp_path / "names.eq", "--all", "--format", "html"))
    json.loads(explain(dfoo, tmp_path / "names.eq", "--all", "--format", "json"))
    if shutil.which("pdflatex"):
        (tmp_path / "n.tex").write_text(explain(dfoo, tmp_path / "names.eq", "--all", "--format", "latex", "--standalone"))
        done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "n.tex"], cwd=tmp_path, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


def test_output_is_complete_or_not_there(dfoo, tmp_path):
    page = tmp_path / "page.html"
    done = dfoo("explain", "two_layer", "--all", "--format", "html", "-o", page)
    assert done.returncode == 0 and done.stdout == "" and page.read_text() == explain(dfoo, "two_layer", "--all", "--format", "html")
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    before = page.read_text()
    done = dfoo("explain", "two_layer", "dW7", "--format", "html", "-o", page)
    assert done.returncode == 2 and page.read_text() == before
    done = dfoo("explain", "two_layer", "--all", "-o", tmp_path / "no" / "page.txt")
    assert done.returncode == 2 and "No such file" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    if pathlib.Path("/dev/full").exists():
        done = dfoo("explain", "two_layer", "--all", "-o", "/dev/full")
        assert done.returncode == 2 and "No space left" in done.stderr


@pytest.mark.parametrize("arguments, said", [
    (["two_layer", "dZ1", "--format", "html", "--standalone"], "standalone belongs to the format latex or typst"),
    (["two_layer", "dZ1", "--format", "html", "--ascii"], "--ascii belongs to --format text"),
    (["two_layer", "dZ1", "--format", "pdf"], "text, html, latex, typst, markdown"),
    (["sigmoid", "--all"], "--all needs a MODEL"),
    (["two_layer"], "or --all"),
], ids=" ".join)
def test_what_does_not_go_together(dfoo, arguments, said):
    done = dfoo("explain", *arguments)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""


# ------------------------------------------------------------------------ names

@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
def test_a_column_is_not_called_like_a_size(dfoo, way):
    """In layer_norm.eq n1 is a size, so that a column of N1 cannot be n1 beside 1/n1."""
    model = ROOT / "tests" / "eq" / "layer_norm.eq"
    said = explain(dfoo, model, "dC1", "--by", way)
    assert "1/n1" in said
    assert not re.search(r"\bd?n1(\[|\.T)|∂n1", said), said
    if way != "differential":
        assert "c1, N1 are columns" in said and "N1[i]" in said


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
def test_nothing_runs_into_the_margin(dfoo, tmp_path, way):
    """A penalty of ten layers, and long lines with remarks."""
    ten = tmp_path / "ten.eq"
    layers = ", ".join(["relu 7"] * 9 + ["softmax 5"])
    assert dfoo("new", "--layers", layers, "--l2", "0.7", "-o", str(ten)).returncode == 0
    for model in [ten, ROOT / "tests" / "eq" / "layer_norm.eq", ROOT / "tests" / "eq" / "log_softmax.eq"]:
        (tmp_path / "all.tex").write_text(explain(dfoo, model, "--all", "--by", way, "--format", "latex", "--standalone"))
        subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"], cwd=tmp_path, capture_output=True, timeout=120)
        log = (tmp_path / "all.log").read_text(errors="replace")
        assert "Output written" in log
        assert [x for x in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(x) > 10] == [], model


def test_a_sign_and_a_difference_in_mathml(dfoo):
    page = explain(dfoo, "two_layer", "dZ2", "--format", "html")
    assert '<mo>=</mo><mo form="prefix">−</mo>' in page
    assert '</msub><mo>−</mo>' in page


@pytest.mark.parametrize("model", ["own_function", "log_softmax", "softmax"])
def test_one_entry_in_numbers_is_no_false_alarm(dfoo, model):
    """Near 0 and 1 the cost bends so much that a step of 1e-5 is too large for a difference."""
    assert "one entry against a difference" in explain(dfoo, ROOT / "tests" / "eq" / f"{model}.eq", "--all", "--numbers")
