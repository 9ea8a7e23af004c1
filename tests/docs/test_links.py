"""What the documents point at is there: files, headings, sources, functions; every decision is in the index."""
import re

import pytest

from conftest import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
SOURCE = re.compile(r"`((?:src/)?(?:core|teach|run|ship|host|api|cli|tools|tests|bench|examples|cmake)/[\w./*-]*\w)(?::(\w+))?`")


def anchors(path):
    """The names that a reader's browser gives to the headings of a page."""
    for heading in re.findall(r"^#+ (.*)$", path.read_text(), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), f"{path.name}: there is no {target}"
        assert not anchor or anchor in set(anchors(there)), f"{path.name}: {there.name} has no heading {anchor}"


def definitions(name):
    """A pattern for where a function, type or macro of this name is defined."""
    return re.compile(rf"^(?!\s|.*;\s*$).*\b{name}\(|^\}} {name};|^typedef .*\b{name}\b|^#define {name}\b|^    {name}[,( ]", re.M)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_sources_are_there(path):
    """`core/diff/sweep.c`, or with a function: `core/diff/sweep.c:diff_run`."""
    for file, function in SOURCE.findall(path.read_text()):
        found = [p for top in ("", "src") for p in (ROOT / top).glob(file)]
        assert found, f"{path.name}: there is no {file}"
        assert not function or any(definitions(function).search(p.read_text()) for p in found), f"{path.name}: {file} has no {function}"


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs/decisions/README.md").read_text()
    for path in (ROOT / "docs/decisions").glob("*.md"):
        assert path.name == "README.md" or f"({path.name})" in index, path.name


def test_every_room_is_told():
    """The table of rooms in inside.md has those of src/ROOMS, each once."""
    rooms = re.findall(r"^ +(\w+)", (ROOT / "src/ROOMS").read_text(), re.M)
    table = (ROOT / "docs/inside.md").read_text().split("## Rooms")[1].split("\n## ")[0]
    told = [name.strip() for row in re.findall(r"^\| ([\w, ]+) \|", table, re.M) for name in row.split(",")]
    assert sorted(told) == sorted(["room", *rooms])
