"""Bare `dfoo train` on ten tables, beside settings that were tried by hand and scikit-learn's models: accuracy of the
classes, R2 of values, of a quarter that nothing has seen. Run it in the environment that bench/tables/venv makes:

    $(bench/tables/venv) bench/tables/run.py [--dfoo build/release/dfoo]

Ends with 1 if bare training is more than two points behind the best that was tried by hand, on any task."""
import argparse
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

from tasks import divided

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("OMP_NUM_THREADS", "1")  # these tables are too small to be shared
BY_HAND = ["--optimizer adam --learning-rate 0.01 --batch 32 --epochs 100",
           "--optimizer adam --learning-rate 0.003 --batch 32 --epochs 60 --schedule cosine",
           "--optimizer adam --learning-rate 0.003 --batch 64 --epochs 30 --schedule cosine",
           "--optimizer adamw --decay 0.1 --learning-rate 0.01 --batch 32 --epochs 50 --schedule cosine"]


def score(classes, wanted, predicted):
    if classes:
        return sum(map(str.__eq__, wanted, predicted)) / len(wanted)
    y, p = [float(x) for x in wanted], [float(x) for x in predicted]
    mean = sum(y) / len(y)
    return 1 - sum((a - b) ** 2 for a, b in zip(y, p)) / sum((a - mean) ** 2 for a in y)


class Trainer:
    def __init__(self, dfoo, folder, task):
        self.dfoo, self.folder = dfoo, pathlib.Path(folder)
        _, self.classes, X, y, X_test, y_test = task
        X.assign(target=y).to_csv(self.folder / "train.csv", index=False)
        X_test.assign(target=y_test).to_csv(self.folder / "test.csv", index=False)
        kinds = len(set(y)) if self.classes else 0
        last = "linear 1" if not kinds else "sigmoid 1" if kinds == 2 else f"softmax {kinds}"
        (self.folder / "net.eq").write_text(self.run("new", "--layers", f"relu 32, {last}"))

    def run(self, *args):
        done = subprocess.run([self.dfoo, *args], cwd=self.folder, text=True, capture_output=True)
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout

    def score(self, options=""):
        self.run("train", "net.eq", "--data", "train.csv", "--quiet", "--threads", "1", "-o", "run.npz", *options.split())
        self.run("predict", "--weights", "run.npz", "--data", "test.csv", "-o", "p.csv")
        rows = list(csv.reader(open(self.folder / "p.csv")))[1:]
        wanted = [row["target"] for row in csv.DictReader(open(self.folder / "test.csv"))]
        two = self.classes and len(set(wanted)) == 2
        found = [str(int(float(row[0]) >= 0.5)) if two else row[-1] if self.classes else row[0] for row in rows]
        return score(self.classes, wanted, found)


def peers(task):
    """scikit-learn's multi-layer perceptron, linear model and boosting, with numbers standardised."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    _, classes, X, y, X_test, y_test = task
    if classes:
        models = [make_pipeline(StandardScaler(), m) for m in (MLPClassifier(max_iter=500, random_state=0),
                                                                LogisticRegression(max_iter=2000))]
        models.append(HistGradientBoostingClassifier(random_state=0))
    else:
        models = [TransformedTargetRegressor(make_pipeline(StandardScaler(), MLPRegressor(max_iter=500, random_state=0)),
                                             transformer=StandardScaler()),
                  make_pipeline(StandardScaler(), RidgeCV()), HistGradientBoostingRegressor(random_state=0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [m.fit(X, y).score(X_test, y_test) for m in models]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dfoo", default=ROOT / "build/release/dfoo")
    dfoo = pathlib.Path(arguments.parse_args().dfoo).resolve()
    behind = []
    print("| task | examples | bare dfoo | by hand, the best of four | scikit-learn's MLP | linear | boosting |")
    print("|---|---|---|---|---|---|---|")
    for task in divided():
        with tempfile.TemporaryDirectory() as folder:
            trainer = Trainer(dfoo, folder, task)
            bare, hand = trainer.score(), max(trainer.score(options) for options in BY_HAND)
        if bare < hand - 0.02:
            behind.append(task[0])
        numbers = " | ".join(f"{x:.3f}" for x in [bare, hand, *peers(task)])
        print(f"| {task[0]}, {'accuracy' if task[1] else 'R2'} | {len(task[2])} | {numbers} |", flush=True)
    if behind:
        sys.exit(f"more than two points behind: {', '.join(behind)}")


if __name__ == "__main__":
    main()
