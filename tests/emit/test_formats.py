"""The formats of derivations and of explanations: what the program offers is what the tables of the library have."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = {"derive": "src/ship/emit/formats.c", "explain": "src/teach/page/formats.c", "practice": "src/teach/practice/write.c"}
ARGUMENTS = {"derive": ["two_layer"], "explain": ["two_layer", "dW1"], "practice": ["two_layer"]}
ROW = re.compile(r'\{(DFOO_\w+), "(\w+)", "(\.\w+)", (true|false)')


def rows(command):
    return ROW.findall((ROOT / TABLES[command]).read_text())


@pytest.mark.parametrize("command", TABLES)
def test_help_offers_them(dfoo, command):
    text = dfoo(command, "--help").stdout
    names = [name for _, name, _, _ in rows(command)]
    assert re.search(r"\n  --format FORMAT +(.+)", text)[1].split(", ") == names
    about = text[text.index("\nFORMAT:\n"):].split("\n\n")[0]
    assert re.findall(r"\n  (\w+) .*\((\.\w+)\)", about) == [(name, ending) for _, name, ending, _ in rows(command)]


@pytest.mark.parametrize("command", TABLES)
def test_a_wrong_one_is_told_what_there_is(dfoo, command):
    names = [name for _, name, _, _ in rows(command)]
    said = dfoo(command, *ARGUMENTS[command], "--format", "rtf")
    assert said.returncode == 2 and f"--format takes {', '.join(names[:-1])} or {names[-1]}, not \"rtf\"" in said.stderr


def test_the_name_of_the_file_asks_for_one(dfoo, tmp_path):
    for _, name, ending, _ in rows("explain"):
        file = tmp_path / f"page{ending}"
        assert dfoo("explain", *ARGUMENTS["explain"], "-o", file).returncode == 0
        assert file.read_text() == dfoo("explain", *ARGUMENTS["explain"], "--format", name).stdout, ending
    text = dfoo("explain", *ARGUMENTS["explain"], "--format", "text").stdout
    for options, ending in [(["--format", "text"], ".html"), (["--ascii"], ".html"), (["--format", "text"], ".eq"), ([], "")]:
        file = tmp_path / f"text{ending}"
        assert dfoo("explain", *ARGUMENTS["explain"], *options, "-o", file).returncode == 0
        assert file.read_text().split()[:8] == text.split()[:8], (options, ending)


@pytest.mark.parametrize("command", TABLES)
def test_each_is_a_text_of_its_own(dfoo, command):
    texts = {name: dfoo(command, *ARGUMENTS[command], "--format", name).stdout for _, name, _, _ in rows(command)}
    assert len(set(texts.values())) == len(texts) and all(texts.values())
    assert texts["json"].startswith("{")
    if command == "practice":
        assert texts["moodle"].startswith("<?xml") and texts["html"].startswith("<!DOCTYPE")
    else:
        assert "\\begin{" in texts["latex"] and "frac(" in texts["typst"]


@pytest.mark.parametrize("command", ["derive", "explain"])
def test_standalone_belongs_to_some(dfoo, command):
    for _, name, _, standalone in rows(command):
        done = dfoo(command, *ARGUMENTS[command], "--format", name, "--standalone")
        assert (done.returncode == 0) == (standalone == "true"), (name, done.stderr)


def test_the_header_numbers_them(dfoo):
    header = (ROOT / "include/dfoo.h").read_text()
    known = set(re.findall(r"(DFOO_\w+) = \d", header[header.index("typedef enum dfoo_format"):header.index("} dfoo_format;")]))
    listed = {row[0] for command in TABLES for row in rows(command)} | {"DFOO_ASCII"}
    assert known == listed


@pytest.mark.parametrize("options", [[], ["--standalone"]])
def test_a_name_cannot_leave_its_comment(dfoo, tmp_path, options):
    file = tmp_path / "a--><b>&.eq"
    file.write_text((ROOT / "examples/logistic.eq").read_text())
    said = dfoo("derive", file, "--format", "html", *options).stdout
    assert "a--&gt;&lt;b&gt;&amp;.eq" in said and "<b>" not in said
