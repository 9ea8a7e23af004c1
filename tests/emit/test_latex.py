"""`derive --format latex`: the structure of what it writes, and, where there is a LaTeX, that
it compiles."""
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from own_models import DATA, END, MODELS, OPEN_MODELS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = sorted([*ROOT.glob("examples/*.eq"), *ROOT.glob("tests/eq/*.eq")])
OWN = {**MODELS, **OPEN_MODELS}

COMMANDS = set("""begin end left right frac mathrm mathit mathbf operatorname text cdot odot times top sum max min log sin
    cos tan sinh cosh tanh arcsin arccos arctan det Vert sqrt sigma ge le ne alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho tau
    upsilon phi chi psi omega varsigma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    documentclass usepackage allowdisplaybreaks setlength parindent parskip parbox textwidth raggedright bigl bigr hspace textbackslash textasciicircum
    textasciitilde textless textgreater textbar""".split())


def latex_of(dfoo, model, *options, stdin=None):
    done = dfoo("derive", model, "--format", "latex", *options, stdin=stdin)
    assert done.returncode == 0 and done.stderr == "", done
    return done.stdout


def equations(text):
    return re.search(r"\\begin\{align\*\}\n(.*)\n\\end\{align\*\}\n", text, re.S)[1].split(" \\\\\n")


def check_structure(text):
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    body = re.sub(r"\\[#$%&_{},\\]", " ", "\n".join(lines))
    assert set(re.findall(r"\\([A-Za-z]+)", body)) <= COMMANDS
    assert not re.search(r"\\[^A-Za-z]", body)
    depth = 0
    for c in body:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0
    assert body.count("\\left") == body.count("\\right")
    assert body.isascii()
    for line in (line for block in re.findall(r"begin\{align\*\}\n(.*?)\n\\end", text, re.S) for line in block.split(" \\\\\n")):
        assert "\n" not in line and line.count(" &= ") == 1 and line.count(" && ") == 1


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_models_of_files(dfoo, path):
    if dfoo("derive", path).returncode:
        pytest.skip("is not derived")
    for options in [[], ["--standalone"]]:
        check_structure(latex_of(dfoo, path, *options))


@pytest.mark.parametrize("name", OWN)
def test_own_models(dfoo, name):
    for options in [[], ["--standalone"], ["--convention", "dJ"]]:
        check_structure(latex_of(dfoo, "-", *options, stdin=OWN[name]))


def test_two_layer(dfoo):
    assert equations(latex_of(dfoo, "two_layer")) == [
        r"\mathrm{d}Z_{2} &= A_{2} - Y && (n_{2} \times m)",
        r"\mathrm{d}W_{2} &= \frac{1}{m} \, \mathrm{d}Z_{2} \, A_{1}^\top && (n_{2} \times n_{1})",
        r"\mathrm{d}b_{2} &= \frac{1}{m} \, \sum_{t=1}^{m} \left(\mathrm{d}Z_{2}\right)_{\cdot t} && (n_{2} \times 1)",
        r"\mathrm{d}Z_{1} &= W_{2}^\top \, \mathrm{d}Z_{2} \odot \left(1 - A_{1}^{\odot 2}\right) && (n_{1} \times m)",
        r"\mathrm{d}W_{1} &= \frac{1}{m} \, \mathrm{d}Z_{1} \, X^\top && (n_{1} \times n_{0})",
        r"\mathrm{d}b_{1} &= \frac{1}{m} \, \sum_{t=1}^{m} \left(\mathrm{d}Z_{1}\right)_{\cdot t} && (n_{1} \times 1)",
    ]


def right_side(dfoo, expression, before=""):
    """How the document writes A = expression in the forward pass."""
    text = latex_of(dfoo, "-", "--standalone", stdin=f"{DATA}{before}Z = W @ X + b\nA = {expression}\n{END}")
    return re.search(r"^A &= (.*) && ", text, re.M)[1]


