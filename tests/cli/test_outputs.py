"""Nothing is overwritten that was read, and no output by another: every output of every command, by the tables that
`dfoo help --json` shows, against every file that the command reads and every other output, under every kind of name."""
import itertools
import json
import os
import pathlib
import subprocess

import pytest

from conftest import ROOT

DFOO = os.environ.get("DFOO_BIN", str(pathlib.Path(os.environ.get("DFOO_BUILD", ROOT / "build/release")) / "dfoo"))

# The least that each command is content with; of `plot` two kinds.
BASES = {
    "explain": [{"": ["two_layer", "dW1"]}],
    "grad": [{"": ["two_layer"], "--values": "v.npz", "--output": "out"}],
    "grade": [{"": ["two_layer", "mine.py"], "--output": "out"}],
    "check": [{"": ["two_layer"]}],
    "practice": [{"": ["two_layer"]}],
    "page": [{"": ["two_layer"]}],
    "train": [{"": ["two_layer"], "--data": "d.csv", "--output": "out"}],
    "cv": [{"": ["two_layer"], "--data": "d.csv", "--output": "out"}],
    "find-rate": [{"": ["two_layer"], "--data": "d.csv", "--output": "out"}],
    "predict": [{"--weights": "w.npz", "--data": "d.csv"}],
    "plot": [{"--weights": "w.npz", "--data": "d.csv"}, {"--log": "l.csv"}],
    "new": [{"--layers": "sigmoid 1"}],
}


def commands():
    found = subprocess.run([DFOO, "help", "--json"], capture_output=True, text=True, check=True)
    return json.loads(found.stdout)["result"]["commands"]


def options(command, what):
    return ["--" + o["name"] for o in command["options"] if o[what]]


def bases_for(command, option):
    """Of `plot`, --log goes with nothing else."""
    return [b for b in BASES[command["name"]] if command["name"] != "plot" or ("--log" in b) == (option == "--log") or option in b]


def against_inputs():
    for c in commands():
        for out in options(c, "writes"):
            inputs = options(c, "reads") + (["MODEL"] if "MODEL" in c["arguments"] else []) + (["FILE"] if c["arguments"].endswith(" FILE") else [])
            for read in inputs:
                yield c["name"], out, read, bases_for(c, read)[0]


def against_outputs():
    for c in commands():
        for one, other in itertools.combinations(options(c, "writes"), 2):
            yield c["name"], one, other, BASES[c["name"]][0]


def words(name, base):
    arguments = list(base.get("", []))
    return [name, *arguments, *itertools.chain.from_iterable((k, v) for k, v in base.items() if k)]


def run(args, cwd, **kwargs):
    return subprocess.run([DFOO, *args], cwd=cwd, capture_output=True, text=True, timeout=60, **kwargs)


