"""How many instructions fixed programs take, on one thread with the AVX2 kernels: valgrind counts them exactly, so
a regression of speed fails without any clock. instructions.json holds the counts, and which compiler made the code
and which C library came with it; with others there is nothing to compare. DFOO_UPDATE=1 writes the counts again."""
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess

import numpy
import pytest

KEPT = pathlib.Path(__file__).parent / "instructions.json"
MARGIN = 0.03


def layers(widths, hidden, cost):
    """A chain of layers in the notation."""
    n = len(widths) - 1
    text = f"input X : ({widths[0]}, m)\nlabel Y : ({widths[-1]}, m)\n"
    for i in range(1, n + 1):
        text += f"param W{i} : ({widths[i]}, {widths[i - 1]}) ~ xavier\nparam b{i} : ({widths[i]}, 1)\n"
    for i in range(1, n + 1):
        text += f"Z{i} = W{i} @ {f'A{i - 1}' if i > 1 else 'X'} + b{i}\n" + (f"A{i} = {hidden}(Z{i})\n" if i < n else "")
    return text + cost.format(z=f"Z{n}") + "minimize J\n"


COIN = "A = sigmoid({z})\nJ = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\n"
CLASSES = "A = softmax({z})\nJ = -1/m * sum(Y * log(A))\n"
SQUARES = "J = 1/m * sum(({z} - Y)**2)\n"

# name: (equations, examples, options)
TRAINED = {
    "tiny": (layers((2, 4, 1), "tanh", COIN), 400, ["--epochs", 500]),
    "tiny, adam": (layers((2, 4, 1), "tanh", COIN), 400, ["--epochs", 500, "--optimizer", "adam"]),
    "one example": (layers((784, 30, 10), "sigmoid", SQUARES), 1, ["--epochs", 500]),
    "batch of 16": (layers((10, 64, 64, 1), "tanh", SQUARES), 16, ["--epochs", 200]),
    "classes, adam": (layers((100, 40, 10), "relu", CLASSES), 64, ["--epochs", 60, "--optimizer", "adam"]),
    "mini-batches": (layers((30, 16, 1), "relu", COIN), 512, ["--epochs", 10, "--batch", 32, "--optimizer", "momentum"]),
    "deep": (layers((16,) * 21, "tanh", SQUARES), 32, ["--epochs", 40]),
}
ALONE = {
    "start": ["help"],
    "derive": ["derive", "softmax"],
    "explain": ["explain", "two_layer", "dZ1"],
}


def kind(build):
    """What the counts depend on beside the source."""
    cache = (build / "CMakeCache.txt").read_text()
    compiler = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", cache, re.M)[1]
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    return [version, " ".join(platform.libc_ver())]


@pytest.fixture(scope="module")
def counted(build):
    cache = (build / "CMakeCache.txt").read_text()
    plain = re.search(r"^CMAKE_BUILD_TYPE:\w+=Release$", cache, re.M) \
        and not re.search(r"^DFOO_(SANITIZE:.*=.+|COVERAGE:BOOL=ON)$", cache, re.M)
    if not plain or platform.machine() != "x86_64" or not shutil.which("valgrind"):
        pytest.skip("counted are plain release builds for x86-64, where valgrind is installed")
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {"of": [], "counts": {}}
    if kept["of"] != kind(build) and not os.environ.get("DFOO_UPDATE"):
        pytest.skip(f"counted were {kept['of']}, this is {kind(build)}")
    return kept


def data_of(equations, m):
    """Examples and labels that fit the equations."""
    n = {v: int(re.search(rf"{v} : \((\d+), m\)", equations)[1]) for v in "XY"}
    r = numpy.random.default_rng(1)
    label = r.normal(size=(n["Y"], m))
    if "softmax" in equations:
        label = numpy.eye(n["Y"])[r.integers(0, n["Y"], m)].T
    elif "sigmoid(Z" in equations.split("J =")[0].split("\n")[-2]:
        label = r.integers(0, 2, (1, m))
    return {"X": r.normal(size=(n["X"], m)).astype("f4"), "Y": label.astype("f4")}


def count(build, directory, args):
    env = {"DFOO_ISA": "avx2", "PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", build / "dfoo",
                           *map(str, args)], cwd=directory, capture_output=True, text=True, env=env, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


@pytest.mark.parametrize("name", [*TRAINED, *ALONE])
def test_instructions(build, counted, tmp_path, name):
    args = ALONE.get(name)
    if not args:
        equations, m, options = TRAINED[name]
        (tmp_path / "net.eq").write_text(equations)
        numpy.savez(tmp_path / "data.npz", **data_of(equations, m))
        args = ["train", "net.eq", "--data", "data.npz", "--dtype", "f32", "--threads", 1, "--prepare", "none",
                "--quiet", "-o", "run.npz", *options]
    n = count(build, tmp_path, args)
    if os.environ.get("DFOO_UPDATE"):
        kept = json.loads(KEPT.read_text()) if KEPT.exists() else {"counts": {}}
        kept["of"] = kind(build)
        kept["counts"][name] = n
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        return
    want = counted["counts"][name]
    assert n < want * (1 + MARGIN), f"{n} instructions; {want} were enough"
    assert n > want * (1 - MARGIN), f"{n} instructions instead of {want}: DFOO_UPDATE=1 keeps it that way"