@pytest.mark.parametrize("expression, typeset", [
    ("Z * Y", r"Z \odot Y"),
    ("2 * Z", r"2 \, Z"),
    ("2 * 3 * Z", r"2 \cdot 3 \, Z"),
    ("(Z * Y) * (Z - Y)", r"Z \odot Y \odot \left(Z - Y\right)"),
    ("Z * (Y * Z)", r"Z \odot \left(Y \odot Z\right)"),
    ("(W * W).T.T @ X", r"\left(\left(W \odot W\right)^\top\right)^\top \, X"),
    ("Z - (Y - Z)", r"Z - \left(Y - Z\right)"),
    ("Z - -Y * 2", r"Z - \left(-Y \cdot 2\right)"),
    ("(-Z)**2", r"\left(-Z\right)^{\odot 2}"),
    ("-Z**2", r"-Z^{\odot 2}"),
    ("Z**(-1)", r"Z^{\odot -1}"),
    ("Z / (1 + Y)", r"\frac{Z}{1 + Y}"),
    ("(Z / Y)**2", r"\left(\frac{Z}{Y}\right)^{\odot 2}"),
    ("log(1 + Z**2)", r"\log \left(1 + Z^{\odot 2}\right)"),
    ("log(Y) * Z", r"\log \left(Y\right) \odot Z"),
    ("log1p(Z**2)", r"\log\left(1 + Z^{\odot 2}\right)"),
    ("exp(-Z)", r"e^{-Z}"),
    ("abs(Z)", r"\left|Z\right|"),
    ("sigmoid(Z)", r"\sigma\left(Z\right)"),
    ("leaky_relu(Z, 0.2) * Y", r"\operatorname{lrelu}\left(Z, 0.2\right) \odot Y"),
    ("elu(Z) - elu(Y, 2)", r"\operatorname{elu}\left(Z, 1\right) - \operatorname{elu}\left(Y, 2\right)"),
    ("(Z > 0) * Z", r"\left[Z > 0\right] \odot Z"),
    ("where(Z > 0, Z, exp(Z) - 1)", r"\left(Z \text{ if } \left[Z > 0\right] \text{ else } e^{Z} - 1\right)"),
    ("maximum(0, Z)", r"\max\left(0, Z\right)"),
    ("Z * sum(Z, axis=0)", r"Z \odot \sum_{i=1}^{n_{1}} Z_{i \cdot}"),
    ("sum(Z, axis=0) * Z", r"\left(\sum_{i=1}^{n_{1}} Z_{i \cdot}\right) \odot Z"),
    ("mean(Z * Y, axis=1) + Z", r"\operatorname{mean}_{t} \left(Z \odot Y\right)_{\cdot t} + Z"),
    ("Z + max(Z)", r"Z + \max_{i,t} Z_{i,t}"),
    ("1e-8 * Z", r"10^{-8} \, Z"),
    ("2.5e-8 * Z", r"2.5 \cdot 10^{-8} \, Z"),
    ("pi * Z", r"\pi \, Z"),
    ("Z + cumsum(Z, axis=0)", r"Z + \operatorname{cumsum}_{i}\left(Z\right)"),
    ("cumsum_back(Z, axis=1)", r"\operatorname{revcumsum}_{t}\left(Z\right)"),
    ("softmax(Z)", r"\operatorname{softmax}\left(Z\right)"),
    ("softmax(Z, axis=1)", r"\operatorname{softmax}_{t}\left(Z\right)"),
    ("log_softmax(Z + Y, axis=1)", r"\operatorname{logsoftmax}_{t}\left(Z + Y\right)"),
    ("Z[0:1, :] * Y", r"Z_{1,:} \odot Y"),
    ("Y + (Z * Y)[0:1, :]", r"Y + \left(Z \odot Y\right)_{1,:}"),
    ("concat(Z[0:1, :], Z[1:n1, :])", r"\begin{bmatrix} Z_{1,:} \\ Z_{2:n_{1},:} \end{bmatrix}"),
    ("concat(Z[:, 0:m - 1], Y[:, -1:], axis=1)", r"\begin{bmatrix} Z_{:,1:m - 1} & Y_{:,m} \end{bmatrix}"),
    ("pad(Z[0:n1 - 1, :], 1, 0)", r"\begin{bmatrix} 0_{1 \times m} \\ Z_{1:n_{1} - 1,:} \end{bmatrix}"),
    ("pad(Z[0:1, :], n1 - 1, 0)", r"\begin{bmatrix} 0_{\left(n_{1} - 1\right) \times m} \\ Z_{1,:} \end{bmatrix}"),
    ("kron(Z, ones(1, 1) * 2)", r"Z \otimes \mathbf{1}_{1 \times 1} \cdot 2"),
    ("kron(b - 1, Z[0:1, :] + Y[0:1, :])", r"\left(b - 1\right) \otimes \left(Z_{1,:} + Y_{1,:}\right)"),
    ("inv(W @ W.T) @ Z", r"Z_{1}^{-1} \, Z"),
    ("solve(W @ W.T, Z)", r"Z_{1}^{-1} \, Z"),
    ("Z * trace(W @ W.T)", r"Z \, \operatorname{tr}\left(Z_{1}\right)"),
    ("diag(b) @ Z", r"\operatorname{diag}\left(b\right) \, Z"),
    ("Z / norm(Z, axis=0)", r"\frac{Z}{\left\Vert Z\right\Vert _{t}}"),
    ("Z * logdet(W @ W.T)", r"Z \, \log\left|\det\left(Z_{1}\right)\right|"),
])
def test_expressions(dfoo, expression, typeset):
    assert right_side(dfoo, expression) == typeset


