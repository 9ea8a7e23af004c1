"""dfoo cv: folds, the grid, and the best; dfoo find-rate. Each statement is held against trainings one by one."""
import csv
import json
import pathlib
import re
import signal
import subprocess
import time

import numpy as np
import pytest

from conftest import is_instrumented

FEW = ["--epochs", "30", "--optimizer", "adam", "--alpha", "0.05"]


@pytest.fixture
def planar(root):
    return root / "examples" / "data" / "planar.csv"


@pytest.fixture
def cv(dfoo, tmp_path):
    def run(*args, fine=True):
        done = dfoo("cv", "two_layer", *args, cwd=tmp_path)
        assert done.returncode == (0 if fine else 2), done.stderr
        return done

    return run


def told(done):
    return json.loads(done.stdout)["result"]


def test_folds_are_held_back_once_each(root, build, tmp_path, cv, planar, dfoo):
    found = told(cv("--data", planar, "--folds", 4, *FEW, "--json"))
    assert found["folds"] == 4 and found["metric"] == "accuracy" and found["best"] == 0
    scores = [f["test"]["accuracy"] for f in found["points"][0]["folds"]]
    assert len(scores) == 4 and all(abs(s * 100 - round(s * 100)) < 1e-9 for s in scores)  # 100 examples each
    assert found["points"][0]["score"]["mean"] == pytest.approx(np.mean(scores))
    assert found["points"][0]["score"]["deviation"] == pytest.approx(np.std(scores, ddof=1))


def test_threads_make_no_difference(cv, planar):
    args = ["--data", planar, "--grid", "n1=2,6", *FEW, "--json"]
    assert cv(*args, "--threads", 1).stdout == cv(*args, "--threads", 7).stdout
    assert cv(*args).stdout != cv(*args, "--seed", 3).stdout


def test_classes_are_divided_evenly(cv, tmp_path):
    """Of 30 examples with six rare ones every one of 3 folds has two; sorted files make no difference."""
    rows = [[i / 10, i % 7, int(i < 6)] for i in range(30)]
    with open(tmp_path / "d.csv", "w") as out:
        csv.writer(out).writerows([["a", "b", "y"], *rows])
    found = told(cv("--data", "d.csv", "--folds", 3, *FEW, "--metric", "recall", "--json"))
    for fold in found["points"][0]["folds"]:
        assert fold["score"] in (0, 0.5, 1)


def test_nothing_is_learned_from_the_fold_that_is_held_back(cv, tmp_path, dfoo):
    """A column that is constant but in one example: where this is held back, it is left out; the target of that
    example is far off, and no fold may know."""
    rng = np.random.default_rng(1)
    rows = [[x, 0, 2 * x + 1] for x in rng.normal(size=40).tolist()]
    rows[7][1] = 1e6
    with open(tmp_path / "d.csv", "w") as out:
        csv.writer(out).writerows([["a", "odd", "y"], *rows])
    dfoo("new", "--layers", "linear 1", "-o", "line.eq", cwd=tmp_path)
    done = dfoo("cv", "line.eq", "--data", "d.csv", "--folds", 40, "--json", cwd=tmp_path)
    costs = [f["test"]["cost"] for f in told(done)["points"][0]["folds"]]
    assert len(costs) == 40 and max(costs) < 1  # with the column known to the fold of row 7 its cost would be huge


def test_grid_is_what_trainings_one_by_one_are(cv, planar, dfoo, tmp_path):
    found = told(cv("--data", planar, "--grid", "n1=1,8", "--grid", "learning-rate=0.001,0.1", "--epochs", 40, "--optimizer", "adam", "--json", "-o", "best.npz"))
    values = [p["values"] for p in found["points"]]
    assert values == [{"n1": a, "learning-rate": b} for a in "18" for b in ("0.001", "0.1")]
    best = found["points"][found["best"]]
    assert best["values"] == {"n1": "8", "learning-rate": "0.1"} and best["score"]["mean"] > 0.8
    dfoo("train", "two_layer", "--set", "n1=8", "--alpha", 0.1, "--epochs", 40, "--optimizer", "adam", "--data", planar, "-o", "one.npz", cwd=tmp_path)
    with np.load(tmp_path / "best.npz") as a, np.load(tmp_path / "one.npz") as b:
        for name in "W1", "b1", "W2", "b2":
            assert a[name].tobytes() == b[name].tobytes()
    alone = told(cv("--data", planar, "--set", "n1=8", "--alpha", 0.1, "--epochs", 40, "--optimizer", "adam", "--json"))
    assert alone["points"][0]["folds"] == best["folds"]


