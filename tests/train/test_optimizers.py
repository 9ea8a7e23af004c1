"""Optimisers, schedules, clipping, decay, early stopping and the order of mini-batches against by_numpy.py, which
is written from the documents; and what is said about wrong files."""
import os
import re

import numpy as np
import pytest

from conftest import ROOT
from train import by_numpy as ref

N0, N1, M = 3, 5, 40
MODEL = """size n1 = 5
input X : (n0, m)
label Y : (1, m)
param W1 : (n1, n0)
param b1 : (n1, 1)
param W2 : (1, n1)
param b2 : (1, 1)
A1 = tanh(W1 @ X + b1)
%sA2 = sigmoid(W2 @ %s + b2)
J = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))
minimize J
predict A2
"""


class Trial:
    """A network with given weights and data in a directory of its own."""

    def __init__(self, dfoo, path):
        self.dfoo, self.path = dfoo, path
        r = np.random.default_rng(1)
        self.x = r.normal(size=(N0, M))
        self.y = (self.x[:1] * self.x[1:2] + 0.3 * r.normal(size=(1, M)) > 0).astype(float)
        self.w = {"W1": r.normal(size=(N1, N0)), "b1": 0.1 * r.normal(size=(N1, 1)), "W2": r.normal(size=(1, N1)),
                  "b2": 0.1 * r.normal(size=(1, 1))}
        np.savez(path / "data.npz", X=self.x, Y=self.y)
        np.savez(path / "w.npz", **self.w)
        (path / "net.eq").write_text(MODEL % ("", "A1"))
        (path / "drop.eq").write_text(MODEL % ("D1 = dropout(A1, 0.8)\n", "D1"))

    def run(self, *args, model="net.eq"):
        done = self.dfoo("train", model, "--data", "data.npz", "--from", "w.npz", "--quiet", "--log", "log.csv", "-o", "run.npz",
                         *args, cwd=self.path)
        assert done.returncode == 0, done.stderr
        self.out = done.stdout
        self.log = np.genfromtxt(self.path / "log.csv", delimiter=",", names=True)
        return dict(np.load(self.path / "run.npz"))

    def holds(self, expected, run, tolerance=1e-12):
        w, costs, rates = expected
        for name, value in w.items():
            np.testing.assert_allclose(run[name], value, rtol=tolerance, atol=tolerance)
        n = len(costs)
        np.testing.assert_allclose(self.log["cost"][:n], costs, rtol=tolerance)
        np.testing.assert_allclose(self.log["learning_rate"][:n], rates, rtol=1e-13, atol=1e-16)


@pytest.fixture
def trial(dfoo, tmp_path):
    return Trial(dfoo, tmp_path)


BATCHES = pytest.mark.parametrize("batch", [None, 16], ids=["full", "batches"])


def sizes(batch):
    """50 steps: epochs, and the arguments."""
    return (17, ["--batch", 16, "--epochs", 17]) if batch else (50, ["--epochs", 50])


# ------------------------------------------------------------------------ optimisers


def known(dfoo, option):
    """The names that the program has."""
    return re.search("there are (.*)", dfoo("show", option, "?").stderr)[1].split(", ")


def test_each_optimizer_is_written_out(dfoo):
    assert known(dfoo, "--optimizer") == list(ref.OPTIMIZERS)


@pytest.mark.parametrize("option", ["--optimizer", "--schedule"])
def test_each_name_is_described(dfoo, option):
    text = (ROOT / "docs/training.md").read_text()
    assert [n for n in known(dfoo, option) if f"`{n}" not in text] == []


@BATCHES
@pytest.mark.parametrize("name", ref.OPTIMIZERS)
def test_optimizer(trial, name, batch):
    make, rate = ref.OPTIMIZERS[name]
    epochs, args = sizes(batch)
    run = trial.run("--optimizer", name, "--seed", 3, *args)
    trial.holds(ref.train(trial.w, trial.x, trial.y, make, rate, epochs, batch, 3, decay=0.01), run)


