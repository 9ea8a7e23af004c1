"""Names that somebody made to do harm, in every output: to a terminal, a page, a picture, a table, a parser, TeX, a shell. They
come as names of files, of classes and columns in data, as values of options and as commands."""
import ast
import csv
import html.parser
import io
import json
import re
import subprocess
import os
import xml.etree.ElementTree

import numpy as np
import pytest

NASTY = {
    "title of the window": "\x1b]0;owned\x07", "screen": "\x1b[2J", "C1": "\u009b31m", "line": "a\nb", "return": "a\rb", "backspace": "a\x08\x08b", "delete": "\x7f",
    "override": "\u202egpj", "isolate": "\u2066x\u2069", "separator": "a\u2028b", "script": "<script>alert(1)<!--", "attribute": "\"><svg onload=alert(1)>", "cdata": "]]>",
    "tex": "\\input{x}$\\write18{ls}$%", "typst": "#import \"x\"", "markdown": "`x` [a](javascript:1)", "formula": "=cmd|'!A0", "plus": "+1+cmd", "at": "@SUM(1)",
    "quotes": "'\"'''\"\"\"", "format": "%n%s%x{}{0}", "latin": "\udce9", "comment": "*/ # // --",
}
WORDS = pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())


@pytest.fixture
def program(build):
    return os.environ.get("DFOO_BIN", str(build / "dfoo"))


@pytest.fixture
def run(program, tmp_path):
    def run(*args, text=True):
        done = subprocess.run([program, *args], cwd=tmp_path, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode in (0, 1, 2), done
        if text:
            shown(done.stdout)
        shown(done.stderr)
        return done
    return run


def shown(data):
    """Text in which nothing is obeyed: no control characters but ends of lines and tabs, nothing that turns the text."""
    text = data.decode("utf-8")
    for c in text:
        n = ord(c)
        assert c in "\n\t" or not (n < 32 or 127 <= n < 160 or n in (0x61C, 0x200E, 0x200F) or 0x2028 <= n <= 0x202E or 0x2066 <= n <= 0x2069), (c, text)
    return text


@pytest.fixture
def data(root, tmp_path):
    for name in ("two_layer.eq", "logistic.eq"):
        (tmp_path / name).write_bytes((root / "examples" / name).read_bytes())
    rows = [f"{i % 5 - 2},{i % 7 - 3},{i % 2}" for i in range(30)]
    (tmp_path / "d.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def named(folder, nasty, ending):
    """A file of that name; None: there can be none."""
    if "/" in nasty:
        return None
    name = f"x{nasty}{ending}"
    (folder / name).write_bytes((folder / "two_layer.eq").read_bytes())
    return name


class Page(html.parser.HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text):
        super().__init__()
        self.seen = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, tuple(k for k, _ in attributes)))


def is_harmless_page(text, plain):
    """The same elements, with the same attributes, as of a file with a plain name."""
    assert Page(text).seen == Page(plain).seen


def is_harmless_tex(text, plain):
    commands = r"\\(?:[a-zA-Z]+|.)"
    assert set(re.findall(commands, text)) - set(re.findall(commands, plain)) <= {
        "\\textbackslash", "\\{", "\\}", "\\$", "\\%", "\\#", "\\_", "\\&", "\\textless", "\\textgreater", "\\textbar", "\\textasciicircum", "\\textasciitilde", "\\to"}
    assert "\\input" not in text and "\\write" not in text.replace("\\textbackslash{}write", "")


def is_harmless_python(text, plain):
    assert ast.dump(strip(ast.parse(text))) == ast.dump(strip(ast.parse(plain)))


def strip(tree):
    """Without documentation."""
    for node in ast.walk(tree):
        if getattr(node, "body", None) and isinstance(node.body, list) and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:]
    return tree


def is_harmless_typst(text, plain):
    assert len(re.findall(r"(?<!\\)#", text)) == len(re.findall(r"(?<!\\)#", plain))


