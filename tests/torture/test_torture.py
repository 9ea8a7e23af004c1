"""Some trials of torture.py (DFOO_TIMES multiplies them, DFOO_SEED says where they begin), and their own test: each kind of
wrong that they look for is done on purpose, and has to be seen. A number of trials and not a time: what is tried is the
same on every machine, and what fails there fails here."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import torture as torture_py  # noqa: E402

TIMES = int(os.environ.get("DFOO_TIMES", "1"))


def torture(*args, timeout=600):
    return subprocess.run([sys.executable, HERE / "torture.py", *map(str, args)], capture_output=True, text=True, timeout=timeout)


def test_trials(build, instrumented):
    trials, limit = TIMES * (400 if instrumented else 2000), TIMES * 900
    done = torture("--build", build, "--trials", trials, "--seconds", limit, "--seed", os.environ.get("DFOO_SEED", "1"), timeout=limit + 300)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert int(re.search(r"^(\d+) trials from seed", done.stdout, re.M)[1]) == trials, "not so many within the time"


# ------------------------------------------------------------- what is done on purpose

# Stands in for the program: does as it does, and then something wrong.
STAND_IN = """#!{python}
import os, subprocess, sys, time
real, wrong = {real!r}, {wrong!r}
trial = not os.path.basename(os.getcwd()).startswith("base") and "--json" not in sys.argv
if not trial or not os.path.exists("d.csv"):
    os.execv(real, [real] + sys.argv[1:])
if wrong == "crash":
    os.kill(os.getpid(), 11)
if wrong == "silent":
    sys.exit(2)
if wrong == "status":
    sys.exit(3)
if wrong == "hangs":
    time.sleep(100)
done = subprocess.run([real] + sys.argv[1:], capture_output=True)
if wrong == "escape":
    done.stdout += b"\\x1b[2J"
if wrong == "input":
    open("d.csv", "a").write("1,2,3")
if wrong == "left":
    open("out.npz.1-0.tmp", "w").write("")
if wrong == "sanitizer":
    done.stderr += b"a.c:1:2: runtime error: signed integer overflow"
if wrong == "gone":
    os.path.exists("d.npz") and os.remove("d.npz")
