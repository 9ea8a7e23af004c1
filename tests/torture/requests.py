"""Command lines for trials: usual ones, and any that the tables of options allow. The files are those of inputs.py; what is
written is called out.SOMETHING."""
import json
import re
import subprocess

USUAL = [line.split("|") for line in """
show|two_layer
show|two_layer|--plan
show|--optimizer|adam|--schedule|cosine|--clip|1
derive|two_layer|--steps
derive|two_layer|--run
derive|two_layer|--hvp
derive|deep|--format|numpy
derive|two_layer|--format|latex|--standalone
derive|two_layer|--format|html|--json
derive|two_layer|--jacobian|A2
derive|two_layer|--given|A1,dA2
explain|two_layer|dZ1
explain|two_layer|dW1|--by|jacobian|--numbers
explain|two_layer|dW1|--by|differential|--steps
explain|softmax.eq|dZ1|--json
explain|sigmoid
explain|two_layer|dW1|--values|v.npz
explain|two_layer|--all|-o|out.html
explain|two_layer|dW1|--format|typst
check|two_layer
check|two_layer|--hvp|--format|json
check|--list
check|two_layer|--against|ans.eq|--format|html|-o|out.html
check|two_layer|--against|g.npz|--values|v.npz|--show
check|two_layer|--against|mine.py
check|two_layer|--against|nb.ipynb|--json
grade|two_layer|mine.py|-o|out.csv
grade|two_layer|nb.ipynb|-o|out.html
grad|two_layer|--values|v.npz|-o|out.npz
grad|two_layer|--values|v.npz|-o|out.npz|--json
train|two_layer|--data|d.csv|--epochs|2|-o|out.npz|--log|out.log|--plot|out.svg|--threads|1
train|two_layer|--data|h.csv|--epochs|2|-o|out.npz|--split|0.2|--standardize|--patience|1|--batch|7|--threads|2|--optimizer|adam
train|two_layer|--data|p.npz|--epochs|2|-o|out.npz|--optimizer|opt.opt|--schedule|cosine
train|two_layer|--data|d.npz|--epochs|3|-o|out.npz|--quiet|--checkpoint|1|--dtype|f32
train|two_layer|--data|d.csv.gz|--epochs|2|-o|out.npz|--json
train|two_layer|--data|d.csv|--from|w.npz|--epochs|1|-o|out.npz
predict|--weights|w.npz|--data|d.csv
predict|two_layer|--weights|w.npz|--data|d.csv|--json
predict|--weights|c.npz|--data|h.csv|-o|out.csv
predict|--weights|w.npz|--data|d.npz|-o|out.npz
plot|--weights|w.npz|--data|d.csv|-o|out.svg
plot|--weights|c.npz|--data|h.csv|--confusion
plot|--log|l.csv|-o|out.svg
plot|--log|w.npz
plot|w.npz
plot|w.npz|--kind|rate|-o|out.svg
plot|c.npz|--kind|roc|--data|h.csv|-o|out.svg
plot|c.npz|--kind|gradients|--data|h.csv
cv|two_layer|--data|d.csv|--folds|2|--epochs|2|--grid|n1=2,3|-o|out.npz
cv|two_layer|--data|h.csv|--folds|3|--epochs|1|--json
find-rate|two_layer|--data|d.csv|-o|out.svg
show|w.npz|--config
train|run.toml|-o|out.npz
practice|two_layer|--count|3|--format|moodle|-o|out.xml
practice|deep|--kind|mistake|--seed|4
ask|why the transpose
new|--layers|relu 3, sigmoid 1|--l2|0.1|--dropout|0.5|-o|out.eq
help|train
help|--json
help|train|--man
help|--completion|bash
--version
derive|tow_layer
derive|two_layer|--nosuch
train|two_layer|--data|nosuch.csv|-o|out.npz
""".strip().splitlines()]

