"""Bounds: what never ends, what is small and unpacks to much, and what --memory allows; each ends soon, with a message
that says what needs how much."""
import json
import os
import resource
import subprocess
import time

import numpy as np
import pytest


@pytest.fixture
def program(build):
    return os.environ.get("DFOO_BIN", str(build / "dfoo"))


@pytest.fixture
def folder(root, tmp_path, dfoo):
    (tmp_path / "d.csv").write_bytes((root / "examples/data/planar.csv").read_bytes())
    assert dfoo("train", "two_layer", "--data", "d.csv", "--epochs", "1", "-o", "w.npz", "--quiet", cwd=tmp_path).returncode == 0
    return tmp_path


ENDLESS = ["/dev/zero", "/dev/full"]
READERS = [["derive", "{}"], ["explain", "{}", "--all"], ["show", "{}"], ["check", "two_layer", "--against", "{}"], ["grade", "two_layer", "{}", "-o", "out.csv"],
           ["check", "two_layer", "--against", "{}", "--json"], ["train", "two_layer", "--data", "{}", "-o", "out.npz"],
           ["train", "two_layer", "--data", "d.csv", "--optimizer", "{}", "-o", "out.npz"], ["train", "two_layer", "--data", "d.csv", "--schedule", "{}", "-o", "out.npz"],
           ["train", "two_layer", "--data", "d.csv", "--from", "{}", "-o", "out.npz"], ["train", "two_layer", "--data", "d.csv", "--classes", "{}", "-o", "out.npz"],
           ["grad", "two_layer", "--values", "{}", "-o", "out.npz"], ["predict", "--weights", "{}", "--data", "d.csv"], ["predict", "--weights", "w.npz", "--data", "{}"],
           ["plot", "--log", "{}"], ["check", "two_layer", "--values", "{}"]]


@pytest.mark.parametrize("path", ENDLESS)
@pytest.mark.parametrize("args", READERS, ids=lambda a: " ".join(a))
def test_what_never_ends(dfoo, folder, args, path):
    start = time.monotonic()
    done = dfoo(*[a.replace("{}", path) for a in args], cwd=folder)
    assert done.returncode == 2 and (os.path.basename(path) in done.stderr + done.stdout), done
    assert time.monotonic() - start < 20


def test_a_text_that_never_ends(program, folder):
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        done = subprocess.run([program, "derive", "-"], stdin=endless.stdout, capture_output=True, text=True, timeout=120)
        endless.kill()
    assert done.returncode == 2 and "standard input: is more than 64 MB: too large for a text that somebody wrote" in done.stderr


def test_training_onto_a_device_does_not_read_it(dfoo, folder):
    done = dfoo("train", "two_layer", "--data", "d.csv", "--epochs", "1", "-o", "/dev/full", cwd=folder)
    assert done.returncode == 2 and "/dev/full: cannot be written: No space left on device" in done.stderr


# ------------------------------------------------------------------------ --memory


def peak(program, args, cwd):
    """How much memory a command takes, in bytes, and the command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run([program, *args], cwd=cwd, capture_output=True, text=True, timeout=120)
    return max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, before) * 1024, done


@pytest.mark.parametrize("name", ["packed", "plain"])
def test_a_limit(program, folder, name):
    save = np.savez_compressed if name == "packed" else np.savez
    save(folder / "z.npz", X=np.zeros((2, 4_000_000), np.uint8), Y=np.zeros((1, 4_000_000), np.uint8))
    taken, done = peak(program, ["train", "two_layer", "--data", "z.npz", "--epochs", "1", "--memory", "80M", "-o", "out.npz"], folder)
    assert done.returncode == 2 and done.stderr.startswith("error: "), done
    assert "are needed beside" in done.stderr and "and the limit is 80 MB" in done.stderr
    assert taken < 120e6 or "san" in str(program)


def test_what_a_small_file_unpacks_to(program, folder):
    """More than a gigabyte out of less than a megabyte is refused before it is unpacked."""
    np.savez_compressed(folder / "z.npz", X=np.zeros((2, 100_000_000), np.uint8), Y=np.zeros((1, 1), np.uint8))
    assert (folder / "z.npz").stat().st_size < 1e6
    start = time.monotonic()
    done = subprocess.run([program, "train", "two_layer", "--data", "z.npz", "-o", "out.npz"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "'X' has the shape (2, 100000000), and a packed file of this size has to be unpacked first for its 1.6 GB as float64" in done.stderr
    assert time.monotonic() - start < 20


def test_a_limit_for_parameters(dfoo, folder):
    done = dfoo("train", "two_layer", "--data", "d.csv", "--set", "n1=3000000", "--memory", "100M", "-o", "out.npz", cwd=folder)
    assert done.returncode == 2 and "error: out of memory: " in done.stderr and "the limit is 100 MB" in done.stderr
    done = dfoo("train", "two_layer", "--data", "d.csv", "--set", "n1=1000000000", "--memory", "1G", "-o", "out.npz", "--json", cwd=folder)
    told = json.loads(done.stdout)
    assert done.returncode == 2 and "are needed beside" in told["messages"][-1]["text"]


@pytest.mark.parametrize("word, right", [("1", True), ("80M", True), ("80m", True), ("1.5G", True), ("500kB", True), ("2TB", True), ("0", False), ("-1", False), ("1e9", False),
                                         ("M", False), ("1.5Gx", False), ("1MM", False), ("", False), ("nan", False), ("99999999999T", False)])
def test_words(dfoo, word, right):
    done = dfoo("show", "--optimizer", "sgd", "--memory", word)
    assert ("--memory takes a number of bytes, as in 500M or 4G" in done.stderr or "the value of --memory is empty" in done.stderr) != right


def test_many_small_arrays(dfoo, folder):
    """Their time grows with their number, not with its square."""
    times = []
    for n in (4000, 16000):
        np.savez(folder / "many.npz", **{f"a{i}": np.float64(i) for i in range(n)})
        start = time.monotonic()
        assert dfoo("grad", "two_layer", "--values", "many.npz", "-o", "out.npz", cwd=folder).returncode == 0
        times.append(time.monotonic() - start)
    assert times[1] < 10 * max(times[0], 0.02)


@pytest.mark.parametrize("limit", [30_000, 64_000, 150_000])
def test_little_address_space(program, limit):
    """--version and a derivation need little, and nothing is retried for ever."""
    def little():
        resource.setrlimit(resource.RLIMIT_AS, (limit * 1024, limit * 1024))
    if "san" in program:
        pytest.skip("a sanitizer takes terabytes of addresses")
    for args in (["--version"], ["derive", "two_layer"], ["explain", "two_layer", "dW1"]):
        done = subprocess.run([program, *args], preexec_fn=little, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, (args, done)
