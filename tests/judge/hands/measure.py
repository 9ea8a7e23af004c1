"""How the programs of this folder are judged: what docs/diagnosis.md says of them.

    PYTHONPATH=tests python3 -m judge.hands.measure --dfoo build/release/dfoo [--rows]

--rows lists the mistakes that are not told as table.py expects, and those that are by now, though the table says no."""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import tempfile

from .renamed import renamed
from .table import MISTAKES, PROGRAMS

FOLDER = pathlib.Path(__file__).parent


def verdict(answer, line, mistakes):
    wrong = [g for g in answer["gradients"] if not g["right"] and g["line"]]
    said, named = answer["first_wrong_line"] or answer["failure_line"], wrong[0]["mistake"] if wrong else answer["failure_mistake"]
    if said == line:
        return "as expected" if named in mistakes else "no name, or another"
    return "another line" if said else "taken for right" if answer["right"] else "not judged"


def whole(answer):
    return "right" if answer["right"] else "accused" if answer["first_wrong_line"] else "not judged, or not all of it"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--dfoo", default="build/release/dfoo")
    p.add_argument("--rows", action="store_true")
    a = p.parse_args()
    right, wrong, changed = collections.Counter(), collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        def judge(name, size, text):
            model = pathlib.Path(folder) / "model.eq"
            model.write_text(re.sub(r"\bK\b", size, (FOLDER / f"{PROGRAMS[name][0]}.eq").read_text()))
            done = subprocess.run([a.dfoo, "check", model, "--against", "-", "--json"], input=text.replace("K_OUT", size), capture_output=True, text=True)
            return json.loads(done.stdout)["result"]["judgement"]
        for name, (_, sizes, found) in PROGRAMS.items():
            text = (FOLDER / f"{name}.py").read_text()
            for size in sizes:
                right[whole(judge(name, size, text))] += 1
            for _, _, other in renamed(text) if found else ():
                changed[whole(judge(name, sizes[-1], other))] += 1
        for number, (name, old, new, mistakes, known) in enumerate(MISTAKES):
            text = (FOLDER / f"{name}.py").read_text()
            line = text[:text.index(old)].count("\n") + 1
            said = [verdict(judge(name, size, text.replace(old, new, 1)), line, mistakes) for size in PROGRAMS[name][1]]
            wrong.update(said)
            if a.rows and known != all(s == "as expected" for s in said):
                print(f"row {number} ({name}), line {line}: {', '.join(said)}; the table says {known}: {new}")
    for title, counts in (("right programs", right), ("wrong ones", wrong), ("right ones, a name changed", changed)):
        print(f"{title}: {sum(counts.values())}; " + ", ".join(f"{n} {what}" for what, n in counts.most_common()))


if __name__ == "__main__":
    main()
