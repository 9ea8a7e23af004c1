"""dfoo cv --log FILE: what was cut off goes on, with the same results; and nothing is taken from another request."""
import csv
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import ROOT

DFOO = os.environ.get("DFOO_BIN", str(pathlib.Path(os.environ.get("DFOO_BUILD", ROOT / "build/release")) / "dfoo"))
GRID = ["cv", "two_layer", "--data", "d.csv", "--folds", "4", "--epochs", "400", "--optimizer", "adam", "--alpha", "0.05",
        "--grid", "n1=2,4,8", "--grid", "batch=16,64"]


@pytest.fixture
def folder(tmp_path):
    shutil.copy(ROOT / "examples/data/planar.csv", tmp_path / "d.csv")
    return tmp_path


def run(folder, *args, **kwargs):
    return subprocess.run([DFOO, *GRID, *args], cwd=folder, capture_output=True, text=True, timeout=300, **kwargs)


def rows(path):
    return list(csv.DictReader(open(path)))


def kill_after(folder, lines, number):
    """Ends it once its log has so many lines; what had been written."""
    job = subprocess.Popen([DFOO, *GRID, "--log", "log.csv"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # a job in the background ignores it
    deadline = time.monotonic() + 120
    while job.poll() is None and time.monotonic() < deadline:
        if (folder / "log.csv").exists() and (folder / "log.csv").read_bytes().count(b"\n") > lines:
            job.send_signal(number)
            break
        time.sleep(0.002)
    _, err = job.communicate(timeout=60)
    assert job.returncode == -number
    return err


def test_killed_and_started_again(folder):
    whole = run(folder, "--json").stdout
    table = run(folder).stdout
    done = 0
    for lines, number in [(2, signal.SIGKILL), (9, signal.SIGINT), (14, signal.SIGKILL)]:
        err = kill_after(folder, lines, number)
        before, done = done, len(rows(folder / "log.csv"))
        assert done > before and done < 24
        if number == signal.SIGINT:
            assert re.search(r"stopped after \d+ of 24 trainings; the same command goes on from log.csv", err)
    kept = (folder / "log.csv").read_text()
    with open(folder / "log.csv", "a") as log:
        log.write(kept.splitlines()[1][:40])  # cut off in a line
    last = run(folder, "--log", "log.csv")
    assert last.returncode == 0 and f"note: {done} of 24 trainings are in log.csv already" in last.stderr
    assert last.stdout == table
    assert (folder / "log.csv").read_text().startswith(kept)
    found = rows(folder / "log.csv")
    assert sorted((int(r["point"]), int(r["fold"])) for r in found) == [(p, f) for p in range(1, 7) for f in range(1, 5)]
    assert {r["settings"] for r in found} == {f"n1={n}, batch={b}" for n in (2, 4, 8) for b in (16, 64)}
    assert run(folder, "--log", "log.csv", "--json").stdout == whole


def test_what_is_there_is_not_trained_again(folder):
    """A line that was changed by hand comes out as it stands there."""
    table = run(folder, "--log", "log.csv").stdout
    text = (folder / "log.csv").read_text().splitlines(keepends=True)
    fields = text[1].split(",")
    fields[10] = "0.25"
    (folder / "log.csv").write_text("".join([text[0], ",".join(fields), *text[2:]]))
    assert run(folder, "--log", "log.csv").stdout != table


def test_it_belongs_to_one_request(folder):
    assert run(folder, "--log", "log.csv").returncode == 0
    kept = (folder / "log.csv").read_bytes()

    def is_refused(*args):
        done = run(folder, *args, "--log", "log.csv")
        assert done.returncode == 2 and "--log log.csv: that file is not of this request" in done.stderr
        assert (folder / "log.csv").read_bytes() == kept

    for other in [["--seed", "1"], ["--set", "n2=1"], ["--metric", "AUC"], ["--grid", "decay=0.1"]]:
        is_refused(*other)
    with open(folder / "d.csv", "a") as data:
        data.write("1,1,1\n")
    is_refused()
    for foreign in ["a,b\n1,2\n", "", "\n"]:
        (folder / "log.csv").write_text(foreign)
        kept = foreign.encode()
        if foreign:
            is_refused()
    assert run(folder, "--threads", "1", "--log", "new.csv").returncode == 0
    assert run(folder, "--threads", "2", "--quiet", "--log", "new.csv").returncode == 0


def test_a_log_that_cannot_be_written(folder):
    done = run(folder, "--log", "/dev/full")
    assert done.returncode == 2 and "/dev/full" in done.stderr


def test_a_point_that_diverges_is_kept(folder):
    args = ["cv", "two_layer", "--data", "d.csv", "--folds", "2", "--epochs", "600", "--alpha", "1", "--decay", "10",
            "--log", "log.csv"]
    first, again = (subprocess.run([DFOO, *args], cwd=folder, capture_output=True, text=True) for _ in range(2))
    assert first.returncode == again.returncode == 2 and first.stdout == again.stdout
    assert {r["outcome"] for r in rows(folder / "log.csv")} == {"diverged"}
