"""The Python package, as people install it: the wheel is built and goes into fresh environments, where python/tests run on it. What is
needed comes from PyPI by name; wheels and environments are kept in build/."""
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest

from conftest import is_instrumented

pytestmark = pytest.mark.skipif(is_instrumented(), reason="the wheel is the same whatever is instrumented")

NEWEST = ["numpy", "scikit-learn", "pandas", "ipython", "ipykernel", "nbclient", "nbformat", "nbconvert", "mypy", "basedpyright", "safetensors"]
# The oldest that this Python has wheels of, and that package's oldest companion.
OLDEST = {(3, 9): "1.19.3", (3, 10): "1.21.2", (3, 11): "1.23.2", (3, 12): "1.26.0", (3, 13): "2.1.0"}


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(root):
    """The wheel of this source: built again when a file changed that it is made of."""
    files = sorted(p for folder in ("src", "include", "python/src", "examples", "cmake") for p in (root / folder).rglob("*")
                   if p.suffix in (".c", ".h", ".py", ".def", ".inc", ".eq", ".cmake") and p.name != "_c.py")
    files += [root / "tools/amalgamate", root / "tools/wheel", root / "python/CMakeLists.txt", root / "python/pyproject.toml",
              root / "python/generate.py", root / "tools/requirements"]
    digest = hashlib.sha256(b"".join(str(p).encode() + p.read_bytes() for p in files)).hexdigest()
    made = root / "build/wheels" / digest[:16]
    if not list(made.glob("*.whl")):
        run(root / "tools/wheel", "--arch", "x86_64" if os.uname().machine == "x86_64" else "aarch64", "--sdist", made)
    found, = made.glob("*.whl")
    return found


def environment(root, name, packages, wheel):
    """A Python of its own with these packages and the wheel."""
    place = root / "build" / f"python-{name}"
    python, wanted = place / "bin/python", "\n".join(packages)
    if not (place / "packages").exists() or (place / "packages").read_text() != wanted:
        run(sys.executable, "-m", "venv", "--clear", place)
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "pytest", *packages)
        (place / "packages").write_text(wanted)
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--force-reinstall", wheel)
    return python


def passed(root, python, tmp_path):
    """All of python/tests, away from the source, so that the package that is installed is what they import."""
    said = run(python, "-W", "error::DeprecationWarning:dfoo", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
               "--rootdir", root / "python/tests", root / "python/tests", cwd=tmp_path,
               env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"})
    return int(re.search(r"(\d+) passed", said).group(1))


def test_wheel(root, wheel):
    """One small wheel for every Python 3, which needs the C library and the mathematics beside it."""
    assert re.fullmatch(r"dfoo-[\d.]+-py3-none-manylinux_2_17_\w+\.whl", wheel.name)
    assert wheel.stat().st_size < 1.5e6
    tools = root / "build/venv/bin"
    said = run(tools / "auditwheel", "show", wheel, env=dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}"))
    assert 'manylinux_2_17' in said.replace("\n", " ")
    needed = set(re.findall(r"(lib\w+)\.so", said))
    assert needed <= {"libm", "libc", "libpthread", "libdl"}
    names = zipfile.ZipFile(wheel).namelist()
    assert {"dfoo/py.typed", "dfoo/_c.py", "dfoo/libdfoo.so"} <= set(names) and any(n.endswith("LICENSE") for n in names)


def test_version(root):
    header = re.search(r'DFOO_VERSION "(.*)"', (root / "include/dfoo.h").read_text()).group(1)
    assert re.search(r'^version = "(.*?)"', (root / "python/pyproject.toml").read_text(), re.M).group(1) == header


def test_newest(root, wheel, tmp_path):
    python = environment(root, "newest", NEWEST, wheel)
    assert passed(root, python, tmp_path) > 100


def test_oldest(root, wheel, tmp_path):
    python = environment(root, "oldest", [f"numpy=={OLDEST.get(sys.version_info[:2], '1.26.0')}"], wheel)
    assert passed(root, python, tmp_path) > 90


def test_sdist(root, wheel, tmp_path):
    """The source that pip builds where there is no wheel: it has all, and no path of this tree."""
    import tarfile

    source, = wheel.parent.glob("*.tar.gz")
    with tarfile.open(source) as tar:
        names = {pathlib.PurePath(name).relative_to(tar.getnames()[0].split("/")[0]).as_posix() for name in tar.getnames()}
        top = tar.getnames()[0].split("/")[0]
        code = tar.extractfile(f"{top}/c/dfoo.c").read()
    assert {"pyproject.toml", "CMakeLists.txt", "generate.py", "c/dfoo.c", "c/dfoo.h", "src/dfoo/__init__.py"} <= names
    assert str(root).encode() not in code
