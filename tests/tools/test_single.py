"""tools/amalgamate: dfoo.c and dfoo.h, copied into somebody's program and compiled with both compilers without a
warning, give what the library gives, need what they say, and show no names but dfoo_.. They compile for platforms that
are not here, too: Linux with musl, macOS, Windows."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import is_instrumented

USER = r"""
#include "dfoo.h"
#include <stdio.h>
#include <string.h>

int plan_make(int x); /* a user's names are the user's */
int plan_make(int x) { return x + 1; }

int main(void) {
    static const double X[] = {1, 2, 3, 4}, w[] = {0.5, -0.5};
    dfoo *d;
    dfoo_model *model;
    dfoo_function *f;
    char *text;
    const char *lines = "input X : (n, m)\nparam w : (n, 1)\nZ = w.T @ X\nJ = 1/m * sum(Z**2)\nminimize J\n";
    if (dfoo_open(NULL, &d) != DFOO_OK || dfoo_model_parse(d, "user", lines, strlen(lines), &model) != DFOO_OK) return 2;
    if (dfoo_derive(model, NULL, &text) != DFOO_OK) return 3;
    fputs(text, stdout);
    dfoo_text_free(d, text);
    if (dfoo_compile(model, NULL, &f) != DFOO_OK || dfoo_function_bind(f, "X", X, 2, 2) != DFOO_OK ||
        dfoo_function_bind(f, "w", w, 2, 1) != DFOO_OK || dfoo_function_run(f, 0) != DFOO_OK) return 4;
    const double *dw = dfoo_function_get(f, "dw");
    printf("dw = %g %g, %s, %d\n", dw[0], dw[1], dfoo_version(), plan_make(1));
    dfoo_function_free(f);
    dfoo_model_free(model);
    dfoo_close(d);
    return 0;
}
"""


# Other platforms: what compiles for them is zig (from PyPI, see tools/venv), a clang with the headers of all of them.
ELSEWHERE = ["x86_64-linux-musl", "aarch64-macos", "x86_64-windows-gnu"]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-Wno-enum-float-conversion"]

pytestmark = pytest.mark.skipif(is_instrumented(), reason="the same whatever the build under test is")


@pytest.fixture(scope="module")
def single(root, build, tmp_path_factory):
    directory = tmp_path_factory.mktemp("single")
    done = subprocess.run([root / "tools/amalgamate", directory, "--models", build / "builtin_models.c"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in directory.iterdir()} == {"dfoo.c", "dfoo.h"}
    (directory / "user.c").write_text(USER)
    return directory


@pytest.fixture(scope="module")
def zig(root):
    made = subprocess.run([root / "tools/venv"], capture_output=True, text=True, timeout=900)
    if made.returncode:
        pytest.skip(f"no environment with ziglang: {made.stderr.strip().splitlines()[-1:]}")
    where = subprocess.run([made.stdout.strip(), "-c", "import ziglang; print(ziglang.__file__)"], capture_output=True, text=True, check=True)
    return pathlib.Path(where.stdout.strip()).parent / "zig"


def libraries(single):
    return re.search(r"cc -std=c17 program\.c dfoo\.c (.*)", (single / "dfoo.c").read_text()).group(1)


def compiled(command, directory):
    made = subprocess.run(command, shell=isinstance(command, str), capture_output=True, text=True, cwd=directory, timeout=900,
                          env=dict(os.environ, ZIG_GLOBAL_CACHE_DIR=str(directory / "zig")))
    assert made.returncode == 0, made.stderr[:3000]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_two_files_are_enough(single, compiler):
    """And what they bring into a program are names of the library only."""
    if not shutil.which(compiler):
        pytest.skip(f"needs {compiler}")
    compiled(f"{compiler} -std=c17 -Wall -Wextra -Werror -c dfoo.c -o {compiler}.o", single)
    compiled(f"{compiler} -std=c17 -Wall -Wextra -Werror user.c {compiler}.o -o {compiler} {libraries(single)}", single)
    done = subprocess.run([single / compiler], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "dw = 2/m * X @ Z.T" in done.stdout
    assert done.stdout.endswith("dw = -3 -7, 0.2.0, 2\n")
    said = subprocess.run(["nm", "-g", "--defined-only", f"{compiler}.o"], capture_output=True, text=True, check=True, cwd=single)
    names = {line.split()[-1] for line in said.stdout.splitlines()}
    assert names and {name for name in names if not name.startswith("dfoo_")} == set()


@pytest.mark.parametrize("platform", ELSEWHERE)
def test_other_platforms(single, zig, platform):
    """Without a warning, too. zig is called itself, not through Python, and asked for neither its checks nor debugging:
    that is most of its time."""
    compiled([zig, "cc", "-target", platform, "-std=c17", "-g0", "-fno-sanitize=undefined", "-c", "-o", f"{platform}.o",
              *WARNINGS, "-DDFOO_NO_ZLIB", "dfoo.c"], single)