def contents(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


# How the second path is written, for the file "same.csv"; a link is made there.
def as_is(folder):
    return "same.csv"


def by_folder(folder):
    return f"../{folder.name}/./same.csv"


def by_symbolic_link(folder):
    (folder / "link.csv").symlink_to("same.csv")
    return "link.csv"


def by_hard_link(folder):
    os.link(folder / "same.csv", folder / "hard.csv")
    return "hard.csv"


def by_link_to_folder(folder):
    (folder / "here").symlink_to(".")
    return str(folder / "here" / "same.csv")


NAMES = [as_is, by_folder, by_symbolic_link, by_hard_link, by_link_to_folder]


def short(option):
    return "-o" if option == "--output" else option


def test_there_are_pairs():
    """The tables name what is written and read: train alone has three outputs and more than five inputs."""
    inputs, outputs = list(against_inputs()), list(against_outputs())
    assert len(inputs) > 30 and len(outputs) >= 3
    assert {c for c, *_ in inputs} | {"new"} == set(BASES)


@pytest.mark.parametrize("spelled", NAMES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("command, out, read, base", list(against_inputs()), ids=lambda x: x if isinstance(x, str) else "")
def test_no_input_is_overwritten(tmp_path, command, out, read, base, spelled):
    (tmp_path / "same.csv").write_text("1,0\n2,1\n3,0\n")
    base = dict(base, **{out: spelled(tmp_path)})
    if read == "MODEL":
        base[""] = ["same.csv", *base.get("", ["", ])[1:]]
    elif read == "FILE":
        base[""] = [base[""][0], "same.csv"]
    else:
        base[read] = "same.csv"
    before = contents(tmp_path)
    done = run(words(command, base), tmp_path)
    assert done.returncode == 2, done
    assert f"{short(out)} {base[out]} would overwrite what {read} reads; name another file, or say --force" in done.stderr
    assert contents(tmp_path) == before


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("spelled", NAMES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("command, one, other, base", list(against_outputs()), ids=lambda x: x if isinstance(x, str) else "")
def test_no_output_is_overwritten_by_another(tmp_path, command, one, other, base, spelled, there):
    if not there and spelled is by_hard_link:
        pytest.skip("a hard link is to a file that is there")
    if there:
        (tmp_path / "same.csv").write_text("1,0\n")
    before = contents(tmp_path)
    base = dict(base, **{one: "same.csv", other: spelled(tmp_path), "--force": None})
    args = [w for w in words(command, base) if w is not None]
    done = run(args, tmp_path)
    assert done.returncode == 2, done
    assert f"{short(one)} and {short(other)} both write to" in done.stderr
    assert contents(tmp_path) == dict(before, **({"hard.csv": b"1,0\n"} if spelled is by_hard_link else {}),
                                      **({"link.csv": b"1,0\n"} if spelled is by_symbolic_link and there else {}))


def test_what_is_read_from_standard_input(tmp_path):
    """A shell opened it, so it has a name all the same."""
    (tmp_path / "m.eq").write_text("input x : (1, m)\n")
    before = contents(tmp_path)
    with open(tmp_path / "m.eq") as f:
        done = run(["explain", "-", "--all", "-o", "m.eq"], tmp_path, stdin=f)
    assert done.returncode == 2 and "would overwrite what MODEL reads" in done.stderr
    assert contents(tmp_path) == before


def test_where_standard_output_goes(root, tmp_path):
    planar = root / "examples" / "data" / "planar.csv"
    for stream, what in (("stdout", "standard output"), ("stderr", "standard error")):
        with open(tmp_path / "out.npz", "w") as f:
            done = subprocess.run([DFOO, "train", "two_layer", "--data", planar, "--epochs", "1", "-o", "out.npz"], cwd=tmp_path,
                                  timeout=60, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: f})
        said = (tmp_path / "out.npz").read_bytes() if stream == "stderr" else done.stderr
        assert done.returncode == 2 and f"-o out.npz is the file that {what} goes to".encode() in said
    done = run(["train", "two_layer", "--data", planar, "-o", "-", "--log", "-"], tmp_path)
    assert done.returncode == 2 and done.stdout == "" and "-o and --log both write to -" in done.stderr


def test_a_part_of_a_file_is_the_file(root, tmp_path, dfoo):
    assert dfoo("train", "two_layer", "--data", root / "examples/data/planar.csv", "--epochs", 0, "-o", tmp_path / "w.npz").returncode == 0
    before = contents(tmp_path)
    done = run(["grad", "two_layer", "--values", "w.npz:W1", "-o", "w.npz"], tmp_path)
    assert done.returncode == 2 and "would overwrite what --values reads" in done.stderr
    assert contents(tmp_path) == before


def test_a_report_is_no_program_of_the_class(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.py").write_text("x = 1\n")
    done = run(["grade", "two_layer", "in", "-o", "in/a.py"], tmp_path)
    assert done.returncode == 2 and "would overwrite what FILE reads" in done.stderr
    assert (tmp_path / "in" / "a.py").read_text() == "x = 1\n"
    assert run(["grade", "two_layer", "in", "-o", "in/report.csv"], tmp_path).returncode == 0


def test_force(root, tmp_path):
    (tmp_path / "m.eq").write_text((root / "examples" / "two_layer.eq").read_text())
    assert run(["explain", "m.eq", "--all", "-o", "m.eq"], tmp_path).returncode == 2
    done = run(["explain", "m.eq", "--all", "--format", "text", "-o", "m.eq", "--force"], tmp_path)
    assert done.returncode == 0 and "dZ1" in (tmp_path / "m.eq").read_text()
    assert run(["new", "--layers", "sigmoid 1", "-o", "m.eq"], tmp_path).returncode == 2
    assert run(["new", "--layers", "sigmoid 1", "-o", "m.eq", "--force"], tmp_path).returncode == 0
    assert (tmp_path / "m.eq").read_text().startswith("# m.eq: sigmoid 1")


def test_devices_take_anything(root, tmp_path):
    planar = root / "examples" / "data" / "planar.csv"
    done = run(["train", "two_layer", "--data", planar, "--epochs", "1", "-o", "/dev/null", "--log", "/dev/null", "--plot", "/dev/null"], tmp_path)
    assert done.returncode == 0, done


@pytest.mark.parametrize("args", [["explain", "two_layer", "--all"], ["check", "two_layer"], ["new", "--layers", "sigmoid 1"],
                                  ["grad", "two_layer", "--values", "v.npz"], ["train", "two_layer", "--data", "d.csv", "--epochs", "1"]],
                         ids=lambda a: a[0])
def test_a_full_device(root, tmp_path, args):
    (tmp_path / "d.csv").write_bytes((root / "examples/data/planar.csv").read_bytes())
    assert run(["train", "two_layer", "--data", "d.csv", "--epochs", "1", "-o", "v.npz"], tmp_path).returncode == 0
    done = run([*args, "-o", "/dev/full"], tmp_path)
    assert done.returncode == 2 and "/dev/full" in done.stderr and "No space left on device" in done.stderr, done