def test_table(cv, planar):
    text = cv("--data", planar, "--grid", "n1=1,8", *FEW).stdout.splitlines()
    assert text[0].split() == ["n1", "accuracy", "cost", "accuracy", "in", "training"]
    assert text[2].startswith("8 ") and "+-" in text[2] and text[3] == "best: n1=8"
    folds = cv("--data", planar, *FEW).stdout.splitlines()
    assert [line.split()[0] for line in folds] == ["fold", "1", "2", "3", "4", "5", "mean"]


def test_a_point_that_diverges_is_not_the_best(cv, planar, dfoo, tmp_path):
    dfoo("new", "--layers", "linear 1", "-o", "line.eq", cwd=tmp_path)
    args = ["line.eq", "--data", planar, "--prepare", "none", "--optimizer", "sgd", "--epochs", 2000]
    done = dfoo("cv", *args, "--grid", "alpha=0.01,50", cwd=tmp_path)
    assert done.returncode == 0 and "diverged in 5 of 5 folds" in done.stdout and "best: alpha=0.01" in done.stdout
    alone = dfoo("cv", *args, "--alpha", 50, cwd=tmp_path)
    assert alone.returncode == 2 and "did not stay finite" in alone.stderr


def test_metric(cv, planar):
    by_cost = told(cv("--data", planar, "--metric", "cost", *FEW, "--json"))
    assert by_cost["metric"] == "cost" and by_cost["points"][0]["score"] == by_cost["points"][0]["cost"]
    auc = told(cv("--data", planar, "--metric", "AUC", *FEW, "--json"))
    assert auc["metric"] == "AUC" and 0.5 < auc["points"][0]["score"]["mean"] <= 1


def test_patience_takes_the_mean_of_the_epochs(cv, planar, dfoo, tmp_path):
    found = told(cv("--data", planar, "--patience", 5, "--optimizer", "adam", "--alpha", 0.1, "--epochs", 60, "-o", "b.npz", "--json"))
    with np.load(tmp_path / "b.npz") as run:
        assert 1 <= run["dfoo.epochs"] < 60 and "dfoo.best_epoch" not in run
    assert found["file"] == "b.npz"


@pytest.mark.parametrize("args, says", [
    (["--grid", "n1"], "as in n1=4,8"),
    (["--grid", "n1=4,"], "a value is missing"),
    (["--grid", "alpha=0.1,x"], '--learning-rate takes a number from 0 on, not "x"'),
    (["--grid", "frob=1"], "has no size and no constant called 'frob'"),
    (["--grid", "n1=0"], "a whole number from 1 on"),
    (["--grid", "data=a,b"], "a number or a word for a value"),
    (["--grid", "quiet=1"], "a number or a word for a value"),
    (["--grid", "n1=1,2", "--grid", "n1=3"], "given twice"),
    (["--grid", "alpha=1", "--grid", "learning-rate=3"], "given twice"),
    (["--alpha", 1, "--grid", "alpha=3"], "leave one away"),
    (["--grid", "optimizer=adam,frob"], "no optimizer is called 'frob'"),
    (["--grid", "epochs=" + ",".join("1" * 200), "--grid", "n1=" + ",".join("1" * 200)], "more than 10000 points"),
    (["--folds", 1], "from 2 on"),
    (["--folds", 401], "cannot be divided into 401 folds"),
    (["--metric", "frob"], "there are cost, R2"),
    (["--metric", "R2", "--epochs", 1], "does not suit"),
    (["--data", "-"], "empty"),
])
def test_mistakes_are_named(cv, planar, args, says):
    done = cv("--data", planar, *args, fine=False)
    assert says in done.stderr and not done.stdout


def test_standard_input_is_refused(cv):
    assert "not standard input" in cv("--data", "-", fine=False).stderr


