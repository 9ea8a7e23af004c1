"""tools/rooms finds what is planted, and nothing in the project itself."""
import pathlib
import shutil
import subprocess

import pytest


@pytest.fixture
def tree(tmp_path, root):
    """A small project that is in order; call it to plant a file and get the findings."""
    files = {
        "src/core/core.h": '#include "core/base/text.h"\n#include "core/ir/ir.h"\n',
        "src/core/base/mem.h": '#include "dfoo.h"\n',
        "src/core/base/text.h": '#include <stdio.h>\n#include "core/base/mem.h"\n',
        "src/core/base/text.c": '#include "core/base/text.h"\n',
        "src/core/ir/ir.h": '#include "core/base/text.h"\n',
        "src/core/ir/ir.c": '#include "core/ir/ir.h"\n#include "core/ops.def"\n',
        "src/core/ops.def": "OP(add)\n",
        "src/teach/explain/story.h": '#include "core/core.h"\n',
        "src/teach/teach.h": '#include "teach/explain/story.h"\n',
        "src/api/api.c": '#include "core/core.h"\n#include "teach/teach.h"\n',
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
    ("src/core/base/x.c", '#include "core/ir/ir.h"\n', "src/core/base/x.c:1: core/base may not include core/ir/ir.h"),
    ("src/core/diff/x.c", '\n  # include "teach/teach.h"\n', "src/core/diff/x.c:2: core may not enter teach"),
    ("src/core/diff/x.c", "#include <teach/teach.h>\n", "src/core/diff/x.c:1: core may not enter teach"),
    ("src/core/ir/rules.def", '#include "core/lang/lang.h"\n', "src/core/ir/rules.def:1: core/ir may not include"),
    ("src/core/ir/x.c", '#include "ir.h"\n', 'src/core/ir/x.c:1: write the wing and the room too: "core/ir/ir.h"'),
    ("src/core/ir/x.c", '#include "../base/mem.h"\n', "src/core/ir/x.c:1: write the wing and the room too"),
    ("src/core/ir/x.c", '#include "core/bse/mem.h"\n', "src/core/ir/x.c:1: there is no room core/bse"),
    ("src/core/ir/x.c", '#include "cor/base/mem.h"\n', "src/core/ir/x.c:1: there is no wing cor"),
    ("src/teach/explain/x.c", '#include "core/ir/ir.h"\n', "src/teach/explain/x.c:1: the door of core is core/core.h"),
    ("src/core/cellar/x.c", '#include "core/base/mem.h"\n', "src/core/cellar/x.c:1: room core/cellar is not in src/ROOMS"),
    ("cli/x.c", '#include "core/base/mem.h"\n', "cli/x.c:1: cli/ may include dfoo.h and its own headers only"),
    ("cli/x.c", '#include "../src/core/base/mem.h"\n', "cli/x.c:1: cli/ may include"),
    ("examples/x.c", "#include <core/base/mem.h>\n", "examples/x.c:1: examples/ may include"),
    ("src/core/base/x.c", "#include <unistd.h>\n", "src/core/base/x.c:1: <unistd.h> is no part of C: only host may"),
    ("src/api/x.c", "#include <sys/stat.h>\n", "src/api/x.c:1: <sys/stat.h> is no part of C"),
    ("src/ROOMS", "core:\n base ir\n ir base\nteach: core\n explain\napi: core teach\n",
     "src/ROOMS:2: base: ir must stand above it"),
    ("src/ROOMS", "core: teach\n base\n ir base\nteach: core\n explain\napi: core teach\n",
     "src/ROOMS:1: core: teach must stand above it"),
])
def test_what_is_planted_is_found(tree, path, text, finding):
    found = tree(path, text)
    assert found.startswith(finding)
    assert found.count("\n") == 1


def test_circles_of_files_are_found(tree):
    found = tree("src/core/base/mem.h", '#include "core/base/text.h"\n')
    assert found == "src/core/base/mem.h: in a circle of includes with src/core/base/text.h\n"


# ------------------------------------------------------------------ calls


@pytest.fixture
def compiled(tmp_path, root):
    """Compiles files of a small project as CMake does, and gives what tools/rooms --calls finds."""
    def findings(**sources):
        for name, text in sources.items():
            wing, room, *_ = name.split("_")
            source = pathlib.Path("cli" if wing == "cli" else f"src/{wing}/{room}") / f"{name}.c"
            below = "dfoo.dir" if wing == "cli" else "dfoo_objects.dir"
            out = tmp_path / "build/CMakeFiles" / below / f"{source}.o"
            for path in (tmp_path / source, out):
                path.parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / source).write_text(text)
            subprocess.run(["cc", "-c", "-w", "-o", out, tmp_path / source], check=True)
        shutil.copy(root / "src/ROOMS", tmp_path / "src/ROOMS")
        done = subprocess.run([root / "tools/rooms", "--calls", tmp_path / "build", tmp_path], capture_output=True, text=True)
        assert done.stderr == ""
        assert done.returncode == (1 if done.stdout else 0)
        return done.stdout

    return findings


def test_calls_in_order(compiled):
    assert compiled(core_base_a="int a(void) { return 1; }",
                    core_ir_b="int a(void); int b(void) { return a(); }",
                    core_ir_c='int b(void); int c(void) { return b() + puts_no(); } int puts_no(void) { return 0; }',
                    cli_main="int b(void) { return 2; } int main(void) { return b(); }") == ""


@pytest.mark.parametrize("sources, finding", [
    ({"core_ir_a": "int b(void); int a(void) { return b(); }", "core_ir_b": "int a(void); int b(void) { return a(); }"},
     "src/core/ir/core_ir_a.c: in a circle of calls with src/core/ir/core_ir_b.c\n"),
    ({"core_ir_a": "extern int b[]; int *a(void) { return b; }", "core_lang_b": "int b[] = {1};"},
     "src/core/ir/core_ir_a.c: core/ir may not use b of src/core/lang/core_lang_b.c\n"),
    ({"core_ir_a": "int b(void); int a(void) { return b(); }", "teach_check_b": "int b(void) { return 1; }"},
     "src/core/ir/core_ir_a.c: core/ir may not use b of src/teach/check/teach_check_b.c\n"),
    ({"run_exec_a": "int getpid(void); int a(void) { return getpid(); }"},
     "src/run/exec/run_exec_a.c: calls getpid, which is no function of C17: src/host has what else there is\n"),
    ({"core_ir_a": "int puts(const char *); int a(void) { return puts(\"\"); }"},
     "src/core/ir/core_ir_a.c: calls puts, which is no function of C17: src/host has what else there is\n"),
])
def test_calls_that_are_planted_are_found(compiled, sources, finding):
    assert compiled(**sources) == finding
