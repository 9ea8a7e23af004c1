"""Wrong models and what is said about them. NAME.txt holds the messages for NAME.eq;
DFOO_UPDATE=1 writes it. Every message of src/core/lang and src/core/syntax occurs in one of them."""
import os
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
MODELS = sorted(HERE.glob("*.eq"))
NETWORK = (b"input X : (n0, m)\nlabel Y : (1, m)\nparam W : (1, n0)\nZ = W @ X\nA = sigmoid(Z)\n"
           b"L = -(Y * log(A) + (1 - Y) * log(1 - A))\nJ = 1/m * sum(L)\nminimize J\n")


@pytest.mark.parametrize("model", MODELS, ids=lambda p: p.stem)
def test_expected_messages(dfoo, model):
    done = dfoo("derive", model.name, cwd=HERE)
    expected = model.with_suffix(".txt")
    if os.environ.get("DFOO_UPDATE"):
        expected.write_text(done.stderr)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == expected.read_text()


@pytest.mark.parametrize("model", MODELS, ids=lambda p: p.stem)
def test_carets_stand_under_their_line(model):
    """Under each line that is shown stands a caret, or what it marks, of the same width."""
    lines = model.with_suffix(".txt").read_text().splitlines()
    source = model.read_text().splitlines() + [""]
    for i, line in enumerate(lines):
        place = re.match(r"[\w.]+:(\d+):(\d+): (error|warning): .", line)
        if not place:
            continue
        row, column = int(place[1]), int(place[2])
        shown = re.match(r" *(\d+) \| ?(.*)$", lines[i + 1])
        assert shown and int(shown[1]) == row and shown[2] == source[row - 1]
        marks = re.match(r" +\| ?([~^\s]*)$", lines[i + 2])
        assert marks and marks[1].count("^") == 1
        assert column - 1 in (len(marks[1]) - len(marks[1].lstrip()), marks[1].index("^"))


# ------------------------------------------------------- every message is seen

# What no model can bring about: it is said of the tables of the library alone.
UNREACHED = {"the expression ends before this"}


def messages(root):
    call = re.compile(r'\b(?:diag_error|diag_warn|diag_note|error_at|error_here|expect)\((?:[^;"]|\n)*?((?:"(?:[^"\\]|\\.)*"\s*)+)')
    for path in sorted((root / "src" / "core" / "lang").glob("*.c")) + sorted((root / "src" / "core" / "syntax").glob("*.c")):
        for match in call.finditer(path.read_text()):
            text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match[1]))
            if text != "%s" and path.name not in ("new.c", "show.c"):
                yield text


def test_every_message_is_expected_somewhere(root):
    seen = "\n".join(p.read_text() for p in HERE.glob("*.txt"))
    seen += "this is not a text: it holds a zero byte\na character that is not text (byte 0x07)\n"  # below
    seen += "- is 3000000 bytes long; a model may have 2097152, enough for some 15,000 layers\n"
    missing = set()
    for text in messages(root):
        pattern = "".join(".*" if re.match("%", part) else re.escape(part) for part in re.split(r"(%[-.*0-9]*[a-z]+)", text))
        if not re.search(pattern, seen):
            missing.add(text)
    assert missing - UNREACHED == set()


# ---------------------------------------------------- what is hardly a text

def derive(dfoo, text):
    return dfoo("derive", "-", stdin=text, text=False)


