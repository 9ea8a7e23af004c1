"""The C programs in docs/library.md compile without a warning and do what the page says."""
import re
import subprocess

import pytest


def programs(root):
    return re.findall(r"^```c\n(#include.*?)^```", (root / "docs/library.md").read_text(), re.M | re.S)


@pytest.fixture
def said(root, build, tmp_path):
    if re.search(r"^DFOO_(SANITIZE:.*=.+|COVERAGE:BOOL=ON)$", (build / "CMakeCache.txt").read_text(), re.M):
        pytest.skip("an instrumented library asks for flags")

    def run(i):
        (tmp_path / "main.c").write_text(programs(root)[i])
        made = subprocess.run(["cc", "-std=c17", "-Wall", "-Wextra", "-Werror", f"-I{root}/include", tmp_path / "main.c", "-o",
                               tmp_path / "main", f"-L{build}", "-ldfoo", f"-Wl,-rpath,{build}"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        done = subprocess.run([tmp_path / "main"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_a_compiled_function(said):
    assert float(re.fullmatch(r"J = ([\d.]+)\n", said(0)).group(1)) < 0.5


def test_a_model_without_text(said, root):
    assert "dw = 1/m * X @ dZ.T" in said(1)
    assert len(programs(root)) == 2
