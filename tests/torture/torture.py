#!/usr/bin/python3
"""Random trials of what goes wrong: no memory, system calls that fail, kills, damaged inputs, hostile names, small
stacks and address spaces, runs that write into one file.

    torture.py [--build DIR] [--seconds 600] [--trials N] [--seed S] [--kinds calls,kills] [--one KIND:SEED]

What is promised (docs/reliability.md) is asked after each trial:

- the program ends by itself, in time, with the status 0, 1 or 2; with 2 it says why;
- with 0 or 1 it wrote what it writes when nothing goes wrong, unless it says that something is missing;
- what was there before is there still, or is replaced as a whole; nothing is left lying about;
- nothing that it writes has control characters in it, whatever names and values it was given.

Prints what was tried and how it ended; a failure prints a command that repeats it. Ends with 1 then.
"""
import argparse
import collections
import concurrent.futures
import io
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import inputs  # noqa: E402
import requests  # noqa: E402

CALLS = {"read": (5, 4), "write": (28, 5, 4), "open": (24, 13, 2, 4), "fsync": (5, 28), "rename": (5, 28, 13), "mmap": (12,),
         "ftruncate": (28, 5), "unlink": (13,), "chmod": (1,), "close": (5,), "stat": (13, 2)}
SANITIZER = re.compile(rb"ERROR: AddressSanitizer|ERROR: LeakSanitizer|runtime error:|WARNING: ThreadSanitizer|MemorySanitizer")
CHANGES = re.compile(rb"\d+(\.\d+)? s\b|\"seconds\": ?[0-9.e+-]+|[\w./-]*out\.[a-z]+")

Trial = collections.namedtuple("Trial", "kind command note")


class Failure(Exception):
    pass


class Machine:
    """The program under test, and what it works on."""

    def __init__(self, build, scratch, timeout=60):
        self.timeout = timeout  # seconds; everything that is asked here takes less than one
        self.build = pathlib.Path(build).resolve()
        self.program = os.environ.get("DFOO_BIN", str(self.build / "dfoo"))
        self.library = self.build / "tests" / "torture" / "libfaulty.so"
        cache = (self.build / "CMakeCache.txt").read_text() if (self.build / "CMakeCache.txt").exists() else ""
        self.sanitized = re.search(r"^DFOO_SANITIZE:.*=.+", cache, re.M) is not None
        self.scratch = pathlib.Path(scratch)
        self.base = self.scratch / "base"
        self.options = requests.options(self.program)
        inputs.make(self.program, ROOT, self.base)
        self.references, self.lock = {}, threading.Lock()
        self.lives = not self.sanitized and self.library.exists() and self.filters()

    def filters(self):
        """Does this kernel send us system calls?"""
        done = subprocess.run([self.program, "--version"], env=dict(os.environ, LD_PRELOAD=str(self.library), FAULTY="write 999 5"),
                              capture_output=True)
        return done.returncode == 0

    def folder(self):
        path = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        shutil.copytree(self.base, path, dirs_exist_ok=True, symlinks=True)
        return path

    def start(self, args, cwd, env=None, limits=(), stdin=b""):
        def limit():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            for what, value in limits:
                resource.setrlimit(what, (value, value))

        return subprocess.Popen([self.program, *args], cwd=cwd, env=dict(os.environ, **(env or {})), preexec_fn=limit,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, args, cwd, stdin=b"", **kwargs):
        process = self.start(args, cwd, **kwargs)
        try:
            out, err = process.communicate(stdin, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"did not end within {self.timeout:g} s")
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    def faulty(self, args, cwd, plan="", count=None):
        env = {"LD_PRELOAD": str(self.library), "FAULTY": plan}
        if count:
            env["FAULTY_COUNT"] = str(count)
        return self.run(args, cwd, env=env)

    def reference(self, args):
        """What the command does when nothing goes wrong: how it ends, what it writes, how many calls there are."""
        key = tuple(args)
        with self.lock:
            if key in self.references:
                return self.references[key]
        folder = self.folder()
        count = folder / "count" if self.lives else None
        before = contents(folder)
        done = self.faulty(args, folder, count=count) if count else self.run(args, folder)
        calls = dict((k, int(v)) for k, v in (line.split() for line in count.read_text().splitlines())) if count else {}
        if count:
            count.unlink()
        found = (done, written(before, contents(folder)), calls)
        shutil.rmtree(folder)
        with self.lock:
            self.references[key] = found
        return found


# ---------------------------------------------------------------- what is asked


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and not p.is_symlink()}