def is_harmless_json(text, plain):
    def shape(x):
        return {k: shape(v) for k, v in x.items()} if isinstance(x, dict) else [shape(v) for v in x] if isinstance(x, list) else type(x)
    assert shape(json.loads(text)) == shape(json.loads(plain))


def is_harmless_text(text, plain):
    """A line of an equation stays one: the name ends no comment."""
    assert [line for line in text.split("\n") if "=" in line and not line.startswith("#")] == [
        line for line in plain.split("\n") if "=" in line and not line.startswith("#")]


def is_harmless_markdown(text, plain):
    assert len(re.findall(r"(?<!\\)[`<\[]", text)) == len(re.findall(r"(?<!\\)[`<\[]", plain))


HARMLESS = {"text": is_harmless_text, "ascii": is_harmless_text, "numpy": is_harmless_python, "latex": is_harmless_tex, "json": is_harmless_json, "html": is_harmless_page,
            "typst": is_harmless_typst, "markdown": is_harmless_markdown}


def formats(program, command):
    done = subprocess.run([program, "help", command, "--json"], capture_output=True, check=True)
    [found] = [o["words"] for o in json.loads(done.stdout)["result"]["commands"][0]["options"] if o["name"] == "format"]
    return found


PLAIN = {}


def as_usual(run, name, args):
    """The same of a file with a plain name."""
    if tuple(args) not in PLAIN:
        PLAIN[tuple(args)] = shown(run(args[0], name, *args[1:]).stdout)
    return PLAIN[tuple(args)]


@WORDS
def test_names_of_models(run, program, data, nasty):
    """In every format of every command, whole documents too."""
    name, plain = named(data, nasty, ".eq"), named(data, "y", ".eq")
    if not name:
        pytest.skip("no file is called so")
    for command, more in (("derive", []), ("explain", ["dZ1"])):
        for form in formats(program, command):
            whole = ["--standalone"] if form in ("latex", "typst") else []
            args = [command, *more, "--format", form, *whole]
            done = run(command, name, *args[1:])
            assert done.returncode == 0, done
            HARMLESS[form](shown(done.stdout), as_usual(run, plain, args))
    for args in (["show"], ["check"], ["show", "--plan"]):
        shown(run(args[0], name, *args[1:]).stdout)
    told = json.loads(run("show", name, "--json").stdout)
    assert told["status"] == "ok"


@WORDS
def test_outputs(run, data, nasty):
    """The name of what is written is told."""
    if "/" in nasty:
        pytest.skip("no file is called so")
    for args, ending in ((["train", "two_layer", "--data", "d.csv", "--epochs", "1"], ".npz"), (["explain", "two_layer", "dW1"], ".html"), (["new", "--layers", "sigmoid 1"], ".eq")):
        name = f"out{nasty}{ending}"
        assert run(*args, "-o", name).returncode == 0
        assert (data / name).exists()
        if ending != ".npz":
            shown((data / name).read_bytes())
        (data / name).unlink()
    shown(run("train", "two_layer", "--data", "d.csv", "-o", f"nosuch/{nasty}").stderr)


def quoted(word):
    return '"' + word.replace('"', '""') + '"'


@WORDS
def test_classes_and_columns(run, data, nasty):
    word = nasty.encode("utf-8", "surrogateescape")
    cell = b'"' + word.replace(b'"', b'""') + b'"'
    lines = [b"a," + cell + b",kind"] + [b"%d,%d,%s" % (i % 5 - 2, i % 7 - 3, cell if i % 2 else b"no") for i in range(30)]
    (data / "k.csv").write_bytes(b"\n".join(lines) + b"\n")
    done = run("train", "two_layer", "--data", "k.csv", "--epochs", "2", "-o", "out.npz", "--log", "out.log", "--plot", "out.svg")
    if done.returncode == 2:  # a name that is no text is told
        assert b"error" in done.stderr
        return
    page(shown((data / "out.svg").read_bytes()))
    shown((data / "out.log").read_bytes())
    done = run("predict", "--weights", "out.npz", "--data", "k.csv")
    table(done.stdout.decode())
    shown(done.stderr)
    assert run("predict", "--weights", "out.npz", "--data", "k.csv", "-o", "out.csv").returncode == 0
    table(shown((data / "out.csv").read_bytes()))
    told = json.loads(run("predict", "--weights", "out.npz", "--data", "k.csv", "--json").stdout)
    assert told["status"] == "ok"
    for more in ([], ["--confusion"]):
        title = nasty.replace("\udce9", "e")
        done = run("plot", "--weights", "out.npz", "--data", "k.csv", "--title", title, "-o", "out.svg", *more)
        assert done.returncode == 0, done
        page(shown((data / "out.svg").read_bytes()))