# (command, the files of it that may be damaged)
READING = [([w for w in line.split("|")], names.split()) for line, names in [
    ("derive|two_layer.eq", "two_layer.eq"), ("derive|deep.eq|--steps", "deep.eq"), ("derive|softmax.eq|--hvp", "softmax.eq"), ("explain|logistic.eq|--all", "logistic.eq"),
    ("check|two_layer.eq", "two_layer.eq"), ("show|deep.eq|--plan", "deep.eq"), ("derive|two_layer.eq|--format|numpy", "two_layer.eq"),
    ("train|two_layer.eq|--data|d.csv|--epochs|1|-o|out.npz", "two_layer.eq d.csv"), ("train|two_layer|--data|h.csv|--epochs|1|-o|out.npz", "h.csv"),
    ("train|two_layer|--data|d.csv.gz|--epochs|1|-o|out.npz", "d.csv.gz"), ("train|two_layer|--data|d.npz|--epochs|1|-o|out.npz", "d.npz"),
    ("train|two_layer|--data|p.npz|--epochs|1|-o|out.npz", "p.npz"), ("train|two_layer|--data|d.csv|--optimizer|opt.opt|--epochs|1|-o|out.npz", "opt.opt"),
    ("train|two_layer|--data|d.csv|--from|w.npz|--epochs|1|-o|out.npz", "w.npz"), ("train|two_layer|--data|d.csv|--resume|--epochs|5|-o|w.npz", "w.npz"),
    ("grad|two_layer|--values|v.npz|-o|out.npz", "v.npz"), ("grad|two_layer|--values|x.npy|-o|out.npz", "x.npy"), ("grad|two_layer|--values|x.idx|-o|out.npz", "x.idx"),
    ("grad|two_layer|--values|d.h5|-o|out.npz", "d.h5"), ("predict|--weights|w.npz|--data|d.csv", "w.npz d.csv"), ("predict|--weights|c.npz|--data|h.csv", "c.npz h.csv"),
    ("predict|two_layer.eq|--weights|c.npz|--data|h.csv|--json", "c.npz two_layer.eq"), ("plot|--weights|c.npz|--data|h.csv|-o|out.svg", "c.npz h.csv"),
    ("plot|--weights|c.npz|--data|h.csv|--confusion", "c.npz h.csv"), ("plot|--log|w.npz", "w.npz"), ("plot|w.npz|--kind|rate|-o|out.svg", "w.npz"),
    ("plot|c.npz|--kind|calibration|--data|h.csv|-o|out.svg", "c.npz h.csv"), ("plot|c.npz|--kind|activations|--data|h.csv", "c.npz h.csv"), ("show|w.npz|--config", "w.npz"),
    ("train|run.toml|-o|out.npz", "run.toml d.csv"), ("cv|two_layer|--data|d.csv|--folds|2|--epochs|1", "d.csv"), ("find-rate|two_layer|--data|h.csv", "h.csv"), ("plot|--log|l.csv", "l.csv"),
    ("check|two_layer|--against|mine.py", "mine.py"), ("check|two_layer|--against|nb.ipynb", "nb.ipynb"), ("grade|two_layer|mine.py|-o|out.csv", "mine.py"),
    ("check|two_layer|--against|ans.eq", "ans.eq"), ("check|two_layer|--against|g.npz|--values|v.npz", "g.npz v.npz"), ("explain|two_layer|dW1|--values|v.npz", "v.npz")]]


def options(program):
    done = subprocess.run([program, "help", "--json"], capture_output=True, check=True)
    return json.loads(done.stdout)["result"]["commands"]


def usual(rng):
    return rng.choice(USUAL)


def writing(rng):
    return rng.choice([c for c in USUAL if any(w.startswith("out.") for w in c) and "nosuch.csv" not in c])


def is_checkpoint(name, args):
    return name == "out.npz" and "--checkpoint" in args


def goes_on(done):
    """A model that is there is left alone, and so is a run that has not ended."""
    return done.returncode == 2 and (b"is there already" in done.stderr or b"--restart" in done.stderr + done.stdout)


# ----------------------------------------------------------------------- hostile


def as_name(text):
    """As part of a file's name; None if no file can be called so."""
    if "\0" in text or "/" in text or not text or len(text.encode("utf-8", "surrogatepass")) > 200:
        return None
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None
    return text


def as_word(text):
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return "x"
    return text.replace("\0", "")


def hostile(rng, folder, nasty):
    word, text = as_word(rng.choice(nasty)), rng.choice(nasty)
    how = rng.choice([files, files, classes, classes, columns, values, values, commands, programs, models])
    return how(rng, folder, word, text)