def written(before, after):
    return {k: v for k, v in after.items() if before.get(k) != v}


def settled(text):
    """Without what differs from run to run: times, and the names of outputs."""
    return CHANGES.sub(b"", text)


def reason(done):
    """Is it said what is wrong? A note is no reason."""
    if b"error: " in done.stderr:
        return True
    try:
        return any(m["kind"] == "error" for m in json.loads(done.stdout)["messages"])
    except (ValueError, KeyError, TypeError):
        return False


def raw(text):
    """Control characters, those of Unicode too, and what turns text around."""
    for c in text.decode("utf-8", "surrogateescape"):
        n = ord(c)
        if (n < 32 and c not in "\n\t") or 127 <= n < 160 or n in range(0x202A, 0x202F) or n in range(0x2066, 0x206A):
            return c
    return None


def ended(done):
    if SANITIZER.search(done.stderr):
        raise Failure("a sanitizer's report")
    if done.returncode < 0:
        raise Failure(f"ended by {signal.Signals(-done.returncode).name}")
    if done.returncode not in (0, 1, 2):
        raise Failure(f"status {done.returncode}")
    if done.returncode == 2 and not reason(done):
        raise Failure("status 2 without a reason")
    for name, text in (("standard output", done.stdout), ("standard error", done.stderr)):
        if not text.startswith(b"PK") and raw(text):
            raise Failure(f"a control character {raw(text)!r} on {name}")
    return done


def whole(archive):
    try:
        with np.load(io.BytesIO(archive)) as found:
            return all(found[k] is not None for k in found.files)
    except (ValueError, OSError, zipfile.BadZipFile):
        return False


def kept(before, after, expected, args=(), may_lie=False):
    """Files are as they were, or as a whole what they should be."""
    for name, old in before.items():
        if name not in after:
            raise Failure(f"{name} is gone")
        if after[name] != old and after[name] != expected.get(name) and not (requests.is_checkpoint(name, args) and whole(after[name])):
            raise Failure(f"{name} was changed")
    for name, new in after.items():
        temporary = re.search(r"\.\d+-\d+\.tmp$", name)
        if temporary and not may_lie:
            raise Failure(f"{name} is left")
        if name in before or temporary:
            continue
        if name in expected and (same_file(name, new, expected[name]) or requests.is_checkpoint(name, args) and whole(new)):
            continue
        raise Failure(f"{name} is not what it should be" if name in expected else f"{name} was made")


def same_file(name, one, other):
    """The picture and the log of a training are the same, too: nothing in them depends on the time."""
    return one == other or settled(one) == settled(other)


def same_answer(done, reference):
    """With a good end what was written is what should have been, or it is said what is missing."""
    if done.returncode == 2 or done.returncode == reference.returncode and settled(done.stdout) == settled(reference.stdout):
        return
    if settled(done.stderr) != settled(reference.stderr) and b"memory" in done.stderr + done.stdout:
        return
    raise Failure(f"status {done.returncode} (without faults {reference.returncode}), and another output, without a word")


# ------------------------------------------------------------------ the kinds


def usual(m, rng):
    return requests.usual(rng)


def memory(m, rng, folder):
    """An allocation fails, or all from one on."""
    args = usual(m, rng)
    reference, files, calls = m.reference(args)
    plan = f"malloc {rng.randint(1, max(1, calls['malloc']))}{rng.choice(['', ' on'])}"
    before = contents(folder)
    yield Trial("memory", args, plan)
    done = ended(m.faulty(args, folder, plan))
    same_answer(done, reference)
    kept(before, contents(folder), files, args)
    yield done


def calls(m, rng, folder):
    """A system call fails or does less than it was asked, once or from then on."""
    args = usual(m, rng)
    reference, files, counted = m.reference(args)
    call = rng.choice([c for c in CALLS if counted.get(c)])
    what = rng.choice(CALLS[call])
    if call in ("read", "write") and rng.random() < 0.4:
        what = "short"
    on = rng.choice(["", " on"]) if what != 4 else ""
    plan = f"{call} {rng.randint(1, counted[call])} {what}{on}"
    before = contents(folder)
    yield Trial("calls", args, plan)
    done = ended(m.faulty(args, folder, plan))
    if done.returncode == 2 != reference.returncode and what == 4 and call == "read":
        raise Failure("an interrupted read was not asked again")
    same_answer(done, reference)
    kept(before, contents(folder), files, args, may_lie=call == "unlink")
    yield done


