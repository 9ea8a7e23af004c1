"""tools/amalgamate: dfoo.c and dfoo.h, copied into somebody's program and compiled with both compilers without a
warning, give what the library gives, need what they say, and show no names but dfoo_.."""
import re
import shutil
import subprocess

import pytest

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


@pytest.fixture(scope="module")
def single(root, build, tmp_path_factory):
    directory = tmp_path_factory.mktemp("single")
    done = subprocess.run([root / "tools/amalgamate", directory, "--models", build / "builtin_models.c"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in directory.iterdir()} == {"dfoo.c", "dfoo.h"}
    (directory / "user.c").write_text(USER)
    return directory


def libraries(single):
    said = re.search(r"cc -std=c17 program\.c dfoo\.c (.*)", (single / "dfoo.c").read_text()).group(1)
    return said


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_two_files_are_enough(single, compiler):
    if not shutil.which(compiler):
        pytest.skip(f"needs {compiler}")
    command = f"{compiler} -std=c17 -Wall -Wextra -Werror user.c dfoo.c -o {compiler} {libraries(single)}"
    made = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=single)
    assert made.returncode == 0, made.stderr[:3000]
    done = subprocess.run([single / compiler], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "dw = 2/m * X @ Z.T" in done.stdout
    assert done.stdout.endswith("dw = -3 -7, 0.2.0, 2\n")


def test_no_other_names(single):
    subprocess.run(f"gcc -std=c17 -c dfoo.c -o names.o {libraries(single)}", shell=True, check=True, cwd=single,
                   stderr=subprocess.DEVNULL)
    said = subprocess.run(["nm", "-g", "--defined-only", "names.o"], capture_output=True, text=True, check=True, cwd=single)
    names = {line.split()[-1] for line in said.stdout.splitlines()}
    assert names and {name for name in names if not name.startswith("dfoo_")} == set()