def files(rng, folder, word, text):
    name = as_name(rng.choice(["", "a", "x."]) + text) or "a\x1bb"
    command = rng.choice(READING + [(c, [w for w in c if w.startswith("out.")]) for c in USUAL if any(w.startswith("out.") for w in c)])
    old = rng.choice(command[1])
    new = name + old if not old.startswith("out.") else "out." + name + old[3:]
    if (folder / old).exists():
        (folder / old).rename(folder / new) if rng.random() < 0.8 else None
    return [new if w == old else w for w in command[0]]


def classes(rng, folder, word, text):
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    quoted = '"' + text.replace('"', '""') + '"'
    lines = ["a,b,kind"] + [f"{i % 5 - 2},{i % 7 - 3},{quoted if i % 2 else 'no'}" for i in range(24)]
    (folder / "k.csv").write_bytes(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))
    return rng.choice([
        ["train", "two_layer", "--data", "k.csv", "--epochs", "1", "-o", "out.npz", "--log", "out.log", "--plot", "out.svg"],
        ["train", "two_layer", "--data", "d.csv", "--classes", f"{word},no", "--epochs", "1", "-o", "out.npz"],
        ["predict", "--weights", "c.npz", "--data", "k.csv", "-o", "out.csv"],
        ["predict", "--weights", "c.npz", "--data", "k.csv", "--json"],
        ["plot", "--weights", "c.npz", "--data", "k.csv", "--confusion", "-o", "out.svg", "--title", word or "x"],
        ["plot", "--weights", "c.npz", "--data", "k.csv", "-o", "out.svg"],
        ["grad", "two_layer", "--values", "k.csv", "-o", "out.npz"]])


def columns(rng, folder, word, text):
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    quoted = '"' + text.replace('"', '""') + '"'
    lines = [f"a,{quoted},y"] + [f"{i % 5 - 2},{i % 7 - 3},{i % 2}" for i in range(24)]
    (folder / "k.csv").write_bytes(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))
    return rng.choice([
        ["train", "two_layer", "--data", "k.csv", "--epochs", "1", "-o", "out.npz"],
        ["train", "two_layer", "--data", "k.csv", "--map", f"X=a,{word}", "--epochs", "1", "-o", "out.npz"],
        ["plot", "--weights", "w.npz", "--data", "k.csv", "-o", "out.svg", "--features", f"a,{word}"],
        ["plot", "--weights", "w.npz", "--data", "k.csv", "-o", "out.svg"]])


def values(rng, folder, word, text):
    command = rng.choice(rng.choice([USUAL, [c for c, _ in READING]]))
    at = [i for i in range(1, len(command))]
    i = rng.choice(at) if at else 0
    return command[:i] + [rng.choice(["", command[i][:3]]) + word] + command[i + 1:]


def commands(rng, folder, word, text):
    return rng.choice([[word], ["--" + word], ["help", word], ["derive", "two_layer", "--" + word], ["derive", "two_layer", "--wrt", word or "x"],
                       ["explain", word or "x"], ["explain", "two_layer", word or "x"], ["show", "two_layer", "--set", f"{word}=1"],
                       ["show", "two_layer", "--set", f"n1={word}"], ["new", "--layers", f"{word} 3", "--name", word or "x"],
                       ["new", "--layers", "sigmoid 1", "--name", word or "x"], ["new", "--layers", "sigmoid 1", "--loss", word or "x"],
                       ["show", "--optimizer", word or "x"], ["show", "--optimizer", "adam", "--settings", f"{word}=1"],
                       ["show", "--optimizer", "sgd", "--schedule", word or "x"]])


