"""Tables as people have them: words, gaps, ids, dates, targets in the hundred thousands."""
import csv
import datetime
import re

import numpy as np
import pytest

REGRESSION = """size n1 = 8
input X : (n0, m)
label Y : (1, m)
param W1 : (n1, n0) ~ he
param b1 : (n1, 1) ~ zeros
param W2 : (1, n1) ~ xavier
param b2 : (1, 1) ~ zeros
A1 = relu(W1 @ X + b1)
Z2 = W2 @ A1 + b2
L = 1/2 * (Z2 - Y)**2
J = 1/m * sum(L)
minimize J
predict Z2
"""
HINGE = """input X : (n0, m)
label Y : (1, m)
param w : (1, n0) ~ zeros
param b : (1, 1) ~ zeros
Z = w @ X + b
J = 1/m * sum(log(1 + exp(-Y*Z)))
minimize J
predict Z
"""
CITIES = ["Berlin", "Paris, Texas", 'The "Hague"', "New | York"]
ADAM = ["--optimizer", "adam", "--alpha", "0.02", "--epochs", "400", "--threads", "1"]


@pytest.fixture
def refuses(dfoo, tmp_path):
    def run(*args):
        done = dfoo(*args, cwd=tmp_path)
        assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
        return done.stderr

    return run


