"""Among the files that explain, calls run in one direction: no circle of files, and from room to room as src/ROOMS says.
Seen in the object files: who defines a name, and who needs it."""
import subprocess

import pytest

ROOMS = ("derive", "doc", "verify", "tell", "page", "explain")


@pytest.fixture(scope="module")
def arrows(build, root):
    """{file: files that it calls or whose tables it reads}, files as room/name.c."""
    objects = {f"{room}/{source.name}": build / f"CMakeFiles/dfoo_objects.dir/src/teach/{room}/{source.name}.o"
               for room in ROOMS for source in (root / "src/teach" / room).glob("*.c")}
    where, needs = {}, {}
    for name, path in objects.items():
        lines = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout.splitlines()
        symbols = [line.split()[-2:] for line in lines]
        where.update({symbol: name for kind, symbol in symbols if kind in "TDBR"})
        needs[name] = {symbol for kind, symbol in symbols if kind == "U"}
    return {name: {where[x] for x in needed if where.get(x, name) != name} for name, needed in needs.items()}


def circles(arrows):
    """The files from which nothing leads out of those that lead to each other; empty if there is an order."""
    left = dict(arrows)
    while True:
        ends = {name for name, to in left.items() if not to & left.keys()}
        if not ends:
            return sorted(left)
        left = {name: to for name, to in left.items() if name not in ends}


def allowed_rooms(root):
    lines = (root / "src/ROOMS").read_text().split("\nteach:")[1].split("\n\n")[0].splitlines()[1:]
    return {line.split()[0]: set(line.split()[1:]) for line in lines}


def test_there_is_no_circle_of_files(arrows):
    assert len(arrows) > 30
    assert circles(arrows) == []


def test_rooms_call_only_what_they_may_include(arrows, root):
    allowed = allowed_rooms(root)
    wrong = [f"{name} calls {to}" for name, targets in arrows.items() for to in targets
             if to.split("/")[0] not in allowed[name.split("/")[0]] | {name.split("/")[0]}]
    assert wrong == []


def test_a_call_upwards_would_be_seen(arrows):
    planted = {**arrows, "doc/doc.c": arrows["doc/doc.c"] | {"tell/function.c"}}
    assert {"doc/doc.c", "tell/function.c"} <= set(circles(planted))