@pytest.mark.parametrize("name, settings, rate", [
    ("momentum", dict(beta=0.5), 0.3), ("nesterov", dict(beta=0.99), 0.01), ("rmsprop", dict(beta=0.99, epsilon=0.01), 0.02),
    ("adam", dict(beta1=0.8, beta2=0.9, epsilon=1e-4), 0.05)])
def test_settings(trial, name, settings, rate):
    run = trial.run("--optimizer", name, "--settings", ",".join(f"{k}={v}" for k, v in settings.items()), "--alpha", rate,
                    "--epochs", 50)
    make = lambda: ref.OPTIMIZERS[name][0](**settings)
    trial.holds(ref.train(trial.w, trial.x, trial.y, make, rate, 50), run)


def torch_momentum(beta=0.9, nesterov=False):
    """The sum, as PyTorch's documentation of SGD has it."""
    b = None

    def step(w, g, t, rate, decay):
        nonlocal b
        b = g if b is None else beta * b + g
        return w - rate * (g + beta * b if nesterov else b)
    return step


def adagrad():
    s = 0

    def step(w, g, t, rate, decay):
        nonlocal s
        s = s + g * g
        return w - rate * g / (np.sqrt(s) + 1e-10)
    return step


def lion():
    m = 0

    def step(w, g, t, rate, decay):
        nonlocal m
        c = np.sign(0.9 * m + (1 - 0.9) * g)
        m = 0.99 * m + (1 - 0.99) * g
        return w - rate * (c + decay * w)
    return step


def lamb():
    m, v = 0, 0

    def step(w, g, t, rate, decay):
        nonlocal m, v
        m, v = 0.9 * m + (1 - 0.9) * g, 0.999 * v + (1 - 0.999) * g * g
        u = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-6) + decay * w
        return w - rate * np.linalg.norm(w) / np.linalg.norm(u) * u
    return step


def muon():
    v = 0

    def step(w, g, t, rate, decay):
        nonlocal v
        v = 0.95 * v + g
        x = (g + 0.95 * v) / (np.linalg.norm(g + 0.95 * v) + 1e-7)
        for _ in range(3):
            p = x @ x.T
            x = 3.4445 * x + (-4.775 * p + 2.0315 * p @ p) @ x
        return w - rate * x
    return step


OWN = {"torch_momentum": (torch_momentum, 0.01, 0), "torch_nesterov": (lambda: torch_momentum(nesterov=True), 0.01, 0),
       "adagrad": (adagrad, 0.01, 0), "lion": (lion, 1e-4, 0.1), "lamb": (lamb, 0.01, 0.01), "muon": (muon, 0.02, 0)}


def test_every_file_has_a_twin(root):
    assert {path.stem for path in (root / "examples" / "optimizers").glob("*.opt")} == set(OWN)


@BATCHES
@pytest.mark.parametrize("name", OWN)
def test_file(trial, root, name, batch):
    make, rate, decay = OWN[name]
    epochs, args = sizes(batch)
    run = trial.run("--optimizer", root / "examples" / "optimizers" / f"{name}.opt", *args)
    trial.holds(ref.train(trial.w, trial.x, trial.y, make, rate, epochs, batch, decay=decay), run, 1e-11 if name == "muon" else 1e-12)


@pytest.mark.parametrize("args", [
    ["--optimizer", "adamw"], ["--optimizer", "rmsprop", "--alpha", 0.2, "--settings", "beta=0.5"],
    ["--optimizer", "adam", "--schedule", "step every=10 factor=0.5", "--warmup", 5, "--clip", 0.2, "--decay", 0.1],
    ["--schedule", "alpha = alpha0 * (1 - (t - 1)/(steps * epochs))", "--decay", 0.1, "--decay-kind", "l2", "--clip-value", 0.1]],
    ids=range(4))