def write(path, names, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(names)
        out.writerows(rows)


@pytest.fixture
def houses(tmp_path):
    """A price of 3e5 that follows from age and town; an id, a constant, gaps."""
    rng = np.random.default_rng(0)
    n = 400
    age, town, income = rng.integers(18, 80, n), rng.integers(0, 4, n), rng.lognormal(10, 1, n).round(2)
    price = (300000 + 2000 * age + 40000 * town + rng.normal(0, 1000, n)).round(2)
    rows = [[1000 + 7 * i, age[i], CITIES[town[i]] if i % 40 else "", income[i] if i % 10 else "NA", "same", price[i]] for i in range(n)]
    write(tmp_path / "houses.csv", ["id", "age", "town", "income", "kind", "price"], rows)
    (tmp_path / "net.eq").write_text(REGRESSION)
    return tmp_path


def test_rules_are_found_shown_and_stored(works, houses):
    done = works("train", "net.eq", "--data", "houses.csv", "--split", "0.25", *ADAM, "-o", "run.npz")
    assert "houses.csv: prepared by what 300 training examples say:" in done.stderr
    for said in ("id: left out", "kind: left out: it is always same", "town: words, an entry for each of 4",
                 "income: number, gaps count as the median", "one more entry says where it is missing",
                 "price: the target, learned in units of"):
        assert said in done.stderr, said
    shown = works("show", "run.npz").stdout
    assert 'town : words (Berlin | "New | York" | "Paris, Texas" | "The \\"Hague\\""), indicator' in shown
    assert "id : left out, " in shown and "age : number, mean " in shown and "price : target, mean " in shown
    # what is printed is a file that says the same
    (houses / "rules").write_text("\n".join(line for line in shown.split("# what becomes", 1)[1].splitlines()[1:]))
    works("train", "net.eq", "--data", "houses.csv", "--split", "0.25", "--prepare", "rules", *ADAM, "-o", "again.npz")
    first, again = np.load(houses / "run.npz"), np.load(houses / "again.npz")
    for name in ("W1", "b2", "dfoo.prepare.X", "dfoo.prepare.Y"):
        assert first[name].tobytes() == again[name].tobytes(), name


def test_costs_and_predictions_are_in_the_targets_units(works, houses):
    """What is printed is the model's own cost of raw labels and predictions."""
    done = works("train", "net.eq", "--data", "houses.csv", *ADAM, "-o", "run.npz")
    cost = float(done.stdout.split("cost")[1].split()[0])
    said = works("predict", "--weights", "run.npz", "--data", "houses.csv", "-o", "p.csv").stderr
    predicted = np.loadtxt(houses / "p.csv", skiprows=1)
    with open(houses / "houses.csv") as file:
        price = np.array([float(row["price"]) for row in csv.DictReader(file)])
    assert np.isclose(cost, np.mean((predicted - price) ** 2) / 2, rtol=1e-4) and f"{cost:.6g}" in said
    assert 1 - np.var(predicted - price) / np.var(price) > 0.98
    costs = np.load(houses / "run.npz")["dfoo.history"][:, 1]
    assert costs[0] > 1e8  # of the first epoch, too


@pytest.mark.parametrize("rows, how", [(False, []), (True, ["--dtype", "f32"])], ids=["columns", "rows"])
def test_each_target_has_its_own_units(works, refuses, houses, rows, how):
    """A price of 3e5 and a rate of 2: both are learned, told and predicted in their own units."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 3))
    y = np.column_stack([3e5 + 8e4 * (x[:, 0] + x[:, 1] ** 2 / 2), 2 + np.sin(x[:, 2]) / 5, np.full(300, 7.0)]) + rng.normal(size=(300, 3)) * [1e3, 0.01, 0]
    names = ["a", "b", "c", "price", "rate", "same"]
    write(houses / "two.csv", names, np.column_stack([x, y]).tolist())
    works("new", "--layers", "relu 24, linear 3", "-o", "two.eq", *(["--rows"] if rows else []))
    done = works("train", "two.eq", "--data", "two.csv", "--labels", "price,rate,same", "--split", "0.2", *how, "-o", "run.npz")
    assert re.search(r"price: a target, learned in units of [\d.e+]+ around 3", done.stderr) and "rate: a target, learned in units of 0.1" in done.stderr
    assert "in their own units; R2 is a mean over them" in done.stderr
    rules = works("show", "run.npz").stdout.split("columns of Y")[1]
    assert "price : target, mean 3" in rules and "rate : target, mean 1.9" in rules and "same : target, mean 7, sd 1" in rules
    said = works("predict", "--weights", "run.npz", "--data", "two.csv", "-o", "p.csv").stderr
    error = np.loadtxt(houses / "p.csv", skiprows=1, delimiter=",") - y
    told = dict(re.findall(r"^   (\w+): (R2 .*)$", said, re.M))
    for i, name in enumerate(names[3:5]):
        r2 = 1 - (error[:, i] ** 2).sum() / ((y[:, i] - y[:, i].mean()) ** 2).sum()
        now = metrics(told[name] + "\n")
        assert r2 > 0.8 and np.isclose(now["R2"], r2, atol=1e-3) and np.isclose(now["RMSE"], np.sqrt((error[:, i] ** 2).mean()), rtol=1e-3), name
    assert np.isclose(metrics(said.split("same")[1])["cost"], (error**2).sum(axis=1).mean() / 2, rtol=1e-4), "the model's own cost"
    for kind in ("predicted", "residuals"):
        works("plot", "run.npz", "--kind", kind, "--data", "two.csv", "-o", f"{kind}.svg")
        picture = (houses / f"{kind}.svg").read_text()
        assert "price: R2 0.9" in picture and "rate: R2 0." in picture
    # a run that was made by another version, or damaged: not as many units as columns
    run = dict(np.load(houses / "run.npz"))
    lines = bytes(run["dfoo.prepare.Y"].astype(np.uint8)).split(b"\0")[:2]
    run["dfoo.prepare.Y"] = np.frombuffer(b"\0".join(lines) + b"\0", np.uint8).astype(float)
    np.savez(houses / "bad.npz", **run)
    (houses / "x.csv").write_text("a,b,c\n1,2,3\n")
    assert "the run is damaged: it has sd(Y) for 2 columns of 3" in refuses("predict", "--weights", "bad.npz", "--data", "x.csv")


def test_patience_watches_no_mixed_units(works, houses):
    """A price whose noise is learned by heart, and a rate that takes long: the cost is the price's alone."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(120, 4))
    y = np.column_stack([3e5 + 2e4 * x[:, 0] + 4e4 * rng.normal(size=120), 0.02 + np.sin(2 * x[:, 1]) / 100])
    write(houses / "two.csv", [*"abcd", "price", "rate"], np.column_stack([x, y]).tolist())
    works("new", "--layers", "relu 24, linear 2", "-o", "two.eq")
    train = ["train", "two.eq", "--data", "two.csv", "--labels", "price,rate", "--split", "0.3", "--patience", "60",
             "--optimizer", "adam", "--alpha", "0.01", "--epochs", "400", "-o"]
    said = works(*train, "run.npz").stdout
    assert re.search(r"stopped: the R2 of the test data was not better for 60 epochs\nkept: the parameters after epoch \d+, where it was best\n", said)
    works(*train, "r2.npz", "--metric", "R2")
    run, r2 = np.load(houses / "run.npz"), np.load(houses / "r2.npz")
    assert run["dfoo.best_epoch"] == r2["dfoo.best_epoch"] and (run["W1"] == r2["W1"]).all()
    costs = run["dfoo.history"]
    assert run["dfoo.best_epoch"] != costs[np.nanargmin(costs[:, 3]), 0]
    shown = float(re.search(r"^R2 +[\d.-]+ +([\d.-]+)", said, re.M)[1])
    assert np.isclose(1 - run["dfoo.best_cost"], shown, atol=1e-3)


def test_several_targets_no_better_than_their_means(works, houses):
    rng = np.random.default_rng(1)
    write(houses / "noise.csv", list("abpq"), rng.normal(size=(300, 4)).tolist())
    works("new", "--layers", "relu 8, linear 2", "-o", "two.eq")
    done = works("train", "two.eq", "--data", "noise.csv", "--labels", "p,q", "--optimizer", "sgd", "--alpha", "1e-4", "--epochs", "60", "-o", "run.npz")
    assert "always saying the mean of each column of Y is " in done.stderr


def test_heavy_tails(works, refuses, houses):
    """Of a column in which a few values are most of the deviation the logarithm of the distance is learned from."""
    rng = np.random.default_rng(3)
    z = rng.normal(size=(1000, 4))
    x = np.column_stack([np.exp(2.5 * z[:, 0]), -np.exp(2 * z[:, 1]) + 1e4, z[:, 2], rng.exponential(size=1000)])
    y = z[:, 0] - z[:, 1] + 0.3 * z[:, 2] + 0.2 * rng.normal(size=1000) > 0
    rows = [[*map(str, a), "yes" if b else "no"] for a, b in zip(x, y)]
    for j in range(0, 1000, 9):
        rows[j][0] = ""
    write(houses / "heavy.csv", ["rich", "poor", "plain", "slow", "who"], rows)
    works("new", "--layers", "relu 8, sigmoid 1", "-o", "c.eq")
    done = works("train", "c.eq", "--data", "heavy.csv", "--split", "0.2", "-o", "run.npz")
    assert "rich: number, some far from the others: log(1 + distance from " in done.stderr and "poor: number, some far" in done.stderr
    assert "plain: number" not in done.stderr and "slow: number" not in done.stderr
    assert float(done.stdout.split("accuracy")[1].split()[1].rstrip("%")) > 85
    # the rule is what is done: by another hand, and the same rules give the same run
    rules = dict(line.split(" : ") for line in works("show", "run.npz").stdout.split("columns of X\n")[1].splitlines() if " : " in line)
    now = {k: float(v) for k, v in re.findall(r"(mean|sd|median|log) ([-\d.e+]+)", rules["poor"])}
    far = (x[:, 1] - now["median"]) / now["log"]
    near = np.sign(far) * np.log1p(np.abs(far))
    kept = np.load(houses / "run.npz")
    assert np.isclose(near.mean(), now["mean"], atol=0.1) and np.isclose(near.std(), now["sd"], rtol=0.1)
    (houses / "rules").write_text("".join(f"{k} : {v}\n" for k, v in rules.items() if k != "who"))
    works("train", "c.eq", "--data", "heavy.csv", "--split", "0.2", "--prepare", "rules", "-o", "again.npz")
    again = np.load(houses / "again.npz")
    assert all(kept[k].tobytes() == again[k].tobytes() for k in ("W1", "b2", "dfoo.prepare.X"))
    # values that training never came near
    (houses / "far.csv").write_text("rich,poor,plain,slow\n1e308,-1e308,0,1\n-1e308,1e308,0,1\n0,0,0,0\n")
    works("predict", "--weights", "run.npz", "--data", "far.csv", "-o", "p.csv")
    assert np.isfinite([float(line.split(",")[0]) for line in (houses / "p.csv").read_text().splitlines()[1:]]).all()
    # said otherwise
    (houses / "rules").write_text("rich : number, as it is\npoor : number, mean 0, sd 1\n")
    shown = works("train", "c.eq", "--data", "heavy.csv", "--prepare", "rules", "-o", "plain.npz").stderr
    assert "far from the others" not in shown
    (houses / "rules").write_text("plain : number, log 2\n")
    assert "plain: number, some far from the others" in works("train", "c.eq", "--data", "heavy.csv", "--prepare", "rules", "-o", "plain.npz").stderr
    (houses / "rules").write_text("plain : number, log 0\n")
    assert "that is no property of such a column" in refuses("train", "c.eq", "--data", "heavy.csv", "--prepare", "rules", "-o", "x.npz")


def test_mini_batches_and_going_on(works, houses):
    how = ["net.eq", "--data", "houses.csv", "--split", "0.2", "--batch", "32", "--alpha", "0.01", "--optimizer", "adam", "--quiet"]
    works("train", *how, "--epochs", "20", "-o", "whole.npz")
    works("train", *how, "--epochs", "9", "-o", "part.npz")
    works("train", *how, "--epochs", "20", "--resume", "-o", "part.npz")
    whole, part = np.load(houses / "whole.npz"), np.load(houses / "part.npz")
    for name in whole.files:
        if name != "dfoo.history":
            assert whole[name].tobytes() == part[name].tobytes(), name


def test_other_data_is_read_by_name(works, refuses, dfoo, houses):
    works("train", "net.eq", "--data", "houses.csv", *ADAM, "-o", "run.npz")
    predict = ["predict", "--weights", "run.npz", "-o", "p.csv", "--data"]
    write(houses / "a.csv", ["age", "town", "income"], [[30, "Berlin", 20000], [60, 'The "Hague"', 20000]])
    works(*predict, "a.csv")
    a = np.loadtxt(houses / "p.csv", skiprows=1)
    write(houses / "b.csv", ["more", "income", "town", "age"], [["x", 20000, "Berlin", 30], ["y", 20000, 'The "Hague"', 60]])
    works(*predict, "b.csv")
    assert np.allclose(a, np.loadtxt(houses / "p.csv", skiprows=1), rtol=1e-12) and 90000 < a[1] - a[0] < 190000
    write(houses / "c.csv", ["age", "town", "income"], [[30, "Oslo", 20000], ["", "Berlin", ""]])
    said = works(*predict, "c.csv").stderr
    assert "'town' has a word that the rule of training does not have: Oslo" in said
    assert "'age' has 1 gap: the median of training, 5" in said and np.isfinite(np.loadtxt(houses / "p.csv", skiprows=1)).all()
    write(houses / "d.csv", ["age", "town"], [[30, "Berlin"]])
    assert "there is no column 'income', which training had" in refuses(*predict, "d.csv")
    write(houses / "e.csv", ["age", "town", "income"], [["old", "Berlin", 3]])
    assert "'age' holds words (old), and training had numbers there" in refuses(*predict, "e.csv")
    write(houses / "f.csv", ["age", "town", "income"], [[3, 4, 3]])
    assert "'town' holds numbers, and training had words there" in refuses(*predict, "f.csv")


def days_of(text):
    """By Python's own calendar."""
    when = datetime.datetime.strptime(text, "%d.%m.%Y" if "." in text else "%Y-%m-%dT%H:%M" if "T" in text else "%Y-%m-%d")
    return (when - datetime.datetime(1970, 1, 1)) / datetime.timedelta(days=1)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M"])
def test_dates_are_days(works, refuses, houses, form):
    """As the message says it, and then the same as the numbers of the days."""
    rng = np.random.default_rng(4)
    begin = datetime.datetime(1895, 2, 27, 6)
    dates = [(begin + datetime.timedelta(hours=float(h))).strftime(form) for h in rng.uniform(0, 1.5e6, 80)]
    days = [days_of(d) for d in dates]
    a = rng.normal(size=80)
    y = a + np.array(days) / 2e4
    write(houses / "dates.csv", ["sold", "a", "y"], list(zip(dates, a, y)))
    write(houses / "days.csv", ["sold", "a", "y"], list(zip(days, a, y)))
    said = refuses("train", "net.eq", "--data", "dates.csv", "-o", "run.npz")
    assert "'sold' holds dates or times" in said and "echo 'sold : days' > columns.txt, and then --prepare columns.txt" in said
    (houses / "columns.txt").write_text("sold : days\n")
    how = [*ADAM, "-o"]
    told = works("train", "net.eq", "--data", "dates.csv", "--prepare", "columns.txt", *how, "run.npz").stderr
    assert "sold: days since 1970, gaps count as the median" in told
    (houses / "columns.txt").write_text("sold : number\n")
    works("train", "net.eq", "--data", "days.csv", "--prepare", "columns.txt", *how, "other.npz")
    run, other = np.load(houses / "run.npz"), np.load(houses / "other.npz")
    np.testing.assert_array_equal(run["W1"], other["W1"])
    assert re.search(r"sold : days, mean [\d.-]+, sd [\d.]+, median", works("show", "run.npz").stdout)
    write(houses / "new.csv", ["a", "sold"], [[0.5, "2000-02-29 12:00:00"], [0.5, ""]])
    write(houses / "new_days.csv", ["a", "sold"], [[0.5, 11016.5], [0.5, ""]])
    for run, data in (("run", "new"), ("other", "new_days")):
        warned = works("predict", "--weights", f"{run}.npz", "--data", f"{data}.csv", "-o", f"{run}.csv").stderr
        assert "'sold' has 1 gap: the median of training" in warned
    assert (houses / "run.csv").read_text() == (houses / "other.csv").read_text()
    for wrong, says in (("2001-02-29", "'sold' has 2001-02-29, which is no date of those that are read"), ("3/4/2011", "3/4/2011, which is no date"),
                        ("11000", "'sold' holds numbers, and training had dates there")):
        write(houses / "new.csv", ["a", "sold"], [[0.5, wrong]])
        assert says in refuses("predict", "--weights", "run.npz", "--data", "new.csv")


def test_what_is_refused(refuses, houses):
    train = ["train", "net.eq", "-o", "run.npz", "--data"]
    write(houses / "d.csv", ["when", "a", "y"], [[f"2024-01-{i:02}", i, 2 * i] for i in range(1, 29)])
    said = refuses(*train, "d.csv")
    assert "'when' holds dates or times, such as 2024-01-01" in said and "when : left out" in said
    write(houses / "c.csv", ["a", "y"], [[3, i] for i in range(9)])
    assert refuses(*train, "c.csv", "--map", "X=town,Y=y") and "there is no" in refuses(*train, "c.csv", "--prepare", "nosuch")
    for text, words in (("a number", "the name of a column and a : are missing"), ("a : numb", "a column is a number, words"),
                        ("b : number", "has no column 'b'"), ("a : words", "'a' holds numbers, and --prepare says: a : words"),
                        ("a : number, sd -1", "that is no property"), ('"a : number', "the name of a column")):
        (houses / "rules").write_text(text + "\n")
        assert words in refuses(*train, "c.csv", "--prepare", "rules"), text
    assert "is empty, where a value is needed" in refuses(*train, "houses.csv", "--prepare", "none")


def test_rules_of_ones_own(works, houses):
    (houses / "rules").write_text("# mine\nage : number, as it is\nincome : left out\ntown : words (Berlin | \"New | York\")\n")
    works("train", "net.eq", "--data", "houses.csv", "--prepare", "rules", "--epochs", "3", "-o", "run.npz")
    shown = works("show", "run.npz").stdout
    assert "age : number, as it is, median" in shown and "income : left out, --prepare says so" in shown
    assert np.load(houses / "run.npz")["W1"].shape == (8, 3)


def test_held_back_examples_say_nothing(works, houses):
    """Means are of the training examples alone, and the split is the same as without preparation."""
    rng = np.random.default_rng(2)
    x = rng.normal(5, 3, 100)
    write(houses / "d.csv", ["x", "y"], np.c_[x, 3 * x])
    works("train", "net.eq", "--data", "d.csv", "--split", "0.4", "--seed", "3", "--epochs", "1", "-o", "run.npz")
    shown = works("show", "run.npz").stdout
    mean = float(shown.split("x : number, mean ")[1].split(",")[0])
    assert not np.isclose(mean, x.mean(), rtol=1e-6)
    halves = [x[list(rows)].mean() for rows in [range(100)]]
    assert abs(mean - halves[0]) < 1


def test_a_loss_that_wants_its_own_labels_is_left_alone(works, houses):
    """Labels -1 and 1 of log(1 + exp(-Y*Z)) are no measured values."""
    (houses / "hinge.eq").write_text(HINGE)
    rng = np.random.default_rng(4)
    x = rng.normal(size=200)
    write(houses / "d.csv", ["x", "y"], [[a, 1 if a > 0.3 else -1] for a in x])
    done = works("train", "hinge.eq", "--data", "d.csv", "--alpha", "1", "--epochs", "300", "-o", "run.npz")
    assert "target" not in done.stderr
    works("predict", "--weights", "run.npz", "--data", "d.csv", "-o", "p.csv")
    assert np.mean((np.loadtxt(houses / "p.csv", skiprows=1) > 0) == (x > 0.3)) > 0.95


def test_rows_without_a_label_are_left_out(works, houses):
    rng = np.random.default_rng(5)
    x = rng.normal(size=60)
    write(houses / "d.csv", ["x", "y"], [[a, 2 * a if i % 6 else ""] for i, a in enumerate(x)])
    done = works("train", "net.eq", "--data", "d.csv", "--epochs", "9", "-o", "run.npz")
    assert "10 of 60 rows have no label, and are left out" in done.stderr
    done = works("predict", "--weights", "run.npz", "--data", "d.csv", "-o", "p.csv")
    assert "10 of 60 examples have no Y, so there is no score" in done.stderr
    assert len(np.loadtxt(houses / "p.csv", skiprows=1)) == 60


def test_tables_without_names_and_wide_ones(works, houses):
    rng = np.random.default_rng(6)
    np.savetxt(houses / "d.csv", np.c_[rng.normal(9, 5, (50, 3)), np.full(50, 4), rng.normal(3e5, 1e4, 50)], delimiter=";", fmt="%.6g")
    works("train", "net.eq", "--data", "d.csv", "--epochs", "9", "-o", "run.npz")
    assert "column 4 : left out, it is always 4" in works("show", "run.npz").stdout
    works("predict", "--weights", "run.npz", "--data", "d.csv", "-o", "p.csv")
    wide = rng.normal(size=(30, 2000))
    write(houses / "w.csv", [f"g{i}" for i in range(2000)] + ["y"], np.c_[wide, wide[:, 0]].tolist())
    done = works("train", "net.eq", "--data", "w.csv", "--epochs", "3", "-o", "run.npz")
    assert "2000 columns of numbers: each to mean 0 and deviation 1" in done.stderr and len(done.stderr) < 5000


def test_preparing_takes_no_second_table(works, houses, instrumented):
    """500 rows of 2,000 columns are 8 MB; while they are read there are twice as many, and a copy is trained with."""
    x = np.random.default_rng(0).normal(size=(500, 2000)).round(3)
    write(houses / "wide.csv", [*(f"x{i}" for i in range(2000)), "y"], np.column_stack([x, x[:, 0] > 0]).tolist())
    works("new", "--layers", "relu 2, sigmoid 1", "-o", "wide.eq")
    works("train", "wide.eq", "--data", "wide.csv", "--epochs", "1", "--threads", "1", "--memory", "60M" if instrumented else "35M", "-o", "run.npz")


def test_many_words(works, houses):
    rng = np.random.default_rng(7)
    words = [f"w{int(k)}" for k in rng.geometric(0.03, 2000)]
    write(houses / "d.csv", ["word", "comment", "x", "y"], [[w, f"text {i}", i % 7, len(w)] for i, w in enumerate(words)])
    done = works("train", "net.eq", "--data", "d.csv", "--epochs", "3", "-o", "run.npz")
    assert "word: words, an entry for each of 64" in done.stderr and "those that are rarer have none" in done.stderr
    assert "comment: left out: 2000 different words in 2000 rows, as of an id" in done.stderr
    assert np.load(houses / "run.npz")["W1"].shape == (8, 65)


def test_a_size_that_the_model_says(works, refuses, houses):
    write(houses / "d.csv", ["a", "b", "y"], [[i, 3, i] for i in range(20)])
    works("train", "net.eq", "--data", "d.csv", "--set", "n0=2", "--epochs", "2", "-o", "run.npz")
    assert np.load(houses / "run.npz")["W1"].shape == (8, 2)
    said = refuses("train", "net.eq", "--data", "houses.csv", "--set", "n0=5", "-o", "no.npz")
    assert "entries for X, and the model has 5" in said and "'town' holds 4 words" in said


def test_quiet_is_quiet(works, houses):
    assert works("train", "net.eq", "--data", "houses.csv", *ADAM, "--quiet", "-o", "run.npz").stderr == ""


# ------------------------------------------------------------------------- metrics


def metrics(said):
    """R2 0.98, cost 3 ..: by name."""
    return {name: float(x) / (100 if percent else 1) for name, x, percent in re.findall(r"([A-Za-z0-9-]+) (-?[\d.e+-]+)(%?)(?=,| on|\n)", said)}


def test_metrics_of_values(works, houses):
    works("train", "net.eq", "--data", "houses.csv", "--split", "0.25", "-o", "run.npz")
    with open(houses / "houses.csv") as file:
        price = np.array([float(row["price"]) for row in csv.DictReader(file)])
    said, found = {}, {}
    for part in ("all", "train", "test"):
        said[part] = works("predict", "--weights", "run.npz", "--data", "houses.csv", "--part", part, "-o", "p.csv").stderr
        found[part] = np.loadtxt(houses / "p.csv", skiprows=1)
    assert [len(found[part]) for part in ("all", "train", "test")] == [400, 300, 100]
    assert "those that were held back" in said["test"] and "those that were trained with" in said["train"]
    error = found["all"] - price
    now = metrics(said["all"])
    assert np.isclose(now["R2"], 1 - (error**2).sum() / ((price - price.mean()) ** 2).sum(), rtol=1e-3)
    assert np.isclose(now["RMSE"], np.sqrt((error**2).mean()), rtol=1e-3) and np.isclose(now["MAE"], np.abs(error).mean(), rtol=1e-3)
    where = {round(float(p), 3): i for i, p in enumerate(found["all"])}
    held = sorted(where[round(float(p), 3)] for p in found["test"])
    kept = sorted(where[round(float(p), 3)] for p in found["train"])
    assert len({*held, *kept}) >= 399  # two may be predicted alike
    assert np.isclose(metrics(said["test"])["RMSE"], np.sqrt((error[held] ** 2).mean()), rtol=1e-3)


@pytest.mark.parametrize("classes", [2, 3])
def test_metrics_of_classes(works, houses, classes):
    """Held against the definitions, written out in numpy."""
    rng = np.random.default_rng(11)
    x = rng.normal(size=(300, 2))
    y = (x[:, 0] + rng.normal(size=300) > 0.9).astype(int) if classes == 2 else np.digitize(x[:, 0] + rng.normal(size=300), [-0.5, 1])
    write(houses / "d.csv", ["a", "b", "y"], [[*row, k] for row, k in zip(x, y)])
    works("train", "logistic" if classes == 2 else "softmax", "--data", "d.csv", "--epochs", "5", "-o", "run.npz")
    now = metrics(works("predict", "--weights", "run.npz", "--data", "d.csv", "-o", "p.npz").stderr)
    with np.load(houses / "p.npz") as p:
        found = p[p.files[0]].T
    found = np.hstack([1 - found, found]) if classes == 2 else found
    guess = found.argmax(axis=1)
    precision = [np.mean(y[guess == k] == k) if (guess == k).any() else 0 for k in range(classes)]
    recall = [np.mean(guess[y == k] == k) for k in range(classes)]
    f1 = [2 * p * r / (p + r) if p + r else 0 for p, r in zip(precision, recall)]

    def area(k):
        return np.mean([[(a > b) + (a == b) / 2 for b in found[y != k, k]] for a in found[y == k, k]])

    pick = (lambda values: values[1]) if classes == 2 else np.mean
    wanted = {"accuracy": np.mean(guess == y), "balanced-accuracy": np.mean(recall), "precision": pick(precision), "recall": pick(recall),
              "F1": pick(f1), "log-loss": -np.mean(np.log(found[np.arange(300), y])), "AUC": pick([area(k) for k in range(classes)])}
    for name, value in wanted.items():
        assert np.isclose(now[name], value, atol=6e-5 if name != "log-loss" else 1e-3), name


def test_what_is_watched(works, refuses, houses):
    rng = np.random.default_rng(12)
    x = rng.normal(size=(200, 2))
    write(houses / "d.csv", ["a", "b", "y"], [[*row, int(row[0] + rng.normal() > 0)] for row in x])
    train = ["train", "logistic", "--data", "d.csv", "--split", "0.3", "--epochs", "200", "-o", "run.npz", "--metric"]
    done = works(*train, "AUC", "--patience", "7")
    assert "stopped: the AUC of the test data was not better for 7 epochs" in done.stdout and "where it was best" in done.stdout
    assert -1 <= float(np.load(houses / "run.npz")["dfoo.best_cost"]) <= -0.5
    assert "no metric is called 'AUROC'; there are R2, RMSE" in refuses(*train, "AUROC", "--patience", "7")
    assert "--metric R2: there is none for the labels of this model" in refuses(*train, "R2", "--patience", "7")
    assert "give --patience, too" in refuses(*train, "AUC")


def test_parts_of_other_data(works, refuses, houses):
    works("train", "net.eq", "--data", "houses.csv", "--epochs", "2", "-o", "run.npz")
    assert "the run held back nothing" in refuses("predict", "--weights", "run.npz", "--data", "houses.csv", "--part", "test")
    works("train", "net.eq", "--data", "houses.csv", "--split", "0.5", "--epochs", "2", "-o", "run.npz")
    lines = (houses / "houses.csv").read_text().splitlines()
    (houses / "less.csv").write_text("\n".join(lines[:200]))
    assert "training had 400 examples, and these are 199" in refuses("predict", "--weights", "run.npz", "--data", "less.csv", "--part", "test")
    works("train", "net.eq", "--data", "houses.csv", "--split", "0.5", "--seed", 2**53 + 1, "--epochs", "2", "-o", "run.npz")
    assert "does not say by which seed" in refuses("predict", "--weights", "run.npz", "--data", "houses.csv", "--part", "test")


# ------------------------------------------------------------------------- what learns by itself


def test_the_bare_command_learns(works, houses):
    done = works("train", "net.eq", "--data", "houses.csv", "--split", "0.25", "-o", "run.npz")
    assert "chosen for 300 training examples: adamw, learning rate 0.007 falling to 0 along a cosine, decay 0.22, mini-batches of 16, 106 epochs" in done.stderr
    assert metrics(works("predict", "--weights", "run.npz", "--data", "houses.csv", "--part", "test", "-o", "p.csv").stderr)["R2"] > 0.97
    for how in (["--optimizer", "sgd"], ["--learning-rate", "0.01"], ["--prepare", "rules", "--decay", "0.1"]):
        (houses / "rules").write_text("age : number\n")
        done = works("train", "net.eq", "--data", "houses.csv", *how, "--epochs", "2", "-o", "run.npz")
        assert "chosen for" not in done.stderr, how


# ------------------------------------------------------------------------- weights of classes


@pytest.fixture
def rare(tmp_path):
    """One of 30 is of the second class; the two overlap."""
    rng = np.random.default_rng(13)
    y = (np.arange(1500) % 30 == 0).astype(int)
    x = rng.normal(size=(1500, 2)) + 1.2 * y[:, None]
    write(tmp_path / "rare.csv", ["a", "b", "kind"], [[*row, ["usual", "rare"][k]] for row, k in zip(x, y)])
    return tmp_path


@pytest.mark.parametrize("how", ["balanced", "rare=29", "rare=58,usual=2"])
def test_weights_of_classes(works, rare, how):
    """Recall rises, the equations show why, and the cost that is told of other data is not weighed."""
    recalls = {}
    for name, more in ("plain", []), ("weighed", ["--class-weight", how]):
        works("train", "logistic", "--data", "rare.csv", "--split", "0.3", *more, "--quiet", "-o", f"{name}.npz")
        said = works("predict", "--weights", f"{name}.npz", "--data", "rare.csv", "--part", "test", "-o", "p.csv").stderr
        recalls[name] = metrics(said)["balanced-accuracy"]
        assert "cost" in said
    assert recalls["plain"] < 0.6 and recalls["weighed"] > 0.7
    shown = works("show", "weighed.npz").stdout
    assert "input  weight : (1, m)" in shown and "sum(weight * L)" in shown  # w is taken in this model


def test_balanced_weights_are_the_formula(works, rare):
    """A step of gradient descent, by numpy."""
    works("train", "logistic", "--data", "rare.csv", "--class-weight", "balanced", "--prepare", "none", "--optimizer", "sgd",
          "--alpha", "0.5", "--epochs", "1", "--quiet", "-o", "run.npz")
    with open(rare / "rare.csv") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row["a"]), float(row["b"])] for row in rows]).T
    y = np.array([row["kind"] == "usual" for row in rows]).astype(float)  # classes in the order of their names
    w = np.where(y == 1, 1500 / (2 * y.sum()), 1500 / (2 * (1500 - y.sum())))
    run = np.load(rare / "run.npz")
    np.testing.assert_allclose(run[[n for n in run.files if n in ("W", "W1", "w")][0]].ravel(), 0.5 * (w * (y - 0.5) * x).mean(axis=1), rtol=1e-10)


