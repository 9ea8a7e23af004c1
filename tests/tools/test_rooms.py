"""tools/rooms finds what is planted, and nothing in the project itself."""
import shutil
import subprocess

import pytest


@pytest.fixture
def tree(tmp_path, root):
    """A small project that is in order; call it to plant a file and get the findings."""
    files = {
        "src/base/mem.h": '#include "dfoo.h"\n',
        "src/base/text.h": '#include <stdio.h>\n#include "base/mem.h"\n',
        "src/base/text.c": '#include "base/text.h"\n',
        "src/ir/ir.h": '#include "base/text.h"\n',
        "src/ir/ir.c": '#include "ir/ir.h"\n#include "ir/ops.def"\n',
        "src/ir/ops.def": "OP(add)\n",
        "src/explain/story.h": '#include "ir/ir.h"\n',
        "src/api.c": '#include "ir/ir.h"\n#include "explain/story.h"\n',
        "cli/cli.h": '#include "dfoo.h"\n',
        "cli/main.c": '#include "cli.h"\n',
        "examples/small.c": '#include <math.h>\n#include "dfoo.h"\n',
    }

    def plant(path=None, text=""):
        if path:
            files[path] = text
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content)
        if path != "src/ROOMS":
            shutil.copy(root / "src/ROOMS", tmp_path / "src/ROOMS")
        done = subprocess.run([root / "tools/rooms", tmp_path], capture_output=True, text=True)
        assert done.stderr == ""
        assert done.returncode == (1 if done.stdout else 0)
        return done.stdout

    return plant


def test_a_tree_in_order(tree):
    assert tree() == ""


@pytest.mark.parametrize("path, text, finding", [
    ("src/base/x.c", '#include "ir/ir.h"\n', "src/base/x.c:1: base may not include ir/ir.h"),
    ("src/diff/x.c", '\n  # include "explain/story.h"\n', "src/diff/x.c:2: diff may not include explain/story.h"),
    ("src/diff/x.c", "#include <explain/story.h>\n", "src/diff/x.c:1: diff may not include explain/story.h"),
    ("src/ir/rules.def", '#include "explain/story.h"\n', "src/ir/rules.def:1: ir may not include"),
    ("src/ir/x.c", '#include "ir.h"\n', 'src/ir/x.c:1: write the room too: "ir/ir.h"'),
    ("src/ir/x.c", '#include "../base/mem.h"\n', "src/ir/x.c:1: write the room too"),
    ("src/ir/x.c", '#include "bse/mem.h"\n', "src/ir/x.c:1: there is no room bse"),
    ("src/cellar/x.c", '#include "base/mem.h"\n', "src/cellar/x.c:1: room cellar is not in src/ROOMS"),
    ("cli/x.c", '#include "base/mem.h"\n', "cli/x.c:1: cli/ may include dfoo.h and its own headers only"),
    ("cli/x.c", '#include "../src/base/mem.h"\n', "cli/x.c:1: cli/ may include"),
    ("examples/x.c", "#include <base/mem.h>\n", "examples/x.c:1: examples/ may include"),
    ("src/ROOMS", "base: ir\nir: base\nexplain: ir base\napi: all\n", "src/ROOMS:1: base: ir must stand above it"),
])
def test_what_is_planted_is_found(tree, path, text, finding):
    found = tree(path, text)
    assert found.startswith(finding)
    assert found.count("\n") == 1


def test_circles_of_files_are_found(tree):
    found = tree("src/base/mem.h", '#include "base/text.h"\n')
    assert sorted(found.splitlines()) == ["src/base/mem.h: in a circle of includes: base/text.h",
                                          "src/base/text.h: in a circle of includes: base/mem.h"]
