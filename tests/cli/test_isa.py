"""DFOO_ISA and --threads through the program: no bit of a result depends on them (docs/precision.md)."""
import numpy as np
import pytest

PLANAR = ["two_layer", "--set", "n1=20", "--data", "planar.csv"]
ADAM = ["--optimizer", "adam", "--batch", "32"]
TRAININGS = {
    "descent": [*PLANAR, "--epochs", "200"],
    "adam, f64": [*PLANAR, *ADAM, "--epochs", "20"],
    "adam, f32": [*PLANAR, *ADAM, "--epochs", "20", "--dtype", "f32"],
    "standardized": ["deep", "--data", "breast_cancer_train.csv", "--standardize", "--epochs", "30"],
    "classes": ["softmax", "--data", "digits.csv", *ADAM, "--epochs", "3"],
    "classes, f32": ["softmax", "--data", "digits.csv", *ADAM, "--epochs", "3", "--dtype", "f32"],
}
SHAPES = {"X": (7, 300), "Y": (1, 300), "W1": (4, 7), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)}


@pytest.fixture
def run(dfoo, root, tmp_path):
    """run("train", arguments .., isa="avx2"): the arrays in the file that the command writes."""

    def arrays(command, *args, isa="best"):
        done = dfoo(command, *args, "-o", tmp_path / "out.npz", cwd=root / "examples/data", env={"DFOO_ISA": isa})
        assert done.returncode == 0, done.stderr
        with np.load(tmp_path / "out.npz") as file:
            return {name: file[name] for name in file.files}

    return arrays


@pytest.fixture(scope="module")
def fused(dfoo):
    """The sets of this machine that multiply and add in one operation. The reference, which computes that,
    is slow; it is in the tests that are tiny."""

    def is_here(isa):
        return dfoo("derive", "two_layer", env={"DFOO_ISA": isa}).returncode == 0

    sets = [isa for isa in ("avx2", "avx512") if is_here(isa)]
    if not sets:
        pytest.skip("no set with fused operations that the program can be told to use")
    return [*sets, "best"]


def assert_same_bits(left, right):
    """Of all but the history, which holds times."""
    assert left.keys() == right.keys()
    assert [n for n in left if n != "dfoo.history" and left[n].tobytes() != right[n].tobytes()] == []


@pytest.mark.parametrize("training", TRAININGS)
def test_a_training_has_the_same_bits(run, fused, training):
    first = run("train", *TRAININGS[training], "--threads", 1, isa=fused[0])
    for isa in fused:
        for threads in (1, 2, 3):
            assert_same_bits(first, run("train", *TRAININGS[training], "--threads", threads, isa=isa))


@pytest.mark.parametrize("dtype", ["f64", "f32"])
def test_so_has_the_reference(run, fused, dtype):
    tiny = ["train", *PLANAR, *ADAM, "--epochs", "2", "--dtype", dtype]
    assert_same_bits(run(*tiny, isa=fused[0]), run(*tiny, isa="reference"))


@pytest.mark.parametrize("dtype", ["f64", "f32"])
def test_gradients_have_the_same_bits(run, fused, tmp_path, dtype):
    rng = np.random.default_rng(3)
    values = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    np.savez(tmp_path / "values.npz", **dict(values, Y=(values["Y"] > 0).astype(float)))
    grad = ["grad", "two_layer", "--values", tmp_path / "values.npz", "--dtype", dtype]
    first = run(*grad, isa="reference")
    assert "dW1" in first
    for isa in fused:
        assert_same_bits(first, run(*grad, isa=isa))


@pytest.mark.parametrize("dtype", ["f64", "f32"])
def test_predictions_have_the_same_bits(run, fused, tmp_path, dtype):
    np.savez(tmp_path / "run.npz", **run("train", *PLANAR, *ADAM, "--epochs", "5", "--dtype", dtype))
    predict = ["predict", "--weights", tmp_path / "run.npz", "--data", "planar.csv", "--dtype", dtype]
    first = run(*predict, isa="reference")
    for isa in fused:
        assert_same_bits(first, run(*predict, isa=isa))


@pytest.mark.parametrize("dtype, tolerance", [("f64", 1e-13), ("f32", 1e-4)])
def test_products_that_are_rounded_are_near(run, fused, dtype, tolerance):
    """260 steps of a training that is not chaotic yet: what roundings differ by has grown little."""
    short = ["train", *PLANAR, *ADAM, "--epochs", "20", "--dtype", dtype]
    one, other = run(*short, isa=fused[0]), run(*short, isa="baseline")
    for name in ("W1", "b1", "W2", "b2"):
        np.testing.assert_allclose(other[name], one[name], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("command", [["derive", "two_layer"], ["train", *PLANAR, "-o", "-"]])
def test_a_set_that_is_not_known(dfoo, command):
    done = dfoo(*command, env={"DFOO_ISA": "sse9"})
    assert done.returncode == 2 and done.stdout == ""
    assert 'there is no instruction set "sse9"; here are best, reference, baseline' in done.stderr


def test_a_set_that_is_known_but_not_here(dfoo):
    done = dfoo("derive", "two_layer", env={"DFOO_ISA": "avx512"})
    assert done.returncode == 0 or done.returncode == 2 and "this processor has no avx512" in done.stderr