@pytest.mark.skipif(is_instrumented(), reason="the program is not")
def test_predict_knows_the_fold(dfoo, tmp_path, planar, build):
    """A run of one fold, as a program in C makes it, is scored on what it held back."""
    source = tmp_path / "fold.c"
    source.write_text('''#include <dfoo.h>
#include <stdio.h>
int main(int argc, char **argv) {
    dfoo *d; dfoo_model *m; dfoo_arrays *run; dfoo_progress last = DFOO_INIT(dfoo_progress);
    if (dfoo_open(NULL, &d) || dfoo_model_read(d, "two_layer", &m)) return 1;
    if (dfoo_train(m, DFOO_WITH(dfoo_train_options, .data = argv[1], .epochs = 20, .folds = 4, .fold = 3, .file = argv[2]), &run, &last)) return 1;
    printf("%.17g", last.test_cost);
    dfoo_arrays_free(run);
    int wrong = dfoo_train(m, DFOO_WITH(dfoo_train_options, .data = argv[1], .folds = 4, .fold = 5), &run, NULL) == DFOO_EUSE;
    dfoo_model_free(m);
    dfoo_close(d);
    return argc != 3 || !wrong;
}''')
    root = pathlib.Path(__file__).resolve().parents[2]
    subprocess.run(["cc", "-o", tmp_path / "fold", source, "-I", root / "include", f"-L{build}", "-ldfoo", f"-Wl,-rpath,{build}"], check=True)
    cost = subprocess.run([tmp_path / "fold", planar, tmp_path / "f.npz"], capture_output=True, text=True, check=True).stdout
    done = dfoo("predict", "--weights", "f.npz", "--data", planar, "--part", "test", "-o", "p.csv", "--json", cwd=tmp_path)
    assert told(done)["scores"]["cost"] == pytest.approx(float(cost), rel=1e-12)
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 101


def test_interruption(tmp_path, planar, build):
    job = subprocess.Popen([build / "dfoo", "cv", "two_layer", "--data", planar, "--epochs", "100000000", "-o", "x.npz"], cwd=tmp_path,
                           stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        for _ in range(600):  # until it catches what is sent
            caught = int(re.search(r"^SigCgt:\s*(\w+)", pathlib.Path(f"/proc/{job.pid}/status").read_text(), re.M)[1], 16)
            if caught >> (signal.SIGINT - 1) & 1:
                break
            time.sleep(0.1)
        job.send_signal(signal.SIGINT)
        assert "stopped after 0 of 5 trainings" in job.communicate(timeout=60)[1]
    finally:
        job.kill()
    assert job.returncode == -signal.SIGINT and not (tmp_path / "x.npz").exists()


# ----------------------------------------------------------------- find-rate


def test_find_rate(dfoo, tmp_path, planar):
    args = ["find-rate", "two_layer", "--set", "n1=16", "--data", planar, "--optimizer", "adam"]
    found = told(dfoo(*args, "--json", cwd=tmp_path))
    assert found["grew"] and found["low"] < found["rate"] < found["least"] < found["high"]
    assert 0.003 < found["rate"] < 0.3 and found["least_cost"] < found["start_cost"]
    curve = {x["name"]: x["values"] for x in found["curve"]}
    assert curve["learning_rate"][0] == 1e-6 and len(curve["cost"]) == len(curve["smooth"]) == found["steps"]
    shown = dfoo(*args, "-o", "r.svg", cwd=tmp_path)
    assert f"learning rate: {found['rate']:.2g} " in shown.stdout and "the picture is in r.svg" in shown.stderr
    assert (tmp_path / "r.svg").read_text().startswith("<svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.svg"]  # there is no run
    assert dfoo(*args, "-o", "-", cwd=tmp_path).stdout == (tmp_path / "r.svg").read_text()


def test_the_rate_trains_well(dfoo, tmp_path, planar):
    """It is within a factor of ten of the best of a scale of rates."""
    rate = told(dfoo("find-rate", "two_layer", "--set", "n1=16", "--data", planar, "--optimizer", "adam", "--json"))["rate"]

    def cost(alpha):
        done = dfoo("train", "two_layer", "--set", "n1=16", "--data", planar, "--optimizer", "adam", "--alpha", alpha, "--epochs", 150, "--json", "-o",
                    tmp_path / "r.npz")
        return told(done)["training"]["cost"]

    assert cost(rate) < min(map(cost, (1e-4, 1e-3, 1e-2, 0.1, 1))) + 0.05


def test_nothing_to_find(dfoo, tmp_path):
    """Labels that are the same for all inputs and a model that says so from the start: the cost does not fall."""
    (tmp_path / "flat.eq").write_text("input X : (1, m)\nlabel Y : (1, m)\nparam w : (1, 1) ~ zeros\nparam b : (1, 1) ~ zeros\n"
                                      "P = w @ X + b\nJ = 1/m * sum((P - Y)**2)\nminimize J\npredict P\n")
    np.savez(tmp_path / "d.npz", X=np.linspace(-1, 1, 9)[None], Y=np.zeros((1, 9)))
    done = dfoo("find-rate", "flat.eq", "--data", "d.npz", cwd=tmp_path)
    assert done.returncode == 0 and "none to propose" in done.stdout