def page(text):
    """A picture is XML, and has nothing that runs."""
    for element in xml.etree.ElementTree.fromstring(text).iter():
        assert element.tag.split("}")[-1] not in ("script", "foreignObject", "image")
        assert not any(k.startswith("on") or "javascript" in v for k, v in element.attrib.items())


def table(text):
    """No cell is a formula."""
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    for cell in (c for row in rows for c in row):
        assert not re.match(r"[=+@\t\r]|-[^0-9]", cell) or re.fullmatch(r"[-+=@]|[-+]?(nan|inf|[0-9.e+-]+)", cell), cell


@WORDS
def test_values_and_commands(run, data, nasty):
    word = nasty
    for args in ([word], ["--" + word], ["help", word], ["derive", word], ["derive", "two_layer", "--wrt", word], ["derive", "two_layer", "--" + word], ["explain", "two_layer", word], ["explain", word],
                 ["show", "two_layer", "--set", word + "=1"], ["show", "two_layer", "--set", "n1=" + word], ["new", "--layers", word + " 3"], ["new", "--layers", "sigmoid 1", "--name", word],
                 ["show", "--optimizer", word], ["show", "--optimizer", "adam", "--settings", word + "=1"], ["show", "--optimizer", "sgd", "--schedule", word],
                 ["train", "two_layer", "--data", word, "-o", "out.npz"], ["train", "two_layer", "--data", "d.csv", "--map", "X=" + word, "-o", "out.npz"],
                 ["train", "two_layer", "--data", "d.csv", "--classes", word + ",no", "--epochs", "1", "-o", "out.npz"], ["check", "two_layer", "--against", word],
                 ["grad", "two_layer", "--values", word, "-o", "out.npz"], ["plot", "--log", word], ["derive", "two_layer", "extra" + word]):
        run(*args)
        json.loads(run(*args, "--json").stdout)
    done = run(word)
    assert done.stderr.count(b"\n") <= 2, "a message is a line"


@WORDS
def test_programs(run, data, nasty):
    text = f"import numpy as np\nprint('''{nasty}''')\n# {nasty}\ndZ2 = A2 - Y\nraise ValueError('''{nasty}''')\n"
    (data / "mine.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    shown(run("check", "two_layer", "--against", "mine.py").stdout)
    json.loads(run("check", "two_layer", "--against", "mine.py", "--json").stdout)
    if "/" in nasty:
        return
    (data / "in").mkdir()
    (data / "in" / f"{nasty}.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert run("grade", "two_layer", "in", "-o", "out.csv").returncode == 0
    table(shown((data / "out.csv").read_bytes()))


@WORDS
def test_arrays(run, data, nasty):
    """Names of arrays, which are names of entries in an archive."""
    if "\udce9" in nasty or "/" in nasty:
        pytest.skip("numpy writes no such name")
    np.savez(data / "v.npz", **{nasty: np.ones(3), "X": np.ones((2, 3)), "Y": np.ones((1, 3))})
    assert run("grad", "two_layer", "--values", "v.npz", "-o", "out.npz").returncode == 0
    shown(run("grad", "two_layer", "--values", "v.npz:nosuch", "-o", "out.npz").stderr)
    json.loads(run("grad", "two_layer", "--values", "v.npz", "-o", "out.npz", "--json").stdout)
