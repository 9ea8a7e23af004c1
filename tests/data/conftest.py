"""How the Python tests of this folder see a file: through dump_arrays (dump_arrays.c)."""
import ast
import subprocess

import numpy as np
import pytest


@pytest.fixture(scope="session")
def dump(build):
    """dump(file, ..) runs dump_arrays; dump(.., fails="..") expects a message with these words."""
    program = build / "dump_arrays"

    def run(*args, stdin=b"", fails=None, text=True):
        done = subprocess.run([program, *map(str, args)], input=stdin, capture_output=True, timeout=120)
        message = done.stderr.decode()
        if fails is None:
            assert done.returncode == 0, message
        else:
            assert done.returncode in (2, 3), message
            assert fails in message
            assert message.count("error: ") == 1
        return done.stdout.decode() if text else done.stdout

    return run


@pytest.fixture
def read(dump):
    """read(file) -> {name: array} as the library reads it."""

    def run(*args, **options):
        arrays = {}
        for line in dump(*args, **options).splitlines():
            name, shape, numbers = line.split("\t")
            values = [float.fromhex(x) for x in numbers.split()]
            arrays[name] = np.array(values).reshape(ast.literal_eval(shape))
        return arrays

    return run


@pytest.fixture
def texts(dump):
    """texts(file) -> {name: [text, ..]}, the arrays of text in it."""

    def run(path):
        lines = dump("--texts", path).splitlines()
        return {line.split("\t")[0]: line.split("\t")[1].split("|") for line in lines}

    return run