sys.stdout.buffer.write(done.stdout)
sys.stderr.buffer.write(done.stderr)
sys.exit(done.returncode)
"""

ON_PURPOSE = {"crash": "ended by SIGSEGV", "silent": "status 2 without a reason", "status": "status 3", "hangs": "did not end within 2 s",
              "escape": "a control character '\\x1b' on standard output", "input": "d.csv was changed", "left": "out.npz.1-0.tmp is left",
              "sanitizer": "a sanitizer's report", "gone": "d.npz is gone"}


@pytest.mark.parametrize("wrong, said", ON_PURPOSE.items(), ids=ON_PURPOSE)
def test_what_is_done_on_purpose_is_seen(build, tmp_path, wrong, said):
    real = os.environ.get("DFOO_BIN", str(build / "dfoo"))
    program = tmp_path / "dfoo"
    program.write_text(STAND_IN.format(python=sys.executable, real=real, wrong=wrong))
    program.chmod(0o755)
    shutil.copy(build / "CMakeCache.txt", tmp_path)  # it says whether there is a sanitizer, which is given no limit of memory
    env = dict(os.environ, DFOO_BIN=str(program))
    done = subprocess.run([sys.executable, HERE / "torture.py", "--build", tmp_path, "--kinds", "damaged", "--trials", "4", "--seed", "1", "--timeout", "2" if wrong == "hangs" else "60"],
                          capture_output=True, text=True, timeout=300, env=env)
    assert done.returncode == 1 and said in done.stdout, done.stdout + done.stderr
    again = re.search(r"again: tests/torture/torture.py .*--one (damaged:\d+)", done.stdout)[1]
    done = subprocess.run([sys.executable, HERE / "torture.py", "--build", tmp_path, "--one", again, "--timeout", "2" if wrong == "hangs" else "60"],
                          capture_output=True, text=True, timeout=300, env=env)
    assert done.returncode == 1 and "WRONG" in done.stdout, "the command that is printed repeats it"


# ------------------------------------------------------------------ calls that fail


@pytest.fixture
def faulty(build, tmp_path):
    library = build / "tests" / "torture" / "libfaulty.so"
    program = os.environ.get("DFOO_BIN", str(build / "dfoo"))
    if not library.exists():
        pytest.skip("no calls fail in this build")

    def run(plan, *args):
        return subprocess.run([program, *args], cwd=tmp_path, capture_output=True, text=True, timeout=60, env=dict(os.environ, LD_PRELOAD=str(library), FAULTY=plan))
    if run("write 999 5", "--version").returncode != 0:
        pytest.skip("this kernel filters no calls")
    return run


@pytest.mark.parametrize("plan, said", [("write 1 28", "No space left on device"), ("fsync 1 5", "Input/output error"), ("rename 1 5", "Input/output error"),
                                        ("open 1 13 on", ""), ("malloc 100 on", "out of memory"), ("close 1 5 on", "")])
def test_a_call_fails(faulty, tmp_path, plan, said):
    done = faulty(plan, "explain", "two_layer", "dW1", "-o", "out.txt")
    assert done.returncode == 2 and said in done.stderr, done
    assert not list(tmp_path.iterdir())


def every_allocation(faulty, args):
    """Each in turn, once and from then on: status 2 with its reason, or the whole answer."""
    whole, n = faulty("", *args), 0
    while (n := n + 1) < 1000:
        ends = [faulty(f"malloc {n}{on}", *args) for on in ("", " on")]
        for done in ends:
            assert done.returncode in (whole.returncode, 2), (n, done)
            if done.returncode == 2 != whole.returncode:
                assert "memory" in done.stderr + done.stdout, (n, done)
            else:
                assert done.stdout == whole.stdout or "memory" in done.stdout, (n, done)
        if ends[1].returncode == whole.returncode and ends[1].stdout == whole.stdout and ends[1].stderr == whole.stderr:
            return
    raise AssertionError("it never gets through")


@pytest.mark.parametrize("args", [["new", "--layers", "relu 3, sigmoid 1", "--l2", "0.1", "--dropout", "0.5"], ["show", "--optimizer", "adam", "--schedule", "cosine"],
                                  ["show", "two_layer"], ["derive", "logistic"], ["derive", "logistic", "--json"], ["derive", "nosuch"]], ids=" ".join)
def test_every_allocation(faulty, args):
    every_allocation(faulty, args)


@pytest.mark.parametrize("args", [["check", "two_layer", "--against", "right.ipynb", "--json"], ["check", "two_layer", "--against", "right.ipynb"],
                                  ["check", "two_layer", "--against", "wrong.py"], ["check", "fresh/objects.eq", "--against", "fresh/objects.py"],
                                  ["check", "fresh/steps.eq", "--against", "fresh/steps.py"], ["grade", "two_layer", ".", "-o", "report.csv"]], ids=" ".join)
def test_a_program_is_not_judged_without_memory(faulty, tmp_path, args):
    """A notebook whose text is lost, a call that ends early: neither is a mistake of the learner's."""
    wrong = (HERE.parent.parent / "examples" / "mistakes" / "negated.py").read_text()
    cells = [{"cell_type": "code", "source": wrong.replace("Y - A2", "A2 - Y"), "outputs": [], "execution_count": None}]
    (tmp_path / "wrong.py").write_text(wrong)
    (tmp_path / "right.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    shutil.copytree(HERE.parent / "judge" / "fresh", tmp_path / "fresh")
    every_allocation(faulty, args)


@pytest.fixture(scope="module")
def machine(build, tmp_path_factory):
    m = torture_py.Machine(build, tmp_path_factory.mktemp("machine"))
    if not m.lives:
        pytest.skip("no calls fail here")
    return m


@pytest.mark.parametrize("args, every", [("train run.toml -o out.npz", 3), ("train run.toml -o out.npz --json", 11), ("cv two_layer --data d.csv --folds 2 --epochs 2 --grid n1=2,3 -o out.npz", 61),
                                         ("find-rate two_layer --data d.csv -o out.svg", 41), ("show w.npz --config", 5), ("plot w.npz", 7), ("plot w.npz --kind rate -o out.svg", 7),
                                         ("plot w.npz --all out --data d.csv", 41)])
def test_allocations_of_what_writes(machine, args, every):
    """Every so many (DFOO_TIMES more of them): status 2 because of memory, and nothing written, or all that is written without faults."""
    reference, files, calls = machine.reference(args.split())
    for n in range(1, calls["malloc"] + 1, max(1, every // TIMES)):
        for plan in (f"malloc {n}", f"malloc {n} on"):
            folder = machine.folder()
            before = torture_py.contents(folder)
            done = torture_py.ended(machine.faulty(args.split(), folder, plan))
            torture_py.same_answer(done, reference)
            torture_py.kept(before, torture_py.contents(folder), files, args.split())
            if done.returncode == 2:
                assert re.search(r"error.*memory|Cannot allocate", done.stderr.decode() + done.stdout.decode()), (plan, done)
            shutil.rmtree(folder)


@pytest.mark.parametrize("plan", ["write 1 short on", "write 1 short", "unlink 1 13", "mmap 100 12"])
def test_a_call_does_less(faulty, tmp_path, plan):
    assert faulty("", "explain", "two_layer", "dW1", "-o", "all.txt").returncode == 0
    assert faulty(plan, "explain", "two_layer", "dW1", "-o", "out.txt").returncode == 0
    assert (tmp_path / "out.txt").read_text() == (tmp_path / "all.txt").read_text()


@pytest.mark.parametrize("plan", ["rename 1 kill", "fsync 1 kill", "write 1 kill", "rename 1 done"])
def test_a_kill(faulty, tmp_path, plan):
    (tmp_path / "out.txt").write_text("what was there")
    assert faulty(plan, "explain", "two_layer", "dW1", "-o", "out.txt").returncode == -9
    text = (tmp_path / "out.txt").read_text()
    assert text.startswith("dW1 = ") if plan.endswith("done") else text == "what was there"
    assert faulty("", "explain", "two_layer", "dW1", "-o", "out.txt").returncode == 0
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"], "what was left is cleaned up"
