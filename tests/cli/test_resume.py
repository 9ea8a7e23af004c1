"""A run that is cut off, at any moment and in any way, and gone on with."""
import os
import random
import resource
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest

MODEL = """input X : (n0, m)
label Y : (1, m)
param W1 : (7, n0)
param b1 : (7, 1)
param W2 : (1, 7)
param b2 : (1, 1)
Z1 = W1 @ X + b1
A1 = dropout(tanh(Z1), 0.8)
Z2 = W2 @ A1 + b2
A2 = sigmoid(Z2)
L = -(Y * log(A2) + (1 - Y) * log(1 - A2))
J = 1/m * sum(L)
minimize J
predict A2
"""

KINDS = {
    "sgd": ["--optimizer", "sgd"],
    "adam": ["--optimizer", "adam"],
    "batches": ["--optimizer", "adam", "--batch", "32"],
    "f32": ["--optimizer", "momentum", "--batch", "50", "--dtype", "f32"],
}


@pytest.fixture
def place(tmp_path, root):
    (tmp_path / "net.eq").write_text(MODEL)
    shutil.copy(root / "examples" / "data" / "planar.csv", tmp_path / "data.csv")
    return tmp_path


@pytest.fixture
def program(build):
    return os.environ.get("DFOO_BIN", str(build / "dfoo"))


@pytest.fixture
def train(program, place):
    """train(arguments ..): starts it; train.run waits for it."""

    def start(*args, **kwargs):
        return subprocess.Popen([program, "train", "net.eq", "--data", "data.csv", "--prepare", "none", "--threads", "2", *args], cwd=place, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs)

    def run(*args, status=0, **kwargs):
        process = start(*args, **kwargs)
        out, err = process.communicate(timeout=300)
        assert process.returncode == status, (out, err)
        return err

    start.run = run
    return start


