"""How training goes: lines where nobody watches, a live line on a terminal, in windows of any width."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios

import numpy as np
import pytest

from conftest import ROOT

PLANAR = ROOT / "examples/data/planar.csv"


@pytest.fixture
def program(build):
    return os.environ.get("DFOO_BIN", str(build / "dfoo"))


class Terminal:
    """A program whose standard error is a terminal; what it wrote there is in `seen`."""

    def __init__(self, argv, columns=80, **env):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
        self.program = subprocess.Popen([*map(str, argv)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
                                        env={**environment, "TERM": "xterm", **env})
        os.close(theirs)
        self.seen = ""

    def read(self):
        """False: it has ended, and everything is read."""
        try:
            part = os.read(self.ours, 65536)
        except OSError:  # what Linux says when the other side is closed
            part = b""
        self.seen += part.decode()
        return bool(part)

    def read_until(self, words, limit=60):
        while not re.search(words, self.seen):
            ready, _, _ = select.select([self.ours], [], [], limit)
            assert ready and self.read(), f"{words} is not in {self.seen!r}"

    def end(self):
        while self.read():
            pass
        self.program.stdout.close()
        os.close(self.ours)
        return self.program.wait()

    def stop(self):
        self.program.terminate()
        self.end()


def lines_of(seen):
    """What stood on the live line, one after the other."""
    return [line for line in re.split(r"[\r\n]", seen) if line.strip()]


def train(program, tmp_path, *args, model="two_layer", data=PLANAR):
    return [program, "train", model, "--data", data, "--prepare", "none", "-o", tmp_path / "run.npz", *args]


def test_live_line_tells_all(program, tmp_path):
    terminal = Terminal(train(program, tmp_path, "--epochs", "40", "--split", "0.2"), columns=120)
    assert terminal.end() == 0
    assert "\n" not in terminal.seen and "\x1b" not in terminal.seen
    lines = lines_of(terminal.seen)
    assert re.fullmatch(r"\[ {12}\] 0/40  cost [\d.e-]+  accuracy [\d.]+%  test [\d.e-]+  [\d.]+%(  \S+ examples/s)? *", lines[0])
    assert re.fullmatch(r"\[#{12}\] 40/40  cost [\d.e-]+  accuracy [\d.]+%  test [\d.e-]+  [\d.]+%  [\d.]+[kMG]? examples/s *",
                        lines[-1])
    assert re.search(r"\r +\r$", terminal.seen)


@pytest.mark.parametrize("columns", [1, 2, 5, 12, 20, 30, 41, 60, 79, 80, 100])
@pytest.mark.parametrize("by", ["window", "COLUMNS"])
def test_live_line_fits(program, tmp_path, columns, by):
    """Never as wide as the window, and nothing but whole parts where there is room for two."""
    argv = train(program, tmp_path, "--epochs", "30", "--split", "0.2")
    terminal = Terminal(argv, columns) if by == "window" else Terminal(argv, 200, COLUMNS=str(columns))
    assert terminal.end() == 0
    assert all(len(part) < columns for part in re.split(r"\r", terminal.seen))
    if columns >= 20:
        for line in lines_of(terminal.seen):
            assert re.fullmatch(r"(\[[# ]{12}\] )?\d+/30(  (cost|accuracy|test)? ?[\d.e%-]+| +[\d.]+[kMG]? examples/s)* *", line), line
    if columns >= 41:
        assert "[#" in terminal.seen and "cost" in terminal.seen


@pytest.mark.parametrize("given", ["0", "-3", "wide", "99999999999999999999", ""])
def test_wrong_columns_are_not_used(program, tmp_path, given):
    terminal = Terminal(train(program, tmp_path, "--epochs", "10"), 50, COLUMNS=given)
    assert terminal.end() == 0
    assert 30 < max(map(len, terminal.seen.split("\r"))) < 50


def test_no_window_size(program, tmp_path):
    terminal = Terminal(train(program, tmp_path, "--epochs", "10", "--split", "0.2"), 0)
    assert terminal.end() == 0
    assert 60 < max(map(len, terminal.seen.split("\r"))) < 80


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": ""}])
def test_lines_on_a_terminal_that_cannot_go_back(program, tmp_path, env):
    terminal = Terminal(train(program, tmp_path, "--epochs", "10"), **env)
    assert terminal.end() == 0
    assert re.findall(r"^epoch +(\d+) of 10: ", terminal.seen, re.M) == [str(i) for i in range(11)]


def test_no_color(program, tmp_path):
    terminal = Terminal(train(program, tmp_path, "--epochs", "10"), NO_COLOR="1")
    assert terminal.end() == 0
    assert "\x1b" not in terminal.seen and "[####" in terminal.seen


def test_time_left(program, tmp_path):
    terminal = Terminal(train(program, tmp_path, "--epochs", "100000000"), columns=100)
    terminal.read_until(r"  \d+:\d\d(:\d\d)? left  [\d.]+[kMG]? examples/s")
    terminal.stop()


def test_within_a_long_epoch(program, tmp_path):
    """The bar moves while the first pass is not complete."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, 100000))
    np.savez(tmp_path / "big.npz", X=x, Y=(x[:1] > 0) * 1.0)
    terminal = Terminal(train(program, tmp_path, "--epochs", "1", "--batch", "1", "--threads", "1", data=tmp_path / "big.npz"))
    terminal.read_until(r"\[#{2,11} +\] 0/1  ")
    terminal.stop()
    assert len(set(re.findall(r"\[[# ]{12}\] 0/1", terminal.seen))) >= 2


def test_warnings_stand_above_the_line(program, tmp_path):
    text = (ROOT / "examples/two_layer.eq").read_text().replace("xavier", "zeros")
    (tmp_path / "net.eq").write_text(text)
    terminal = Terminal(train(program, tmp_path, "--epochs", "50", model=tmp_path / "net.eq"))
    assert terminal.end() == 0
    warning = terminal.seen.index("net.eq:6:7: warning: the 4 rows of W1 are equal")
    assert re.search(r"\r +\r$", terminal.seen[:warning])  # the line was taken away first
    assert "50/50" in terminal.seen[warning:]


def test_quiet_says_warnings_only(dfoo, tmp_path):
    text = (ROOT / "examples/two_layer.eq").read_text().replace("xavier", "zeros")
    (tmp_path / "net.eq").write_text(text)
    args = ["--data", PLANAR, "--optimizer", "sgd", "--epochs", "50", "--quiet", "-o", tmp_path / "run.npz"]
    assert dfoo("train", "two_layer", *args).stderr == ""
    said = dfoo("train", tmp_path / "net.eq", *args).stderr
    assert said.startswith("net.eq:6:7: warning: ") and "epoch " not in said


def test_lines_are_in_columns(dfoo, tmp_path):
    said = dfoo("train", "two_layer", "--data", PLANAR, "--prepare", "none", "--split", "0.3", "--epochs", "1000", "--report", "250", "-o",
                tmp_path / "run.npz").stderr.splitlines()
    assert [line[:15] for line in said] == [f"epoch {e:4} of 1" for e in (0, 250, 500, 750, 1000)]
    for words in ["cost", "accuracy", "test: cost", "("]:
        assert len({line.index(words) for line in said}) == 1
