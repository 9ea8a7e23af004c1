"""How well programs that nobody wrote the judge beside are judged: right ones, right variants, mistakes.

    PYTHONPATH=tests python3 -m judge.learners.measure --dfoo build/release/dfoo --right 3000 --wrong 3000

prints the table of docs/diagnosis.md; --show FOLDER keeps what was judged otherwise than it should be."""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import random
import re
import subprocess
import tempfile

from . import changes, families, models, oracle


def base_programs(r, seeds):
    """(net, family, seed) of each network in each family, seeds times."""
    for net in models.ALL:
        for family in families.families(net):
            for k in range(seeds):
                yield net, family, 0 if k == 0 else r.randrange(1, 10**6)


def right_ones(count, seed):
    """(net, family, what was changed, text): as written, and changed in up to four places."""
    r, made = random.Random(seed), 0
    while made < count:
        programs = list(base_programs(r, 2))
        r.shuffle(programs)
        for net, family, number in programs:
            text, regions, drive = families.write(net, family, number)
            kinds, program = changes.varied(changes.Program(text, regions), r, r.choice([0, 1, 2, 3, 4]))
            try:
                compile(program.text, "program", "exec")
                if kinds and not oracle.same(oracle.gradients(net, text, drive), oracle.gradients(net, program.text, drive)):
                    continue
            except (oracle.Raised, SyntaxError):
                continue
            yield net, family, kinds, program.text
            made += 1
            if made == count:
                return


def wrong_ones(count, seed):
    """(net, family, kind, names, text, lines, effect): effect is "wrong", "raises" or "right", as numpy says."""
    r, made = random.Random(seed), 0
    while made < count:
        jobs = []
        for net, family, number in base_programs(r, 1):
            number = r.choice([0, r.randrange(1, 10**6)])
            text, regions, drive = families.write(net, family, number)
            jobs += [(net, family, text, drive, *m) for m in changes.mistakes(changes.Program(text, regions))]
        r.shuffle(jobs)
        for net, family, text, drive, kind, names, new, lines in jobs:
            try:
                compile(new, "program", "exec")
                effect = "right" if oracle.same(oracle.gradients(net, new, drive), oracle.gradients(net, text, drive)) else "wrong"
            except SyntaxError:
                continue
            except oracle.Raised:
                effect = "raises"
            yield net, family, kind, names, new, lines, effect
            made += 1
            if made == count:
                return


def around_ones(count, seed):
    """As wrong_ones, of mistakes in the forward pass, the cost, the update and the first values."""
    r, jobs = random.Random(seed), []
    for net, family, _ in base_programs(r, 1):
        if isinstance(net, models.Recurrent):
            continue
        text, regions, _ = families.write(net, family, r.choice([0, r.randrange(1, 10**6)]))
        jobs += [(net, "around: " + m[0], *m, "wrong") for m in changes.around(changes.Program(text, regions), net)]
    r.shuffle(jobs)
    yield from jobs[:count]


class Judge:
    def __init__(self, dfoo):
        self.dfoo, self.folder = dfoo, tempfile.TemporaryDirectory()
        for net in models.ALL:
            self.model(net).write_text(models.equations(net))

    def model(self, net):
        return pathlib.Path(self.folder.name) / f"{net.label.replace('/', '_')}.eq"

    def __call__(self, net, text):
        done = subprocess.run([self.dfoo, "check", self.model(net), "--against", "-", "--json"], input=text, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise AssertionError(f"status {done.returncode}: {done.stderr}\n{net.label}\n{text}")
        return json.loads(done.stdout)["result"]["judgement"]


def told(answer):
    """(line, mistake) of what an answer says first."""
    wrong = [g for g in answer["gradients"] if not g["right"] and g["line"]]
    return answer["first_wrong_line"] or answer["failure_line"], (wrong[0]["mistake"] if wrong else None) or answer["failure_mistake"]


def outcome(answer, names, lines, effect):
    """"right", "accused", "missed", "line" (another one), "name" (another, or none), "named"."""
    line, mistake = told(answer)
    if effect == "right":
        return "right" if answer["right"] else "accused"
    if not line:
        return "missed"
    return "line" if line not in lines else "named" if mistake in names else "name"


def measure(judge, right, wrong, seed, show=None, around=0):
    """{family: Counter of outcomes}; right ones are "right" or "accused"."""
    rows = collections.defaultdict(collections.Counter)

    def keep(name, text, result):
        if show and result not in ("right", "named"):
            (show / re.sub(r"[^\w.]", "_", name)).write_text(text)

    def one_right(job):
        net, family, kinds, text = job[1]
        result = "right" if judge(net, text)["right"] else "accused"
        keep(f"accused_{job[0]}_{net.name}_{family}.py", f"# {net.label} {family} {kinds}\n{text}", result)
        return family, result

    def one_wrong(job):
        net, family, kind, names, text, lines, effect = job[1]
        answer = judge(net, text)
        result = outcome(answer, names, lines, effect)
        keep(f"{result}_{job[0]}_{net.name}_{family}.py", f"# {net.label} {family} {kind}, {effect}: {sorted(lines)} {sorted(names)}, told {told(answer)}\n{text}", result)
        return family, result

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for family, result in pool.map(one_right, enumerate(right_ones(right, seed))):
            rows[family][result] += 1
        for family, result in pool.map(one_wrong, enumerate(wrong_ones(wrong, seed))):
            rows[family][result] += 1
        for family, result in pool.map(one_wrong, enumerate(around_ones(around, seed))):
            rows[family][result] += 1
    return rows


def rates(counts):
    """Right ones, accused, wrong ones, first line found, named."""
    wrong = counts["missed"] + counts["line"] + counts["name"] + counts["named"]
    return counts["right"] + counts["accused"], counts["accused"], wrong, counts["name"] + counts["named"], counts["named"]


def table(rows):
    total = sum(rows.values(), collections.Counter())
    out = ["| family | right programs | accused | wrong programs | the first wrong line | and the name |", "|---|---|---|---|---|---|"]
    for family, counts in [*sorted(rows.items()), ("all", total)]:
        right, accused, wrong, line, name = rates(counts)
        percent = [f"{100 * n / wrong:.1f} %" if wrong else "" for n in (line, name)]
        out.append(f"| {family} | {right} | {accused} | {wrong} | {percent[0]} | {percent[1]} |")
    return "\n".join(out)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--dfoo", default="build/release/dfoo")
    p.add_argument("--right", type=int, default=500)
    p.add_argument("--wrong", type=int, default=500)
    p.add_argument("--around", type=int, default=0)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--show", type=pathlib.Path)
    a = p.parse_args()
    if a.show:
        a.show.mkdir(exist_ok=True)
    print(table(measure(Judge(a.dfoo), a.right, a.wrong, a.seed, a.show, a.around)))