def test_what_is_shown_is_what_runs(trial, args):
    """The text of `show`, given as a file, trains to the same bits."""
    shown = trial.dfoo("show", *args)
    assert shown.returncode == 0, shown.stderr
    (trial.path / "shown.opt").write_text(shown.stdout)
    again = trial.dfoo("show", "--optimizer", "shown.opt", cwd=trial.path)
    assert again.stdout == shown.stdout
    one = trial.run(*args, "--epochs", 30, "--batch", 16)
    other = trial.run("--optimizer", "shown.opt", "--epochs", 30, "--batch", 16)
    for name in trial.w:
        assert (one[name] == other[name]).all()


# ------------------------------------------------------------------------- schedules

SCHEDULES = {
    "constant": lambda a, e, t: a,
    "step": lambda a, e, t: a * 0.1 ** (e // 30),
    "step every=4 factor=0.5": lambda a, e, t: a * 0.5 ** (e // 4),
    "exponential": lambda a, e, t: a * 0.95**e,
    "exponential factor=0.9": lambda a, e, t: a * 0.9**e,
    "inverse": lambda a, e, t: a / (1 + e),
    "inverse, rate=0.2": lambda a, e, t: a / (1 + 0.2 * e),
    "linear": lambda a, e, t: a * (1 - e / 35),
    "cosine": lambda a, e, t: a * 0.5 * (1 + np.cos(np.pi * e / 35)),
    "cosine last=0.01": lambda a, e, t: 0.01 + (a - 0.01) * 0.5 * (1 + np.cos(np.pi * e / 35)),
    "alpha = alpha0 / sqrt(t)": lambda a, e, t: a / np.sqrt(t),
    "const last = 0.01, all = 35*3\nalpha = last + (alpha0 - last) * (1 - (t - 1)/all)**2":
        lambda a, e, t: 0.01 + (a - 0.01) * (1 - (t - 1) / 105) ** 2,
    "part = (t - 1)/(steps * epochs)\nalpha = alpha0 * where(part < 0.5, 1, 2 - 2*part)":
        lambda a, e, t: a * min(1, 2 - 2 * (t - 1) / 105),
}


@pytest.mark.parametrize("warmup", [0, 10])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedule(trial, schedule, warmup):
    at = SCHEDULES[schedule]
    if schedule.startswith("part"):
        (trial.path / "own.txt").write_text(schedule)
        schedule = "own.txt"
    args = ["--warmup", warmup] if warmup else []
    run = trial.run("--schedule", schedule, "--alpha", 0.3, "--optimizer", "momentum", "--batch", 16, "--epochs", 35, *args)
    warm = lambda a, e, t: at(a, e, t) * (min(1, t / warmup) if warmup else 1)
    trial.holds(ref.train(trial.w, trial.x, trial.y, ref.momentum, 0.3, 35, 16, schedule=warm), run)


# ------------------------------------------------------------------ clipping and decay


def clipped(most):
    def change(g, w):
        norm = np.sqrt(sum((x**2).sum() for x in g.values()))
        return {k: x * min(1, most / norm) for k, x in g.items()}
    return change


@BATCHES
@pytest.mark.parametrize("most", [0.05, 0.2, 1e9])
def test_clip(trial, most, batch):
    epochs, args = sizes(batch)
    run = trial.run("--clip", most, "--optimizer", "momentum", *args)
    trial.holds(ref.train(trial.w, trial.x, trial.y, ref.momentum, 0.1, epochs, batch, change=clipped(most)), run)


def test_clip_value(trial):
    run = trial.run("--clip-value", 0.02, "--epochs", 50)
    cut = lambda g, w: {k: np.clip(x, -0.02, 0.02) for k, x in g.items()}
    trial.holds(ref.train(trial.w, trial.x, trial.y, ref.sgd, 0.1, 50, change=cut), run)


def decoupled(make):
    def outer():
        inner = make()
        return lambda w, g, t, rate, decay: inner(w * (1 - rate * decay), g, t, rate, 0)
    return outer


@pytest.mark.parametrize("every", [False, True], ids=["weights", "all"])
@pytest.mark.parametrize("name", ["sgd", "momentum", "adam", "adamw"])
def test_decay(trial, name, every):
    make, rate = ref.OPTIMIZERS[name]
    make = make if name == "adamw" else decoupled(make)
    run = trial.run("--decay", 0.2, "--optimizer", name, "--epochs", 50, *["--decay-all"] * every)
    decay = (lambda name: 0.2) if every else 0.2
    trial.holds(ref.train(trial.w, trial.x, trial.y, make, rate, 50, decay=decay), run)


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_decay_as_l2_comes_behind_clipping(trial, name):
    make, rate = ref.OPTIMIZERS[name]
    clip = clipped(0.1)
    add = lambda g, w: {k: x + (0.2 * w[k] if k[0] == "W" else 0) for k, x in clip(g, w).items()}
    run = trial.run("--decay", 0.2, "--decay-kind", "l2", "--clip", 0.1, "--optimizer", name, "--epochs", 50)
    trial.holds(ref.train(trial.w, trial.x, trial.y, make, rate, 50, change=add), run)


def test_decay_is_for_factors_of_products(trial):
    """A scale and a bias do not decay, whatever their shape; both factors of a product do."""
    (trial.path / "net.eq").write_text(
        "input X : (n0, m)\nparam W : (2, n0) ~ ones\nparam V : (2, 2) ~ ones\nparam gamma : (2, 1) ~ ones\nparam b : (2, 1) ~ ones\n"
        "J = 0 * sum(gamma * (V @ (W @ X)) + b) + 0 * sum(W) + 0 * sum(V) + 0 * sum(gamma) + 0 * sum(b)\nminimize J\n")
    done = trial.dfoo("train", "net.eq", "--data", "data.npz", "--decay", 0.5, "--epochs", 2, "--quiet", "-o", "run.npz", cwd=trial.path)
    assert done.returncode == 0, done.stderr
    run = np.load(trial.path / "run.npz")
    for name in "W", "V":
        np.testing.assert_allclose(run[name], 0.95**2, rtol=1e-14)
    for name in "gamma", "b":
        assert (run[name] == 1).all()


# ---------------------------------------------------------------------- early stopping


def split(y, part, seed):
    """The examples that are held back, as docs/training.md says: part of each class, first in a shuffled order."""
    order = ref.Stream(seed, ref.SPLIT, 0).shuffle(list(range(y.size)))
    due = {c: int(np.floor((y == c).sum() * part + 0.5)) for c in (0, 1)}
    held = set()
    for j in order:
        if due[y.flat[j]] > 0:
            due[y.flat[j]] -= 1
            held.add(j)
    return sorted(held)


@BATCHES
def test_patience(trial, batch):
    patience, epochs, seed = 6, 300, 2
    held = split(trial.y, 0.3, seed)
    seen = [j for j in range(M) if j not in held]
    x, y = trial.x[:, seen], trial.y[:, seen]
    test_cost = lambda w: ref.gradients(w, trial.x[:, held], trial.y[:, held])[0]
    best, best_cost, at = None, np.inf, 0
    args = ["--batch", batch] if batch else []
    for epoch in range(0 if batch is None else 1, epochs):
        w = ref.train(trial.w, x, y, ref.momentum, 1.0, epoch, batch, seed)[0]
        cost = test_cost(w)
        if cost < best_cost:
            best, best_cost, at = w, cost, epoch
        if epoch - at >= patience:
            break
    assert 0 < at < epoch < epochs - 1
    run = trial.run("--split", 0.3, "--patience", patience, "--optimizer", "momentum", "--alpha", 1, "--epochs", epochs, "--seed", seed,
                    *args)
    for name in best:
        np.testing.assert_allclose(run[name], best[name], rtol=1e-11, atol=1e-11)
    assert run["dfoo.best_epoch"] == at and run["dfoo.epochs"] == epoch
    assert f"{epoch} epochs in" in trial.out
    assert f"stopped: the cost of the test data was not better for {patience} epochs\n" in trial.out
    assert f"kept: the parameters after epoch {at}, where it was least\n" in trial.out
    shown = float(re.search(r"^cost +\S+ +(\S+)$", trial.out, re.M).group(1))
    assert abs(shown - best_cost) < 1e-5 * best_cost
    last = trial.log[-1]
    assert last["epoch"] == epoch and not np.isnan(trial.log["test_cost"]).any()
    assert np.argmin(trial.log["test_cost"]) == np.flatnonzero(trial.log["epoch"] == at)[0]


@BATCHES
def test_patience_that_is_not_used_up(trial, batch):
    args = ["--batch", batch] if batch else []
    run = trial.run("--split", 0.3, "--patience", 1000, "--epochs", 10, *args)
    assert "not stopped: never 1000 epochs" in trial.out and "stopped after" not in trial.out and run["dfoo.epochs"] == 10 and run["dfoo.best_epoch"] <= 10
    best = np.nanargmin(trial.log["test_cost"])
    assert run["dfoo.best_epoch"] == trial.log["epoch"][best]


def test_patience_changes_nothing_before_it_stops(trial):
    plain = trial.run("--split", 0.3, "--epochs", 30, "--batch", 7, "--optimizer", "adam")
    costs = trial.log["cost"]
    assert "dfoo.best_epoch" not in plain
    watched = trial.run("--split", 0.3, "--epochs", 30, "--batch", 7, "--optimizer", "adam", "--patience", 30)
    assert (trial.log["cost"] == costs).all()
    if watched["dfoo.best_epoch"] == 30:
        assert (plain["W1"] == watched["W1"]).all()


def test_patience_needs_test_data(trial):
    done = trial.dfoo("train", "net.eq", "--data", "data.npz", "--patience", 3, "-o", "run.npz", cwd=trial.path)
    assert done.returncode == 2
    assert "--patience watches the cost of test data, and there is none: give --test or --split" in done.stderr


# -------------------------------------------------------------------------- going on


@BATCHES
@pytest.mark.parametrize("args", [
    ["--patience", 6, "--split", 0.3], ["--optimizer", "adam", "--schedule", "step every=7", "--warmup", 30, "--clip", 0.1],
    ["--optimizer", "own.opt", "--decay", 0.01, "--patience", 50, "--split", 0.3]], ids=["patience", "schedule", "file"])
def test_going_on_is_as_if_never_cut_off(trial, args, batch):
    """From 10 epochs to 20 to 60, of which patience may take away some: the same bits as at once."""
    (trial.path / "own.opt").write_text("const alpha = 0.5\nu = 0.9*u + g\nk = 0.1*sum(u**2) + k\nw = w - alpha/(1 + sqrt(k)) * u\n")
    args = args + ["--alpha", 1 if "patience" in args[0] else 0.1, "--batch", batch or 1000, "--report", 5]
    once = trial.run(*args, "--epochs", 60)
    log = trial.log
    (trial.path / "run.npz").unlink()
    for epochs in 10, 20, 60:
        parts = trial.run(*args, "--epochs", epochs, *["--resume"] * (epochs > 10))
    assert once.keys() == parts.keys()
    for name in once:
        assert np.array_equal(once[name], parts[name], equal_nan=True), name
    for column in "cost", "test_cost", "learning_rate":
        assert np.array_equal(log[column], trial.log[column], equal_nan=True)


def test_patience_goes_on_from_the_last_parameters(trial):
    """Stopped by little patience, a run with more of it is the one that had it from the start."""
    args = ["--split", 0.3, "--optimizer", "momentum", "--alpha", 1, "--seed", 2, "--epochs", 300]
    trial.run(*args, "--patience", 2)
    early = int(re.search(r"(\d+) epochs in", trial.out).group(1))
    parts = trial.run(*args, "--patience", 20, "--resume")
    (trial.path / "run.npz").unlink()
    once = trial.run(*args, "--patience", 20)
    assert early < once["dfoo.epochs"]
    for name in once:
        assert np.array_equal(once[name], parts[name], equal_nan=True), name


def test_a_schedule_of_all_epochs_cannot_be_stretched(trial):
    trial.run("--schedule", "cosine", "--epochs", 10)
    done = trial.dfoo("train", "net.eq", "--data", "data.npz", "--schedule", "cosine", "--epochs", 20, "--resume", "-o", "run.npz", cwd=trial.path)
    assert done.returncode == 2
    assert "run.npz was trained with epochs = 10, and now it is epochs = 20" in done.stderr


# ------------------------------------------------------------------- order, masks, starts


def test_order_is_the_documented_one(trial):
    """One step of one example moves w by the example: the first of each epoch is read off, for large numbers of them."""
    for seed in 0, 7, 2**40 + 5:
        x = np.arange(1.0, 301.0)
        np.savez(trial.path / "data.npz", X=x.reshape(1, -1))
        (trial.path / "net.eq").write_text("input X : (1, m)\nparam w : (1, 1) ~ zeros\nJ = -1/m * sum(w * X)\nminimize J\n")
        for epochs in 1, 2, 3:
            log = trial.dfoo("train", "net.eq", "--data", "data.npz", "--batch", 1, "--epochs", epochs, "--seed", seed, "--quiet",
                             "--schedule", f"alpha = where(t == {300 * (epochs - 1) + 17}, 1, 0)", "-o", "run.npz", cwd=trial.path)
            assert log.returncode == 0, log.stderr
            order = ref.Stream(seed, ref.SHUFFLE, epochs - 1).shuffle(list(range(300)))
            assert np.load(trial.path / "run.npz")["w"] == x[order[16]]


def test_masks_are_the_documented_ones(trial):
    run = trial.run("--epochs", 10, "--batch", 16, "--seed", 5, model="drop.eq")
    trial.holds(ref.train(trial.w, trial.x, trial.y, ref.sgd, 0.1, 10, 16, 5, keep=0.8), run)


STARTS = {"he": ("he",), "he_normal": ("he",), "he_uniform": ("he_uniform",), "xavier": ("xavier",), "glorot_normal": ("xavier",),
          "xavier_normal": ("xavier",), "xavier_uniform": ("xavier_uniform",), "glorot_uniform": ("xavier_uniform",), "lecun": ("lecun",),
          "lecun_normal": ("lecun",), "lecun_uniform": ("lecun_uniform",), "normal(0.3)": ("normal", 0.3), "normal": ("normal", 1.0),
          "uniform(-1, 3)": ("uniform", -1.0, 3.0), "uniform": ("uniform", -1.0, 1.0), "uniform(2)": ("uniform", -2.0, 2.0),
          "orthogonal": ("orthogonal", 1.0), "orthogonal(1.5)": ("orthogonal", 1.5), "zeros": ("uniform", 0.0, 0.0),
          "ones": ("uniform", 1.0, 1.0), "constant(0.25)": ("uniform", 0.25, 0.25)}


def test_starts_to_the_last_bit(dfoo, tmp_path):
    """Parameters on which the cost does not depend stay as they start. W is wide, T (used transposed) too, V is tall."""
    lines, expected = [], {}
    for k, (text, law) in enumerate(STARTS.items()):
        lines += [f"param W{k} : (7, 11) ~ {text}", f"param V{k} : (11, 7) ~ {text}", f"param T{k} : (7, 11) ~ {text}"]
        for i, (name, rows, cols, fan_in, fan_out) in enumerate([("W", 7, 11, 11, 7), ("V", 11, 7, 7, 11), ("T", 7, 11, 7, 11)]):
            expected[f"{name}{k}"] = ref.start(law, rows, cols, fan_in, fan_out, 9, 1 + 3 * k + i)
    uses = [f"U{k} = V{k} @ (W{k} @ X) + T{k}.T @ (W{k} @ X)" for k in range(len(STARTS))]
    (tmp_path / "net.eq").write_text("\n".join(["input X : (11, m)", "param c : (1, 1)"] + lines + uses + ["J = sum(c**2) + sum(X)", "minimize J", ""]))
    np.savez(tmp_path / "data.npz", X=np.ones((11, 2)))
    done = dfoo("train", "net.eq", "--data", "data.npz", "--epochs", 1, "--seed", 9, "--quiet", "-o", "run.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run = np.load(tmp_path / "run.npz")
    for name, value in expected.items():
        assert (run[name] == np.array(value)).all(), name
    for k, law in enumerate(STARTS.values()):
        if law[0] == "orthogonal":
            np.testing.assert_allclose(run[f"W{k}"] @ run[f"W{k}"].T, law[1] ** 2 * np.eye(7), atol=1e-14)
            np.testing.assert_allclose(run[f"V{k}"].T @ run[f"V{k}"], law[1] ** 2 * np.eye(7), atol=1e-14)


def test_normal_numbers_have_these_bits():
    """Golden bits: whoever changes the generator, here or there, sees it."""
    r = ref.Stream(0, ref.INIT, 0)
    assert [r.normal().hex() for _ in range(4)] == GOLDEN


GOLDEN = ["-0x1.4b4f8e29ea7b9p-1", "-0x1.9f47b6cde9abdp+0", "0x1.f4cf83ce1a75cp-1", "0x1.de538ab69ace7p+0"]


# ------------------------------------------------------------------------ wrong files



def test_wrong_files(trial, root):
    """wrong_optimizers.txt: a text behind ===, what is said about it behind ---. DFOO_UPDATE=1 writes the latter."""
    page = root / "tests" / "train" / "wrong_optimizers.txt"
    sections = re.findall(r"^===\n(.*?)^---\n(.*?)(?=^===|\Z)", page.read_text(), re.S | re.M)
    said = []
    for text, _ in sections:
        (trial.path / "my.opt").write_text(text)
        done = trial.dfoo("train", "net.eq", "--data", "data.npz", "--optimizer", "my.opt", "-o", "run.npz", cwd=trial.path)
        assert done.returncode == 2 and done.stdout == "", text
        said.append((text, done.stderr))
    assert not (trial.path / "run.npz").exists()
    if os.environ.get("DFOO_UPDATE"):
        page.write_text("".join(f"===\n{text}---\n{message}" for text, message in said))
    assert len(sections) > 30 and said == sections


@pytest.mark.parametrize("text", ["w = w - 0.1 * g", "const a = 1\r\nw = w - a*g\r\n", "\ufeffw = w - 0.1 * g\n", "\n\n# one\n\nw = (w\n - 0.1*g)\n",
                                  "w = w - 0.1*sum(g, axis=1, keepdims=True)\n",
                                  "w = w - 0.1*sum(g, axis=0, keepdims=True)\n", "w = w - 0.1*(g.sum(axis=0) + 0)\n", "g = 2*g\nw = w - 0.1*np.sign(g)\n",
                                  "k = 0.5\nv = k * v + g\nk = 0.25\nw = w - k * v\n", "n = 0.5*n + sum(g**2)\nw = w - g/sqrt(n)\n",
                                  "w = w.T.T - 0.1 g\n", "old = w\nw = w - 0.1*g\nw = (w + old)/2\n", "w = 0\n", "u = w - g\nw = u\n"])
def test_odd_files(trial, text):
    """They are read as anybody would, and trained with."""
    (trial.path / "my.opt").write_bytes(text.encode())
    run = trial.run("--optimizer", "my.opt", "--epochs", 3)
    own = {"n": {k: 0 for k in trial.w}, "v": {k: 0 for k in trial.w}}
    w = trial.w
    for _ in range(3):
        g = ref.gradients(w, trial.x, trial.y)[1]
        if text.startswith("w = 0"):
            w = {k: 0 * x for k, x in w.items()}
        elif "axis" in text:
            w = {k: x - 0.1 * g[k].sum(axis=int("axis=1" in text), keepdims=True) for k, x in w.items()}
        elif "sign" in text:
            w = {k: x - 0.1 * np.sign(g[k]) for k, x in w.items()}
        elif text.startswith("k"):
            own["v"] = {k: 0.5 * own["v"][k] + g[k] for k in w}
            w = {k: x - 0.25 * own["v"][k] for k, x in w.items()}
        elif text.startswith("n"):
            own["n"] = {k: 0.5 * own["n"][k] + (g[k] ** 2).sum() for k in w}
            w = {k: x - g[k] / np.sqrt(own["n"][k]) for k, x in w.items()}
        else:
            rate = 1 if "a*g" in text or text.startswith("u") else 0.05 if "old" in text else 0.1
            w = {k: x - rate * g[k] for k, x in w.items()}
    for name in w:
        np.testing.assert_allclose(run[name], w[name], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("args, words", [
    (["--optimizer", "adm"], "no optimizer is called 'adm', and there is no such file; there are sgd, "),
    (["--optimizer", "adm"], "\n   did you mean adam?"),
    (["--optimizer", "no/such/file"], "no optimizer is called 'no/such/file', and there is no such file"),
    (["--optimizer", "."], ".: cannot be read: Is a directory"),
    (["--optimizer", "data.npz"], "data.npz: is no text"),
    (["--schedule", "cosin"], "no schedule is called 'cosin', and there is no such file; there are constant, "),
    (["--schedule", "cosin"], "\n   did you mean cosine?"),
    (["--schedule", "step evry=3"], "step has no 'evry'; it has every, factor"),
    (["--schedule", "step every=x"], "a setting is written name=number, and 'x' is not a number"),
    (["--schedule", "step 30"], "a setting is written name=number, not '30'"),
    (["--schedule", "step every=0"], "every = 0: it is a finite number greater than 0"),
    (["--schedule", "cosine last=-1"], "last = -1: it is a finite number from 0 on"),
    (["--schedule", "constant a=1"], "constant has no 'a': it has no settings"),
    (["--schedule", "alpha = alpha0 * w"], "the schedule:1:18: error: the learning rate is one number for all parameters, and 'w' is not"),
    (["--schedule", "alpha = alpha0 * x"], "the schedule:1:18: error: unknown name 'x'"),
    (["--schedule", "const a = 2"], "the schedule is no schedule: it has no line alpha = .."),
    (["--settings", "beta=1", "--optimizer", "adam"], "adam has no 'beta'; it has alpha, beta1, beta2, epsilon"),
    (["--settings", "beta1=1", "--optimizer", "adam"], "beta1 = 1: it is from 0 on and less than 1"),
    (["--settings", "alpha=nan"], "alpha = nan: it is a finite number greater than 0"),
    (["--clip", "1", "--clip-value", "1"], "--clip shortens the gradients as a whole, --clip-value cuts each entry: give one of them"),
    (["--decay", "1", "--decay-kind", "l2", "--optimizer", "adamw"], "adamw has a decay of its own"),
    (["--optimizer", "own.opt", "--schedule", "cosine"], "own.opt sets alpha itself: leave out --schedule"),
    (["--optimizer", "own.opt", "--warmup", "3"], "own.opt sets alpha itself: leave out --warmup"),
    (["--optimizer", "last.opt", "--schedule", "cosine"], "last.opt:1:20: error: 'last' is a constant already"),
], ids=lambda x: " ".join(x) if isinstance(x, list) else "")
def test_wrong_options(trial, args, words):
    (trial.path / "own.opt").write_text("const alpha = 1\nalpha = alpha0/t\nw = w - alpha * g\n")
    (trial.path / "last.opt").write_text("const alpha = 0.1, last = 1\nw = w - alpha * last * g\n")
    for command in (["train", "net.eq", "--data", "data.npz", "-o", "run.npz"], ["show"]):
        done = trial.dfoo(*command, *args, cwd=trial.path)
        assert done.returncode == 2 and done.stdout == "", done
        assert words in done.stderr, done.stderr