@pytest.mark.parametrize("text, message", [
    (b"input X : (n0, m)\nZ = X\0 + X\n", "2:6: error: this is not a text: it holds a zero byte"),
    (b"\0", "1:1: error: this is not a text: it holds a zero byte"),
    (b"Z = \x07\n", "1:5: error: a character that is not text (byte 0x07)"),
    (b"Z = \xff\xfe\n", "1:5: error:"),
    (b"Z = \xff\xfe + X\n", "    1 | Z = \\xFF\\xFE + X\n      |     ^~~~\n"),
    (b"\tZ \x1b[31m\n", "    1 | \tZ \\x1B[31m\n      | \t  ^~~~\n"),
    (b"Z = X\0 + X\n", "    1 | Z = X\\x00 + X\n      |      ^\n"),
    (b"Z = \xc2\x9b\n", "error: a character that is not text (byte 0xc2)\n    1 | Z = \\xC2\\x9B\n"),
    (b"Z = \xc3\xa4\n", "error: '\u00e4' is not part of the notation\n    1 | Z = \u00e4\n      |     ^\n"),
    (b"Z\xc3\xa4 = 1\n", "1:2: error:"),
    (b"Z = \xc3", "1:5: error:"),
    (b"\xe2\x88", "1:1: error:"),
    (b"Z = \xed\xa0\x80 + \xf4\x90\x80\x80\n", "1:5: error:"),
    (b"\xef\xbb\xbf", "error: the model does not say what to minimise"),
    (b"\r\n\r\n", "error: the model does not say what to minimise"),
    (b"# only a remark", "error: the model does not say what to minimise"),
    (NETWORK + b"#" * 3000000, "bytes long; a model may have"),
    (b"(" * 20000, "1:1: error: a statement starts with a name"),
    (b"Z = " + b"(" * 20000, "error: the line ends where a value is expected"),
    (b"Z = " + b"(" * 20000 + b"2", "error: this bracket is not closed"),
    (b"Z = " + b"-" * 20000, "error: the line ends where a value is expected"),
    (b"Z = " + b"tanh(" * 20000, "error: the line ends where a value is expected"),
    (b"Z = " + b"f" * 200000 + b"\n", "error: unknown name"),
    (b"Z = " + b"2 + " * 50000 + b"Q\n", "error: unknown name 'Q'"),
    (b"Z = W[" + b"1" * 50000 + b"]\n", "error: unknown name"),
    (b"".join(b"A%d = Q%d\n" % (i, i) for i in range(3000)), "3000:9: error: unknown name 'Q2999'"),
], ids=lambda value: value[:20].decode("latin-1").encode("unicode_escape").decode() if isinstance(value, bytes) else "")
def test_strange_texts(dfoo, text, message):
    done = derive(dfoo, text)
    assert done.returncode == 2 and done.stdout == b""
    assert message in done.stderr.decode("utf-8", "replace")


@pytest.mark.parametrize("text", [
    NETWORK.replace(b"W @ X", b"(" * 20000 + b"W @ X" + b")" * 20000),
    NETWORK.replace(b"W @ X", b"- " * 20000 + b"(W @ X)"),
    NETWORK.replace(b"Z = ", b"\n" * 50000 + b"Z = "),
    NETWORK.replace(b"Z = ", b"Z =" + b" " * 100000),
    NETWORK.replace(b"minimize", b"# " + b"x" * 1000000 + b"\nminimize"),
    NETWORK.replace(b"W @ X", b"W @ X" + b" + 0 * Y" * 3000),
    NETWORK.replace(b"\n", b"\r\n"),
    b"\xef\xbb\xbf" + NETWORK,
    NETWORK.rstrip(b"\n"),
], ids=["brackets", "signs", "lines", "spaces", "remark", "sum", "crlf", "bom", "no end of line"])
def test_long_texts_are_read(dfoo, text):
    done = derive(dfoo, text)
    assert done.returncode == 0, done.stderr[:500]
    assert b"dW = 1/m * dZ @ X.T" in done.stdout


def test_a_line_that_would_be_megabytes_is_refused(dfoo):
    """Own functions that nest share nothing when they are written out."""
    call = "Z"
    for _ in range(40):
        call = f"s({call})"
    text = f"s(z) = z * sigmoid(z)\ninput X : (n0, m)\nparam W : (1, n0)\nZ = W @ X\nA = {call}\nJ = 1/m * sum(A**2)\nminimize J\n"
    for command in (["derive", "-"], ["show", "-"], ["explain", "-", "dW"], ["derive", "-", "--format", "numpy"]):
        done = dfoo(*command, stdin=text)
        assert done.returncode == 2 and done.stdout == "" and "needs a name" in done.stderr, command


def test_a_file_that_is_not_there(dfoo):
    done = dfoo("derive", "nowhere.eq")
    assert done.returncode == 2 and "nowhere.eq" in done.stderr and done.stdout == ""


def test_what_is_shown_of_any_bytes_is_text(dfoo):
    """Whatever stands in a file, the messages hold no control character and no broken UTF-8, and the caret stands under
    the place."""
    for byte in [*range(10), *range(11, 32), *range(127, 256)]:
        shown = derive(dfoo, b"Z = X " + bytes([byte]) + b" + Q # " + bytes([byte, byte]) + b"\n").stderr.decode("utf-8")
        assert all(c in "\n\t" or c.isprintable() for c in shown), byte
        line, marks = shown.split("\n")[1:3]
        assert marks.index("^") == (line.index("X") if byte in (9, 13) else line.index("\\x")), shown
