"""include/dfoo.h stands alone: in old and new C, in C++, twice, and without a warning."""
import os
import subprocess

import pytest

LANGUAGES = ["-xc -std=c99", "-xc -std=c17", "-xc++ -std=c++98", "-xc++ -std=c++20"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_compiles(root, tmp_path, language):
    (tmp_path / "user.c").write_text('#include "dfoo.h"\n#include "dfoo.h"\n'
                                     "dfoo_status status(dfoo **out);\n"
                                     "dfoo_status status(dfoo **out) { return dfoo_open(0, out); }\n")
    compiler = os.environ.get("CXX", "c++")
    done = subprocess.run([compiler, *language.split(), "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
                           "-fsyntax-only", f"-I{root}/include", tmp_path / "user.c"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
