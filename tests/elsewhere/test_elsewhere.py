"""The library on other platforms: run as WebAssembly, where there is C and nothing else; core as plain C17."""
import csv
import fcntl
import pathlib
import re
import shutil
import subprocess

import numpy as np
import pytest

from conftest import is_instrumented

HERE = pathlib.Path(__file__).parent

pytestmark = pytest.mark.skipif(is_instrumented(), reason="the same whatever the build under test is")


def run(*words, **options):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=900, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def make(root, preset):
    (root / "build").mkdir(exist_ok=True)
    with open(root / "build" / f"{preset}.lock", "w") as lock:  # tools/page builds there, too
        fcntl.flock(lock, fcntl.LOCK_EX)
        run("cmake", "--preset", preset, cwd=root)
        run("cmake", "--build", "--preset", preset, cwd=root)
    return root / "build" / preset


def test_core_teach_and_ship_are_c17_alone(root):
    made = make(root, "core")
    source = made / "CMakeFiles" / "dfoo_objects.dir" / "src"
    wings = {path.relative_to(source).parts[0] for path in source.rglob("*.o")}
    assert wings == {"core", "teach", "ship"}


@pytest.fixture(scope="module")
def both(build, root, tmp_path_factory):
    """both(words..) -> what the native program writes and what the one for WebAssembly does, in a folder each."""
    for needed in "clang", "wasm-ld", "node":
        if not (shutil.which(needed) or needed == "wasm-ld" and pathlib.Path("/usr/lib/wasm32-wasi").exists()):
            pytest.skip(f"needs {needed} (tools/deps wasm)")
    program = make(root, "wasm32") / "commands.wasm"
    folders = [tmp_path_factory.mktemp(name) for name in ("native", "wasm")]

    def ask(*words):
        return (run(build / "commands", *words, cwd=folders[0]),
                run("node", "--no-warnings", HERE / "run.mjs", program, folders[1], *words))

    ask.folders = folders
    return ask


@pytest.mark.parametrize("words", [
    ["derive", "two_layer"], ["derive", "softmax"], ["explain", "two_layer", "dW1"], ["explain", "deep", "dZ2"],
    ["check", "deep"], ["check", "softmax"]], ids=" ".join)
def test_the_same_text(both, words):
    native, wasm = both(*words)
    assert native and native == wasm


def test_the_same_training_but_for_rounding(both):
    """WebAssembly has no fused multiplication and addition, so products differ in the last bits."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 2))
    for folder in both.folders:
        with open(folder / "xor.csv", "w", newline="") as file:
            csv.writer(file).writerows([["a", "b", "label"], *np.column_stack([x, x[:, 0] * x[:, 1] > 0]).tolist()])
    native, wasm = both("train", "two_layer", "xor.csv", "run.npz", "log.csv")
    costs = [float(re.fullmatch(r"200 epochs, cost (\S+)\n", text)[1]) for text in (native, wasm)]
    assert costs[0] < 0.5
    np.testing.assert_allclose(costs[1], costs[0], rtol=1e-9)
    logs = [np.genfromtxt(folder / "log.csv", delimiter=",", skip_header=1) for folder in both.folders]
    np.testing.assert_allclose(logs[1], logs[0], rtol=1e-9)
    with np.load(both.folders[0] / "run.npz") as left, np.load(both.folders[1] / "run.npz") as right:
        assert left.files == right.files
        for name in "W1", "b1", "W2", "b2":
            np.testing.assert_allclose(right[name], left[name], rtol=1e-8)


def test_what_wasm_lacks_is_said(both):
    """Packed files need zlib: the build without it says so."""
    for folder in both.folders:
        np.savez_compressed(folder / "packed.npz", X=np.ones((2, 4)), Y=np.ones((1, 4)))
    done = subprocess.run(["node", "--no-warnings", HERE / "run.mjs", HERE.parents[1] / "build/wasm32/commands.wasm",
                           both.folders[1], "train", "two_layer", "packed.npz", "a.npz", "a.csv"],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "built without zlib" in done.stderr, done
