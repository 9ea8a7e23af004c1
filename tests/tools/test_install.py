"""What `make install` installs, used as it is meant to be: from C and C++, with pkg-config and CMake, with man and
the shells; and that `tools/uninstall` takes it away again."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("cmake"), reason="needs cmake")


def run(*command, status=0, **kwargs):
    kwargs.setdefault("timeout", 300)
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **kwargs)
    assert done.returncode == status, (command, done.stdout, done.stderr)
    return done.stdout


def is_plain(build):
    cache = (build / "CMakeCache.txt").read_text()
    return not re.search(r"^DFOO_(SANITIZE:.*=.+|COVERAGE:BOOL=ON|FUZZ:BOOL=ON)$", cache, re.M)


@pytest.fixture(scope="module")
def installed(build, tmp_path_factory):
    """A prefix, moved after the installation: nothing in it knows where it was. Returns (prefix, files)."""
    if not is_plain(build):
        pytest.skip("an instrumented build is not installed")
    stage = tmp_path_factory.mktemp("stage")
    prefix = tmp_path_factory.mktemp("moved") / "a prefix"
    listed = build / "install_manifest.txt"  # perhaps of an installation that is in use
    before = listed.read_bytes() if listed.exists() else None
    run("cmake", "--install", build, "--prefix", "/opt/of dfoo", env=dict(os.environ, DESTDIR=str(stage)))
    manifest = listed.read_text().splitlines()
    listed.unlink() if before is None else listed.write_bytes(before)
    shutil.copytree(stage / "opt" / "of dfoo", prefix, symlinks=True)
    return prefix, stage, manifest


@pytest.fixture(scope="module")
def prefix(installed):
    return installed[0]


@pytest.fixture
def pkg_config(prefix):
    def ask(*words):
        done = subprocess.run(["pkg-config", *words], capture_output=True, text=True, check=True,
                              env=dict(os.environ, PKG_CONFIG_PATH=str(prefix / "lib" / "pkgconfig")))
        return shlex.split(done.stdout)

    return ask


def needed(program):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", program))


# --------------------------------------------------------------------- the tree


def test_destdir_is_honoured_and_uninstall_leaves_no_file(installed, root, tmp_path):
    _, stage, manifest = installed
    files = {path for path in stage.rglob("*") if path.is_file() or path.is_symlink()}
    assert {str(stage) + line for line in manifest} == {str(path) for path in files}
    assert all(line.startswith("/opt/of dfoo/") for line in manifest)
    listed = tmp_path / "manifest"
    listed.write_text("\n".join(manifest))
    copy = tmp_path / "copy"
    shutil.copytree(stage, copy, symlinks=True)
    said = run(root / "tools" / "uninstall", listed, env=dict(os.environ, DESTDIR=str(copy)))
    assert len(said.splitlines()) == len(manifest)
    assert [path for path in copy.rglob("*") if not path.is_dir() or path.name == "dfoo"] == []
    run(root / "tools" / "uninstall", tmp_path / "none", status=2)


def test_what_is_installed(prefix):
    there = {str(path.relative_to(prefix)) for path in prefix.rglob("*")}
    for name in ["bin/dfoo", "include/dfoo.h", "lib/libdfoo.a", "lib/libdfoo.so", "lib/pkgconfig/dfoo.pc",
                 "lib/pkgconfig/dfoo-static.pc", "lib/cmake/dfoo/dfooConfig.cmake", "share/man/man1/dfoo.1",
                 "share/man/man3/dfoo.3", "share/bash-completion/completions/dfoo",
                 "share/zsh/site-functions/_dfoo", "share/fish/vendor_completions.d/dfoo.fish"]:
        assert name in there
    commands = re.findall(r"^  ([a-z][a-z-]*) {2,}", run(prefix / "bin/dfoo", "help").split("\nMODEL")[0], re.M)
    assert {f"share/man/man1/dfoo-{c}.1" for c in commands} == {
        name for name in there if re.fullmatch(r"share/man/man1/dfoo-.*", name)}
    assert [path for path in prefix.rglob("*") if path.name.endswith((".pc", ".cmake"))
            and "/opt" in path.read_text()] == []


def test_the_program_works_where_it_is(prefix):
    assert "dZ1 = " in run(prefix / "bin" / "dfoo", "derive", "two_layer")
    assert run(prefix / "bin" / "dfoo", "help", "--completion", "zsh") == (
        prefix / "share/zsh/site-functions/_dfoo").read_text()


@pytest.mark.skipif(not shutil.which("man"), reason="needs man")
@pytest.mark.parametrize("page", ["dfoo", "dfoo-train", "3 dfoo"])
def test_man_finds_the_pages(prefix, page):
    env = dict(os.environ, MANPATH=str(prefix / "share" / "man"), MANWIDTH="80", LC_ALL="C.UTF-8")
    assert "NAME" in run("man", "-P", "cat", *page.split(), env=env)


# ---------------------------------------------------------------- C and C++ users

EXAMPLES = ["two_layer", "embedded", "gradient_check", "messages", "control", "early_stopping", "stream", "lbfgs",
            "without_text", "newton"]
NEEDS = {"lbfgs": "-llbfgs"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_with_pkg_config(root, prefix, pkg_config, tmp_path, name):
    program = tmp_path / name
    if name == "lbfgs" and not pathlib.Path("/usr/include/lbfgs.h").exists():
        pytest.skip("needs liblbfgs")
    run("cc", "-std=c17", "-Wall", "-Wextra", "-Werror", root / "examples" / f"{name}.c", "-o", program,
        *pkg_config("--cflags", "--libs", "dfoo"), *NEEDS.get(name, "").split(), "-lm")
    assert "libdfoo.so.0.2" in needed(program)
    run(program, env=dict(os.environ, LD_LIBRARY_PATH=str(prefix / "lib")))


def test_examples_are_all_here(root):
    assert sorted(EXAMPLES) == sorted(path.stem for path in (root / "examples").glob("*.c"))


def test_static_with_pkg_config(root, pkg_config, tmp_path):
    program = tmp_path / "static"
    run("cc", "-std=c17", root / "examples" / "embedded.c", "-o", program, *pkg_config("--cflags", "--libs", "dfoo-static"))
    assert not [name for name in needed(program) if "dfoo" in name]
    assert "the sine is" in run(program)


def test_a_users_names_are_the_users(prefix, pkg_config, tmp_path):
    """A program may use any name that is not dfoo_..: those inside the static library are its own."""
    names = {line.split()[-1] for line in run("nm", "-g", "--defined-only", prefix / "lib" / "libdfoo.a").splitlines()
             if len(line.split()) == 3}
    assert names and {name for name in names if not name.startswith("dfoo_")} == set()
    (tmp_path / "main.c").write_text(
        "#include <dfoo.h>\n#include <stdio.h>\nint ir_var_name(void); int ir_var_name(void) { return 7; }\n"
        "int plan_make = 3; double buf_printf(double x); double buf_printf(double x) { return x; }\n"
        "int main(void) { dfoo *d; char *t; dfoo_model *m;\n"
        "    if (dfoo_open(NULL, &d) || dfoo_model_read(d, \"deep\", &m) || dfoo_derive(m, NULL, &t)) return 1;\n"
        "    printf(\"%d\\n\", (int)buf_printf(ir_var_name() + plan_make)); return 0; }\n")
    program = tmp_path / "main"
    run("cc", tmp_path / "main.c", "-o", program, *pkg_config("--cflags", "--libs", "dfoo-static"))
    assert run(program) == "10\n"


CPLUSPLUS = """
#include <dfoo.h>
#include <memory>
#include <string>
#include <iostream>
int main() {
    dfoo *context = nullptr;
    if (dfoo_open(nullptr, &context) != DFOO_OK) return 2;
    std::unique_ptr<dfoo, void (*)(dfoo *)> d(context, dfoo_close);
    dfoo_model *model = nullptr;
    const std::string text = "input X : (n, m)\\nparam W : (1, n)\\nJ = 1/m * sum((W @ X)**2)\\nminimize J\\n";
    if (dfoo_model_parse(d.get(), "cpp", text.data(), text.size(), &model) != DFOO_OK) return 2;
    char *derived = nullptr;
    dfoo_derive_options how = DFOO_INIT(dfoo_derive_options);
    how.convention = DFOO_DJ;
    if (dfoo_derive(model, &how, &derived) != DFOO_OK) return 2;
    std::cout << derived;
    dfoo_text_free(d.get(), derived);
    dfoo_model_free(model);
}
"""


@pytest.mark.skipif(not shutil.which("g++"), reason="needs g++")
@pytest.mark.parametrize("module", ["dfoo", "dfoo-static"])
def test_from_cplusplus(prefix, pkg_config, tmp_path, module):
    (tmp_path / "main.cpp").write_text(CPLUSPLUS)
    run("g++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", tmp_path / "main.cpp", "-o", tmp_path / "main",
        *pkg_config("--cflags", "--libs", module))
    said = run(tmp_path / "main", env=dict(os.environ, LD_LIBRARY_PATH=str(prefix / "lib")))
    assert re.search(r"^dZ1 = 2/m \* Z1 ", said, re.M), said


PROJECT = """
cmake_minimum_required(VERSION 3.21)
project(user LANGUAGES C CXX)
find_package(dfoo 0.2 REQUIRED)
add_executable(shared embedded.c)
target_link_libraries(shared PRIVATE dfoo::dfoo m)
add_executable(static embedded.c)
target_link_libraries(static PRIVATE dfoo::dfoo_static)
add_executable(cplusplus main.cpp)
target_link_libraries(cplusplus PRIVATE dfoo::dfoo)
"""


@pytest.mark.skipif(not shutil.which("g++"), reason="needs g++")
def test_with_cmake(root, prefix, tmp_path):
    shutil.copy(root / "examples" / "embedded.c", tmp_path)
    (tmp_path / "main.cpp").write_text(CPLUSPLUS)
    (tmp_path / "CMakeLists.txt").write_text(PROJECT)
    run("cmake", "-S", tmp_path, "-B", tmp_path / "out", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tmp_path / "out")
    for name in ("shared", "static"):
        assert "the sine is" in run(tmp_path / "out" / name)
        assert ("libdfoo.so.0.2" in needed(tmp_path / "out" / name)) == (name == "shared")
    assert "dW = " in run(tmp_path / "out" / "cplusplus")


def test_cmake_refuses_another_version(prefix, tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.21)\nproject(user LANGUAGES C)\nfind_package(dfoo 9.9 REQUIRED)\n")
    done = subprocess.run(["cmake", "-S", tmp_path, "-B", tmp_path / "out", f"-DCMAKE_PREFIX_PATH={prefix}"],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode != 0 and "version: 0.2.0" in done.stderr