def test_weights_that_do_not_fit(works, refuses, rare):
    train = ["train", "logistic", "--data", "rare.csv", "-o", "run.npz", "--class-weight"]
    assert "there is no class 'odd'; there are rare, usual" in refuses(*train, "odd=3")
    assert "takes balanced, or numbers from 0 on by class, as in rare=10" in refuses(*train, "rare=-1")
    (rare / "net.eq").write_text(HINGE)
    said = refuses("train", "net.eq", "--data", "rare.csv", "-o", "run.npz", "--class-weight", "balanced")
    assert "there is no one place for them" in said


def test_nothing_to_learn(works, tmp_path):
    write(tmp_path / "d.csv", ["a", "y"], [[i, 1] for i in range(40)])
    said = works("train", "logistic", "--data", "d.csv", "--epochs", "3", "-o", "run.npz").stderr
    assert "'y' is the same in all 40 training examples: there is nothing to learn" in said


def test_names_of_classes_are_no_commands(works, tmp_path):
    """A name with an escape sequence is shown, not obeyed."""
    rng = np.random.default_rng(14)
    write(tmp_path / "d.csv", ["a", "y"], [[x, "\x1b[31mred" if x > 0 else "\x1b[2Jno"] for x in rng.normal(size=60)])
    works("train", "logistic", "--data", "d.csv", "--epochs", "3", "-o", "run.npz")
    said = works("predict", "--weights", "run.npz", "--data", "d.csv", "-o", "p.csv").stderr
    assert "\x1b" not in said and "\\x1B[31mred" in said