def programs(rng, folder, word, text):
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    path = folder / rng.choice(["mine.py", "nb.ipynb", "ans.eq"])
    lines = path.read_text().split("\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(["# {}", "{} = 1", "x = '{}'", "print('{}')", "raise ValueError('{}')", "dW1 = {}", "{}"]).replace("{}", text))
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    return rng.choice([["check", "two_layer", "--against", path.name], ["check", "two_layer", "--against", path.name, "--json"],
                       ["grade", "two_layer", path.name, "-o", "out.csv"]])


def models(rng, folder, word, text):
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    path = folder / "two_layer.eq"
    lines = path.read_text().split("\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(["# {}", "{} = 1", "size {} = 3", "Z9 = {}", "{}"]).replace("{}", text))
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    return rng.choice([["derive", path.name], ["explain", path.name, "--all", "-o", "out.html"], ["explain", path.name, "--all", "-o", "out.tex"],
                       ["derive", path.name, "--format", rng.choice(["html", "latex", "typst", "json", "numpy"])], ["check", path.name], ["show", path.name],
                       ["explain", path.name, "dW1", "--format", rng.choice(["html", "latex", "typst", "json", "markdown"])],
                       ["train", path.name, "--data", "d.csv", "--epochs", "1", "-o", "out.npz"]])


# ------------------------------------------------------------------- anything

NAMES = ["W1", "b1", "X", "Y", "Z1", "A1", "dA2", "J", "dW1", "L", "nosuch", "W1,b1", "A1,dA2", "dZ1", "sigmoid", "m", "n1"]
NUMBERS = ["0", "1", "2", "3", "0.5", "0.1", "1e-8", "1e300", "1e-320", "7", "64", "0.999", "-1", "nan", "99999999999999999999", "1e999"]
FILES = ["d.csv", "h.csv", "d.npz", "p.npz", "x.npy", "x.idx", "w.npz", "c.npz", "v.npz", "g.npz", "mine.py", "nb.ipynb", "ans.eq", "two_layer.eq", "deep.eq", "opt.opt",
         "l.csv", "nosuch", ".", "/dev/null", "d.npz:X", "-", "d.csv.gz"]
TEXTS = {"LAYERS": ["relu 2, sigmoid 1", "tanh 3", "softmax 3", "relu 0", "x", "mish 2, identity 1"], "NAME=VALUE": ["n1=3", "n0=2", "m=4", "n1=0", "n1=1e9", "n2=1", "nosuch=1"],
         "NAME=VALUE,..": ["beta=0.9", "alpha=0", "x=1", "epsilon=1e-8"], "X=NAME": ["X=X", "X=Y", "Y=X", "X=width,height", "Y=kind", "X=nosuch", "X=0"],
         "S": ["1/255", "X=0.5", "0", "x", "1e300"], "SCHEDULE": ["cosine", "step every=2 factor=0.1", "alpha = alpha0/t", "x", "linear"],
         "NAMES": ["no,yes", "a,b,c", "h.csv"], "NAME,NAME": ["width,height", "x1,x2", "1,2", "x"], "TEXT": ["a title", "x" * 500], "PART": ["0.2", "0.5", "0.99", "1e-9"]}


def value_of(rng, o):
    kind = o["value"]
    if o["words"] and rng.random() < 0.9:
        return rng.choice(o["words"])
    if o["writes"]:
        return rng.choice(["out.npz", "out.csv", "out.svg", "out.html", "out.tex", "out.json", "-", "/dev/null", "/dev/full", "nosuch/out", "."])
    if kind in TEXTS:
        return rng.choice(TEXTS[kind])
    if "FILE" in kind:
        return rng.choice(FILES)
    if re.search(r"NAME", kind):
        return rng.choice(NAMES)
    return rng.choice(NUMBERS)


def anything(rng, table):
    c = rng.choice([c for c in table if c["name"] != "help"])
    args = [c["name"]]
    if "MODEL" in c["arguments"] and rng.random() < 0.95:
        args.append(rng.choice(["two_layer", "logistic", "softmax", "deep", "two_layer.eq", "two_layer"]))
    if "NAME" in c["arguments"] and rng.random() < 0.8:
        args.append(rng.choice(NAMES))
    if "FILE" in c["arguments"]:
        args.append(rng.choice(["mine.py", ".", "nb.ipynb", "d.csv"]))
    left = [o for o in c["options"] if not o["required"]]
    chosen = [o for o in c["options"] if o["required"]] + rng.sample(left, rng.choice([0, 1, 2, 3, 5]) if len(left) >= 5 else len(left))
    sane = {"data": ["d.csv", "h.csv", "d.npz"], "weights": ["w.npz", "c.npz"], "values": ["v.npz", "w.npz"]}
    for o in chosen:
        for _ in range(rng.choice([1, 1, 2]) if o["repeatable"] else 1):
            args.append("--" + o["name"])
            if o["value"]:
                args.append(rng.choice(sane[o["name"]]) if o["name"] in sane and rng.random() < 0.7 else value_of(rng, o))
    if c["name"] == "train" and "--epochs" not in args:
        args += ["--epochs", "2"]
    if "--epochs" in args:  # a trial is to end
        args[args.index("--epochs") + 1] = rng.choice(["0", "1", "3"])
    return args
