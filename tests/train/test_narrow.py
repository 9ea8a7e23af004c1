"""What is float32 stays float32 when training computes so: the same run as from float64, and memory for the data once."""
import os
import subprocess
import sys

import numpy
import pytest

MODEL = """input X : (6, m)
label Y : (1, m)
param W : (4, 6) ~ xavier
param b : (4, 1)
param V : (1, 4) ~ xavier
A = sigmoid(V @ tanh(W @ X + b))
J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))
minimize J
predict A
"""


def examples(m=37):
    r = numpy.random.default_rng(0)
    x = r.normal(size=(6, m)).astype("f4")
    return x, (x[:1] > 0).astype("f4")


def run(dfoo, where, arrays, *options):
    (where / "net.eq").write_text(MODEL)
    numpy.savez(where / "data.npz", **arrays)
    done = dfoo("train", "net.eq", "--data", "data.npz", "--dtype", "f32", "--epochs", 5, "--quiet", "-o", "run.npz",
                *options, cwd=where)
    assert done.returncode == 0, done.stderr
    with numpy.load(where / "run.npz") as z:
        trained = {k: z[k] for k in z.files}
    predicted = dfoo("predict", "net.eq", "--weights", "run.npz", "--data", "data.npz", "--dtype", "f32", cwd=where)
    assert predicted.returncode == 0, predicted.stderr
    return trained, predicted.stdout


def same(x, y):
    return x[1] == y[1] and all(numpy.array_equal(x[0][k], y[0][k]) for k in ("W", "b", "V"))


@pytest.mark.parametrize("options", [[], ["--batch", 8], ["--split", 0.3], ["--standardize"], ["--scale", "1/3"],
                                     ["--batch", 8, "--standardize", "--threads", 2]])
def test_the_same_run_from_either(dfoo, tmp_path, options):
    x, y = examples()
    wide = run(dfoo, tmp_path, {"X": x.astype("f8"), "Y": y.astype("f8")}, *options)
    for arrays in ({"X": x, "Y": y}, {"X": numpy.asfortranarray(x), "Y": y}, {"X": x.astype(">f4"), "Y": y.astype("u1")},
                   {"X": x, "Y": y.astype("f8")}, {"X": x, "Y": y[0]}, {"X": x, "Y": y[0].astype("i8")}):
        assert same(run(dfoo, tmp_path, arrays, *options), wide)


def test_turned(dfoo, tmp_path):
    x, y = examples()
    wide = run(dfoo, tmp_path, {"X": x.T.astype("f8"), "Y": y.astype("f8")})
    assert same(run(dfoo, tmp_path, {"X": x.T, "Y": y}), wide)


def test_images(dfoo, tmp_path):
    x = numpy.random.default_rng(1).integers(0, 256, (30, 2, 3), dtype="u1")
    y = x[:, 0, 0] > 100
    options = ["--flatten", "--scale", "1/255"]
    wide = run(dfoo, tmp_path, {"X": x.astype("f8"), "Y": y.astype("f8")}, *options)
    for kind in ("u1", "f4", "f2", "i2", "i4"):
        assert same(run(dfoo, tmp_path, {"X": x.astype(kind), "Y": y}, *options), wide)


def test_what_is_not_finite_is_refused_where_it_stands(dfoo, tmp_path):
    x, y = examples()
    x[3, 7] = numpy.nan
    (tmp_path / "net.eq").write_text(MODEL)
    numpy.savez(tmp_path / "data.npz", X=x, Y=y)
    done = dfoo("train", "net.eq", "--data", "data.npz", "--dtype", "f32", "-o", "run.npz", cwd=tmp_path)
    assert done.returncode == 2 and "row 4, column 8" in done.stderr


LIMITED = """import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
sys.stderr.write(done.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def test_memory_is_the_data_once(build, tmp_path):
    """A full batch of float32 is read where it lies; examples for mini-batches stand once more, one by one."""
    if "DFOO_SANITIZE:STRING=\n" not in (build / "CMakeCache.txt").read_text():
        pytest.skip("a sanitizer takes memory of its own")
    (tmp_path / "net.eq").write_text("input X : (100, m)\nlabel Y : (1, m)\nparam W : (1, 100) ~ xavier\n"
                                     "J = 1/m * sum((W @ X - Y)**2)\nminimize J\n")
    x = numpy.random.default_rng(0).normal(size=(100, 200000)).astype("f4")
    numpy.savez(tmp_path / "data.npz", X=x, Y=x[:1])
    program = os.environ.get("DFOO_BIN", build / "dfoo")
    for options, times in ([], 1.3), (["--batch", "64"], 2.3):
        done = subprocess.run([sys.executable, "-c", LIMITED, program, "train", "net.eq", "--data", "data.npz", "--dtype",
                               "f32", "--epochs", "1", "--quiet", "-o", "run.npz", *options], cwd=tmp_path,
                              capture_output=True, text=True, check=True)
        assert x.nbytes < int(done.stdout) < times * x.nbytes, done.stderr
        os.remove(tmp_path / "run.npz")
