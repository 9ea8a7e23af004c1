"""What all Python tests share: the build under test and a way to run its program."""
import os
import pathlib
import re
import subprocess
import zlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent

# An instrumented build, where a program is many times slower, runs one of n tests of a folder, drawn by their names: another one
# with another DFOO_SEED, all if DFOO_TIMES is more than 1. What they say is the same in every build.
ONE_OF_IF_INSTRUMENTED = {"precision": 8, "explain": 12, "cli": 8, "second": 6, "emit": 6, "docs": 6, "errors": 2, "torture": 1}
OTHERWISE = 3


def is_instrumented():
    cache = pathlib.Path(os.environ.get("DFOO_BUILD", ROOT / "build" / "release")) / "CMakeCache.txt"
    return cache.exists() and re.search(r"^DFOO_(SANITIZE:.*=.+|COVERAGE:BOOL=ON)$", cache.read_text(), re.M) is not None


def pytest_collection_modifyitems(config, items):
    if not is_instrumented() or int(os.environ.get("DFOO_TIMES", "1")) > 1:
        return
    seed = int(os.environ.get("DFOO_SEED", "0"))
    drawn = [(zlib.crc32(item.nodeid.encode()) + seed) % ONE_OF_IF_INSTRUMENTED.get(item.path.parent.name, OTHERWISE) == 0 for item in items]
    config.hook.pytest_deselected(items=[item for item, is_drawn in zip(items, drawn) if not is_drawn])
    items[:] = [item for item, is_drawn in zip(items, drawn) if is_drawn]


@pytest.fixture(scope="session")
def root():
    """The top of the source."""
    return ROOT


@pytest.fixture(scope="session")
def build():
    """The build directory under test."""
    return pathlib.Path(os.environ.get("DFOO_BUILD", ROOT / "build" / "release"))


@pytest.fixture(scope="session")
def instrumented():
    """Is it one with a sanitizer, or one that counts its lines?"""
    return is_instrumented()


@pytest.fixture(scope="session")
def dfoo(build):
    """dfoo("derive", "two_layer", stdin="..") runs the program, checks that it ends with one
    of its own statuses (a crash or a sanitizer's report does not), and returns the
    subprocess.CompletedProcess. text=False hands bytes in and out; env adds variables."""
    program = os.environ.get("DFOO_BIN", build / "dfoo")

    def run(*args, stdin=None, timeout=120, cwd=None, env=None, text=True):
        kind = {"encoding": "utf-8"} if text else {}
        done = subprocess.run([program, *map(str, args)], input=("" if text else b"") if stdin is None else stdin,
                              capture_output=True, timeout=timeout, cwd=cwd, env=dict(os.environ, **(env or {})),
                              **kind)
        assert done.returncode in (0, 1, 2), f"status {done.returncode}\n{done.stdout!s}{done.stderr!s}"
        return done

    return run


@pytest.fixture
def works(dfoo, tmp_path):
    """The same in the test's own folder, where it has to end well."""
    def run(*args):
        done = dfoo(*args, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done

    return run