def wait_for(path, process):
    while not path.exists() and process.poll() is None:
        time.sleep(0.002)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment(kind, train, place):
    """The bits of the file and of the log are those of a run that was never cut off."""
    how = KINDS[kind] + ["--epochs", "600", "--split", "0.2", "--standardize", "--quiet", "--checkpoint", "3"]
    began = time.monotonic()
    train.run("-o", "whole.npz", "--log", "whole.csv", *how)
    seconds = time.monotonic() - began
    stops = 0
    for kill in [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGINT]:
        process = train("-o", "cut.npz", "--log", "cut.csv", "--resume", *how)
        if stops == 0:
            wait_for(place / "cut.npz", process)
        time.sleep(random.uniform(0, seconds / (4 if stops else 16)))
        process.send_signal(kill)
        err = process.communicate(timeout=300)[1]
        if process.returncode == 0 and stops:
            break
        if process.returncode == 0:  # it was faster than we are: from the beginning
            (place / "cut.npz").unlink()
            continue
        stops += 1
        assert process.returncode == -kill, err
        if kill != signal.SIGKILL and "stopped after" in err:
            assert "--resume goes on with it" in err
    assert stops > 0
    train.run("-o", "cut.npz", "--log", "cut.csv", "--resume", *how)
    assert (place / "cut.npz").read_bytes() == (place / "whole.npz").read_bytes()
    assert (place / "cut.csv").read_bytes() == (place / "whole.csv").read_bytes()
    assert not list(place.glob("*.tmp*"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_ended_goes_on_to_more_epochs(kind, train, place):
    how = KINDS[kind] + ["--quiet", "--split", "0.2"]
    train.run("-o", "whole.npz", "--epochs", "40", "--log", "whole.csv", "--report", "1", *how)
    train.run("-o", "part.npz", "--epochs", "17", *how)
    train.run("-o", "part.npz", "--epochs", "40", "--log", "part.csv", "--report", "1", "--resume", *how)
    whole, part = np.load(place / "whole.npz"), np.load(place / "part.npz")
    assert set(whole.files) == set(part.files)
    for name in whole.files:
        if name != "dfoo.history":  # which epochs are evaluated is not part of the run
            assert whole[name].tobytes() == part[name].tobytes(), name
    costs = [np.genfromtxt(place / f, delimiter=",", names=True)["cost"] for f in ["whole.csv", "part.csv"]]
    np.testing.assert_array_equal(*costs)


def test_without_a_file_it_begins(train, place):
    err = train.run("-o", "new.npz", "--epochs", "2", "--resume", "--quiet")
    assert "there is no new.npz to go on with: the run begins" in err
    err = train.run("-o", "new.npz", "--epochs", "2", "--resume", "--quiet")
    assert "has 2 epochs already: there is nothing left to do" in err


def unfinished(train, place, *how):
    process = train("-o", "run.npz", "--checkpoint", "1", "--epochs", "1000000", "--quiet", *how)
    wait_for(place / "run.npz", process)
    process.kill()
    process.communicate()
    assert np.load(place / "run.npz")["dfoo.ended"] == 0


def test_an_unfinished_run_is_not_overwritten(train, place):
    unfinished(train, place)
    before = (place / "run.npz").read_bytes()
    err = train.run("-o", "run.npz", "--epochs", "3", "--quiet", status=2)
    assert "run.npz holds a run that has not ended" in err and "--resume goes on with it, --restart begins anew" in err
    assert (place / "run.npz").read_bytes() == before
    train.run("-o", "run.npz", "--epochs", "3", "--quiet", "--restart")
    assert np.load(place / "run.npz")["dfoo.epochs"] == 3
    train.run("-o", "run.npz", "--epochs", "3", "--quiet")


@pytest.mark.parametrize("change, words", [
    (["--batch", "10"], "was trained with batch = all, and now it is batch = 10"),
    (["--seed", "3"], "was trained with seed = 0, and now it is seed = 3"),
    (["--dtype", "f32"], "was trained with dtype = f64, and now it is dtype = f32"),
    (["--learning-rate", "0.2"], "was trained with learning rate = 0.1, and now it is learning rate = 0.2"),
    (["--optimizer", "adam", "--learning-rate", "0.1"], "was made by other equations"),
    (["--schedule", "cosine"], "was made by other equations"),
    (["--standardize"], "was trained with other examples"),
    (["--split", "0.1"], "was trained with other examples"),
])
def test_what_has_to_be_the_same(train, place, change, words):
    unfinished(train, place)
    before = (place / "run.npz").read_bytes()
    err = train.run("-o", "run.npz", "--epochs", "3", "--resume", *change, status=2)
    assert words in err and "--from run.npz --restart starts anew" in err
    assert (place / "run.npz").read_bytes() == before


def test_other_data_is_noticed(train, place):
    unfinished(train, place)
    lines = (place / "data.csv").read_text().splitlines()
    lines[3] = lines[3].replace("1", "2", 1) if "1" in lines[3].rsplit(",", 1)[0] else "0.5,0.5,1"
    (place / "data.csv").write_text("\n".join(lines) + "\n")
    assert "was trained with other examples" in train.run("-o", "run.npz", "--resume", status=2)


def go_on(program, place, isa, *options):
    command = [program, "train", "net.eq", "--data", "data.csv", "--prepare", "none", "--quiet", "--resume", "-o", "run.npz", *options]
    done = subprocess.run(command, cwd=place, text=True, capture_output=True, env=dict(os.environ, DFOO_ISA=isa))
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_other_sums_are_only_said(program, place):
    go_on(program, place, "baseline", "--epochs", "3")
    err = go_on(program, place, "reference", "--epochs", "4")
    assert "the run began with sums = rounded twice, and now it is sums = fused: the last bits may differ" in err


def test_another_number_of_threads_is_no_matter(program, place):
    go_on(program, place, "best", "--epochs", "3", "--threads", "2")
    assert go_on(program, place, "best", "--epochs", "4", "--threads", "1") == ""


def test_files_that_are_no_run(train, place):
    (place / "text.npz").write_text("hello")
    assert "text.npz" in train.run("-o", "text.npz", "--resume", status=2)
    np.savez(place / "weights.npz", W1=np.zeros((7, 2)))
    err = train.run("-o", "weights.npz", "--resume", status=2)
    assert "does not hold what is needed to go on with it" in err


@pytest.mark.parametrize("name, value", [
    ("dfoo.steps", np.float64(-1)), ("dfoo.epochs", np.float64(0.5)), ("dfoo.done", np.float64(1e6)), ("dfoo.history", np.zeros(3)),
    ("dfoo.terms", np.array([65.0])), ("dfoo.state.vdW1", np.zeros((2, 2))), ("W1", np.zeros((3, 3))), ("W1", np.full((7, 2), np.nan)),
    ("dfoo.steps", None), ("dfoo.state.vdW1", None), ("dfoo.done_cost", None),
])
def test_damaged_state_is_named(train, place, name, value):
    how = ["--optimizer", "momentum", "--quiet"]
    train.run("-o", "run.npz", "--epochs", "3", *how)
    arrays = dict(np.load(place / "run.npz"))
    if value is None:
        del arrays[name]
    else:
        arrays[name] = value
    np.savez(place / "run.npz", **arrays)
    err = train.run("-o", "run.npz", "--epochs", "4", "--resume", *how, status=2)
    assert name in err or "equations" in err


def test_cut_off_files(train, place):
    train.run("-o", "run.npz", "--epochs", "3", "--quiet")
    whole = (place / "run.npz").read_bytes()
    for n in [0, 1, 30, len(whole) // 2, len(whole) - 1]:
        (place / "run.npz").write_bytes(whole[:n])
        assert "run.npz" in train.run("-o", "run.npz", "--epochs", "4", "--resume", "--quiet", status=2)


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


def test_a_full_disk_loses_nothing(train, place):
    """A limit on the size of files stands for the disk: checkpoints warn once, the end is an error."""
    train.run("-o", "run.npz", "--epochs", "3", "--quiet")
    before = (place / "run.npz").read_bytes()
    err = train.run("-o", "run.npz", "--epochs", "9", "--quiet", "--checkpoint", "2", status=2, preexec_fn=small_files)
    assert err.count("warning: after epoch 2: ") == 1 and "after epoch 4" not in err
    assert "training goes on; what was in the file before is still there" in err
    assert "error: run.npz" in err
    assert (place / "run.npz").read_bytes() == before
    assert not list(place.glob("*.tmp*"))


def test_standard_output_cannot_be_gone_on_with(train):
    for option in [["--checkpoint", "5"], ["--resume"], ["--restart"]]:
        assert f"{option[0]} needs a file" in train.run("-o", "-", *option, status=2)
    assert "give one of them" in train.run("-o", "run.npz", "--resume", "--restart", status=2)


def test_what_a_killed_writer_left_is_removed(train, place):
    child = subprocess.Popen(["true"])
    child.wait()
    left, others = place / f"run.npz.{child.pid}-0.tmp", place / "run.npz.notes-1.tmp"
    left.write_text("half")
    others.write_text("mine")
    train.run("-o", "run.npz", "--epochs", "1", "--quiet")
    assert not left.exists() and others.exists()