def kills(m, rng, folder):
    """Killed before or behind a system call, or after some time; then once more, which cleans up."""
    args = requests.writing(rng)
    reference, files, counted = m.reference(args)
    before = contents(folder)
    old = {}
    for name in list(files):  # an older one is there
        if rng.random() < 0.5:
            old[name] = before[name] = b"what was there\n"
            (folder / name).write_bytes(old[name])
    if rng.random() < 0.3 or not counted:
        delay = rng.random() * 0.05
        yield Trial("kills", args, f"after {delay:.4f} s")
        process = m.start(args, folder)
        time.sleep(delay)
        process.kill()
        out, err = process.communicate()
        done = subprocess.CompletedProcess(args, process.returncode, out, err)
    else:
        call = rng.choice([c for c in ("write", "open", "fsync", "rename", "close", "chmod") if counted.get(c)])
        plan = f"{call} {rng.randint(1, counted[call])} {rng.choice(['kill', 'done'])}"
        yield Trial("kills", args, plan)
        done = m.faulty(args, folder, plan)
    if done.returncode not in (-signal.SIGKILL, 0, 1, 2):
        raise Failure(f"status {done.returncode}")
    after = contents(folder)
    partial = {k: v for k, v in after.items() if k in files and k not in before}
    for name, text in partial.items():
        if not same_file(name, text, files[name]) and not (requests.is_checkpoint(name, args) and whole(text)):
            raise Failure(f"{name} is torn")
    kept(before, {k: v for k, v in after.items() if k not in partial}, files, args, may_lie=True)
    again = ended(m.run(args, folder))
    if again.returncode != reference.returncode and not requests.goes_on(again):
        raise Failure(f"behind the kill the same command ends with {again.returncode}")
    if again.returncode != 2 and any(re.search(r"\.\d+-\d+\.tmp$", k) for k in contents(folder)):
        raise Failure("what the killed process left is there still")
    yield done


def damaged(m, rng, folder):
    """One of the files that are read is not what it was."""
    args, names = rng.choice([r for r in requests.READING if all((m.base / name).exists() for name in r[1])])
    name = rng.choice(names)
    path = folder / name
    path.write_bytes(inputs.damage(rng, path.read_bytes(), name, m.base))
    before = contents(folder)
    yield Trial("damaged", args, name)
    done = m.run(args, folder, limits=() if m.sanitized else [(resource.RLIMIT_AS, 4 << 30)])
    if name.endswith(".h5") and done.returncode < 0:  # libhdf5 promises nothing: docs/reliability.md
        yield done
        return
    ended(done)
    after = contents(folder)
    kept(before, {k: v for k, v in after.items() if k in before or re.search(r"\.tmp$", k)}, {})
    yield done


def names(m, rng, folder):
    """Names and values that somebody made to do harm: of files, classes, columns, options."""
    args = requests.hostile(rng, folder, inputs.NASTY)
    yield Trial("names", args, "")
    done = ended(m.run(args, folder))
    for name, text in contents(folder).items():
        if name.startswith("out.") and raw(text) and not name.endswith(".npz"):
            raise Failure(f"a control character {raw(text)!r} in {name}")
    yield done


def spaces(m, rng, folder):
    """A small stack, little address space, small files, few files."""
    args = usual(m, rng)
    reference, files, _ = m.reference(args)
    choice = rng.randrange(4)
    if m.sanitized:
        choice = 2
    limits = [[(resource.RLIMIT_STACK, rng.choice([128, 192, 256, 512]) << 10)],
              [(resource.RLIMIT_AS, rng.randint(6000, 200000) << 10)],
              [(resource.RLIMIT_FSIZE, rng.randint(0, 20000))],
              [(resource.RLIMIT_NOFILE, rng.randint(3, 8))]][choice]
    before = contents(folder)
    yield Trial("spaces", args, f"limit {limits}")
    done = m.run(args, folder, limits=limits)
    loader = b"error while loading shared libraries" in done.stderr or done.returncode == 127
    if choice in (0, 1, 3) and (loader or (done.returncode < 0 and not done.stderr and limits[0][1] < 12 << 20 and choice == 1)):
        yield None  # it was never begun: the loader had no room
        return
    done = ended(done)
    same_answer(done, reference)
    kept(before, contents(folder), files, args)
    yield done