@pytest.mark.parametrize("name, typeset", [
    ("q", "q"), ("q12", "q_{12}"), ("lambda", r"\lambda"), ("beta1", r"\beta_{1}"), ("λ", r"\lambda"),
    ("rate", r"\mathit{rate}"), ("q_out", r"q_{\mathit{out}}"), ("q1_in", r"q_{1,\mathit{in}}"), ("_q", r"\mathit{\_q}"),
    ("x1y", r"\mathit{x1y}"), ("дом", r"\mathit{u0434u043eu043c}"),
])
def test_names(dfoo, name, typeset):
    assert right_side(dfoo, f"{name} * Z", f"const {name} = 3\n") == rf"{typeset} \, Z"


def test_no_two_names_look_alike(dfoo):
    before = "const a1 = 2\nconst a_1 = 3\nconst alpha = 4\nconst α = 5\n"
    assert right_side(dfoo, "(a1 + a_1 + alpha + α) * Z", before) == \
        r"\left(a_{1} + \mathit{a\_1} + \alpha + \mathit{u03b1}\right) \, Z"


def test_letters_of_sums_are_free(dfoo):
    text = latex_of(dfoo, "-", "--standalone", stdin=f"{DATA}const i = 2\nconst t = 3\nA = i * t * (W @ X) + b\n{END}")
    assert r"\sum_{j,s}" in text and r"\sum_{s=1}^{m}" in text


def test_standalone_is_a_document(dfoo):
    text = latex_of(dfoo, "two_layer", "--standalone")
    assert text.startswith("\\documentclass[fleqn]{article}\n") and text.endswith("\\end{document}\n")
    assert r"two\_layer.eq: examples are columns" in text
    assert equations(latex_of(dfoo, "two_layer"))[3] in text


def test_wrt(dfoo):
    assert equations(latex_of(dfoo, "two_layer", "--wrt", "b2"))[-1].startswith(r"\mathrm{d}b_{2} ")


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
def test_it_compiles(dfoo, tmp_path):
    models = [(p.stem, p, None) for p in FILES if not dfoo("derive", p).returncode]
    models += [(name, "-", text) for name, text in OWN.items()]
    for name, model, stdin in models:
        (tmp_path / f"{name}.tex").write_text(latex_of(dfoo, model, "--standalone", stdin=stdin))
        done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"], cwd=tmp_path,
                              capture_output=True, timeout=60)
        assert done.returncode == 0, (name, done.stdout.decode(errors="replace")[-2000:])
