"""The program built without zlib: it links none, reads and writes all that is not packed with the same bits, and says
of what is packed why it cannot be read."""
import gzip
import re
import shutil
import subprocess

import h5py
import numpy as np
import pytest

from conftest import is_instrumented

pytestmark = pytest.mark.skipif(is_instrumented(), reason="the same whatever the build under test is")

REFUSED = "is packed, and this dfoo was built without zlib: unpack it first"


def defined(command):
    """What a compiler is told that can change what an object does."""
    return set(re.findall(r" (-[DU]\S+|-std=\S+)", command)) - {"-DNDEBUG"}


def objects(build):
    """{an object: how it was compiled}."""
    done = subprocess.run(["ninja", "-t", "commands", "dfoo"], cwd=build, capture_output=True, text=True, check=True)
    return {path[1]: defined(line) for line in done.stdout.splitlines() if (path := re.search(r" -o (\S+\.o) -c ", line))}


@pytest.fixture(scope="module")
def bare(root, build):
    """What the preset compiles as the build under test does is taken from there: of some 300 objects a few are left."""
    def said(*command, cwd=root):
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    said("cmake", "--preset", "no-zlib")
    own = root / "build/no-zlib"
    there, compiled = objects(build), 0
    for command in said("ninja", "-t", "commands", "dfoo", cwd=own).splitlines():
        path = re.search(r" -o (\S+\.o) -c ", command)
        if path and there.get(path[1]) == defined(command):
            (own / path[1]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(build / path[1], own / path[1])
        else:
            compiled += path is not None
            said("sh", "-c", command, cwd=own)
    assert 1 <= compiled < 20
    program = own / "dfoo"

    def run(*words, cwd):
        return subprocess.run([program, *map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=120)

    run.program = program
    return run


@pytest.fixture
def files(tmp_path):
    """The same examples in every kind of file, packed and not."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(40, 2))
    y = (x[:, :1] * x[:, 1:] > 0).astype(float)
    table = "a,b,label\n" + "".join(f"{p!r},{q!r},{int(t)}\n" for (p, q), (t,) in zip(x.tolist(), y.tolist()))
    (tmp_path / "plain.csv").write_text(table)
    with gzip.open(tmp_path / "packed.csv.gz", "wt") as file:
        file.write(table)
    np.savez(tmp_path / "plain.npz", X=x.T, Y=y.T)
    np.savez_compressed(tmp_path / "packed.npz", X=x.T, Y=y.T)
    for name, filters in [("plain.h5", {}), ("filtered.h5", {"compression": "gzip"})]:
        with h5py.File(tmp_path / name, "w") as file:
            file.create_dataset("X", data=x.T, **filters)
            file.create_dataset("Y", data=y.T, **filters)
    (tmp_path / "packed.npy.gz").write_bytes(gzip.compress((tmp_path / "plain.npz").read_bytes()))
    return tmp_path


def train(program, files, data, to):
    return program("train", "two_layer", "--data", data, "--epochs", "5", "--quiet", "-o", to, cwd=files)


def test_it_links_no_zlib(bare):
    linked = subprocess.run(["ldd", bare.program], capture_output=True, text=True, check=True).stdout
    assert "libc.so" in linked and "libz" not in linked


@pytest.mark.parametrize("data", ["plain.csv", "plain.npz", "plain.h5", "filtered.h5"])
def test_what_is_not_packed_is_read(bare, dfoo, files, data):
    """HDF5's own filters are libhdf5's affair. The run is the one of the program with zlib, byte by byte."""
    done = train(bare, files, data, "bare.npz")
    assert done.returncode == 0, done.stderr
    assert train(dfoo, files, data, "usual.npz").returncode == 0
    assert (files / "bare.npz").read_bytes() == (files / "usual.npz").read_bytes()
    with np.load(files / "bare.npz") as run:
        assert {"W1", "b1", "W2", "b2"} <= set(run.files)
    seen = bare("predict", "--weights", "bare.npz", "--data", data, cwd=files)
    assert seen.returncode == 0 and seen.stdout == dfoo("predict", "--weights", "usual.npz", "--data", data, cwd=files).stdout


@pytest.mark.parametrize("data, where", [("packed.csv.gz", "packed.csv.gz:"), ("packed.npz", "packed.npz: array 'X'"), ("packed.npy.gz", "packed.npy.gz:")])
def test_what_is_packed_is_refused(bare, dfoo, files, data, where):
    done = train(bare, files, data, "run.npz")
    assert done.returncode == 2 and f"error: {where}" in done.stderr and REFUSED in done.stderr, done.stderr
    assert not (files / "run.npz").exists()
    if data != "packed.npy.gz":
        assert train(dfoo, files, data, "run.npz").returncode == 0


def test_sums_are_checked_all_the_same(bare, files):
    whole = bytearray((files / "plain.npz").read_bytes())
    whole[len(whole) // 3] ^= 1
    (files / "spoilt.npz").write_bytes(whole)
    done = train(bare, files, "spoilt.npz", "run.npz")
    assert done.returncode == 2 and "spoilt.npz: array 'X': cannot be read: CRC error" in done.stderr, done.stderr