def together(m, rng, folder):
    """Several write into one file at once: in the end it is what one of them wrote."""
    args = requests.writing(rng)
    reference, files, _ = m.reference(args)
    n = rng.randint(2, 4)
    yield Trial("together", args, f"{n} at once")
    processes = [m.start(args, folder) for _ in range(n)]
    ends = []
    for p in processes:
        try:
            out, err = p.communicate(timeout=m.timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            raise Failure("did not end")
        ends.append(ended(subprocess.CompletedProcess(args, p.returncode, out, err)))
    after = contents(folder)
    for name, text in files.items():
        if name not in after or not same_file(name, after[name], text):
            raise Failure(f"{name} is not what one of them wrote")
    kept(contents(m.base), after, files, args)
    if all(e.returncode == 2 for e in ends) and reference.returncode != 2:
        raise Failure("none of them was content")
    yield ends[0]


def options(m, rng, folder):
    """Any options of a command with any values."""
    args = requests.anything(rng, m.options)
    before = contents(folder)
    yield Trial("options", args, "")
    done = ended(m.run(args, folder))
    after = contents(folder)
    kept(before, {k: v for k, v in after.items() if k in before or k.endswith(".tmp")}, {})
    yield done


KINDS = {"memory": (memory, 4, True), "calls": (calls, 4, True), "kills": (kills, 2, True), "damaged": (damaged, 5, False),
         "names": (names, 2, False), "spaces": (spaces, 2, False), "together": (together, 1, False), "options": (options, 3, False)}


# ------------------------------------------------------------------------- going


def one_trial(m, kind, seed):
    """(the trial, how it ended, what is wrong or None)."""
    rng = random.Random(f"{kind} {seed}")
    folder = m.folder()
    trial, done = Trial(kind, [], ""), None
    try:
        steps = KINDS[kind][0](m, rng, folder)
        trial = next(steps)
        done = next(steps)
        return trial, done, None
    except Failure as e:
        return trial, done, str(e)
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def show(trial, wrong, kind, seed, build):
    quoted = " ".join(a if re.fullmatch(r"[\w./=,:-]+", a) else ascii(a) for a in trial.command)
    print(f"WRONG  {kind}:{seed}  dfoo {quoted}\n       {trial.note}: {wrong}\n"
          f"       again: tests/torture/torture.py --build {build} --one {kind}:{seed}", flush=True)


def report(tried, failures, seed, seconds):
    print(f"{'':10} {'tried':>7} {'done':>7} {'no':>7} {'refused':>8} {'killed':>7} {'wrong':>6}")
    for kind in KINDS:
        c = tried.get(kind)
        if c:
            print(f"{kind:10} {sum(c.values()):7} {c['done']:7} {c['no']:7} {c['refused']:8} {c['killed']:7} {c['wrong']:6}")
    total = sum(sum(c.values()) for c in tried.values())
    print(f"{total} trials from seed {seed} in {seconds:.0f} s, {failures} wrong", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--build", default=str(ROOT / "build" / "release"))
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--one")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
        m = Machine(args.build, scratch, args.timeout)
        kinds = [k for k in args.kinds.split(",") if m.lives or not KINDS[k][2]]
        if not m.lives:
            print("without failing calls: " + ("a sanitizer is at work" if m.sanitized else "this kernel filters none"), flush=True)
        if args.one:
            kind, seed = args.one.split(":")
            trial, done, wrong = one_trial(m, kind, int(seed))
            if done:
                sys.stdout.write(f"status {done.returncode}\n{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
            if wrong:
                show(trial, wrong, kind, seed, args.build)
            return 1 if wrong else 0
        return many(m, args, kinds)


def many(m, args, kinds):
    tried = collections.defaultdict(collections.Counter)
    start, failures, lock = time.monotonic(), [], threading.Lock()
    draw = random.Random(args.seed)
    weights = [KINDS[k][1] for k in kinds]
    made = 0

    def following():
        nonlocal made
        with lock:
            over = time.monotonic() - start > args.seconds or (args.trials and made >= args.trials) or len(failures) >= 50
            made += 1
            return None if over else (draw.choices(kinds, weights)[0], draw.randrange(1 << 32))

    def work():
        while (job := following()) is not None:
            trial, done, wrong = one_trial(m, *job)
            end = ("wrong" if wrong else "killed" if done is None or done.returncode < 0 else
                   {0: "done", 1: "no", 2: "refused"}[done.returncode])
            with lock:
                tried[job[0]][end] += 1
                if wrong:
                    failures.append(job)
                    show(trial, wrong, *job, args.build)

    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for w in [pool.submit(work) for _ in range(args.jobs)]:
            w.result()
    report(tried, len(failures), args.seed, time.monotonic() - start)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
