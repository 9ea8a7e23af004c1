"""The formats of derivations and of explanations: what the program offers is what the tables of the library have."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = {"derive": "src/ship/emit/formats.c", "explain": "src/teach/page/formats.c"}
ARGUMENTS = {"derive": ["two_layer"], "explain": ["two_layer", "dW1"]}
ROW = re.compile(r'\{(DFOO_\w+), "(\w+)", "\.\w+", (true|false)')


def rows(command):
    return ROW.findall((ROOT / TABLES[command]).read_text())


@pytest.mark.parametrize("command", TABLES)
def test_help_offers_them(dfoo, command):
    offered = re.search(r"--format (\S+)", dfoo(command, "--help").stdout[dfoo(command, "--help").stdout.index("  --steps"):])[1]
    assert offered.split("|") == [name for _, name, _ in rows(command)]


@pytest.mark.parametrize("command", TABLES)
def test_each_is_a_text_of_its_own(dfoo, command):
    texts = {name: dfoo(command, *ARGUMENTS[command], "--format", name).stdout for _, name, _ in rows(command)}
    assert len(set(texts.values())) == len(texts) and all(texts.values())
    assert texts["json"].startswith("{") and "\\begin{" in texts["latex"] and "frac(" in texts["typst"]


@pytest.mark.parametrize("command", TABLES)
def test_standalone_belongs_to_some(dfoo, command):
    for _, name, standalone in rows(command):
        done = dfoo(command, *ARGUMENTS[command], "--format", name, "--standalone")
        assert (done.returncode == 0) == (standalone == "true"), (name, done.stderr)


def test_the_header_numbers_them(dfoo):
    header = (ROOT / "include/dfoo.h").read_text()
    known = set(re.findall(r"(DFOO_\w+) = \d", header[header.index("typedef enum dfoo_format"):header.index("} dfoo_format;")]))
    listed = {row[0] for command in TABLES for row in rows(command)} | {"DFOO_ASCII"}
    assert known == listed
