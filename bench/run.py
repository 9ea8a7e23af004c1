"""Training steps of dfoo beside numpy, PyTorch, JAX and KANN, in one run: `make bench`, or

    python bench/run.py [--quick] [--peers numpy,torch,jax,jax_loop,kann] [--threads N] [--processor-time] [ROW..]

Every row is one network (rows.py). All take the same data, the same start and float32, and the costs of their first
steps must agree before a time is taken. Then they take turns, so that what else the machine does meets all of them:
the time of a step is the median of the turns, a ratio the median of the ratios turn by turn, above 1 where dfoo is
faster. Peers run in the Python that bench/venv made, or in this one; bench/kann builds KANN, which knows plain chains
of layers and gradient descent. Those that are not there are left out and named.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rows

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ.get("DFOO_BUILD", HERE.parent / "build" / "release"))
VENV = HERE.parent / "build" / "bench-venv" / "bin" / "python"
KANN = HERE.parent / "build" / "bench-kann" / "peer"
PEERS = {"numpy": "numpy", "torch": "torch", "jax": "jax", "jax_loop": "jax", "kann": None}  # the module to import
KANN_KNOWS = {"tanh", "sigmoid", "relu", "none"}
TOLERANCE = 2e-3


class Worker:
    """A process that makes as many steps as it is told to, and says how long that took."""

    def __init__(self, name, command, env, threads, by_processor):
        self.name, self.steps, self.times, self.by_processor = name, 1, [], by_processor
        cpus = sorted(os.sched_getaffinity(0))[:threads]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
                                        preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{name} does not start: {' '.join(map(str, command))}")

    def run(self, n):
        before = self.processor_time()
        print(n, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().split()
        if not answer:
            raise RuntimeError(f"{self.name} ended in the middle of its steps")
        return self.processor_time() - before if self.by_processor else float(answer[0]), float(answer[1])

    def processor_time(self):
        """Of all threads together: what busy neighbours change least."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat") if self.by_processor else ()
        return sum(int(t.read_text().split()[0]) for t in tasks) * 1e-9

    def find_steps(self, seconds):
        """So many that a turn takes about that long."""
        n, t = 1, self.run(1)[0]
        while t < seconds / 4 and n < 1e7:
            n *= 4
            t = self.run(n)[0]
        self.steps = max(1, int(n * seconds / t))

    def turn(self):
        self.times.append(self.run(self.steps)[0] / self.steps)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def has(python, module):
    if not module:
        return KANN.exists()
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def prepare(row, directory):
    model, data, start, module = (directory / n for n in ("model.eq", "data.npz", "start.npz", "derived.py"))
    model.write_text(row.equations)
    numpy.savez(data, **row.data())
    numpy.savez(start, **row.start())
    derived = subprocess.run([BUILD / "dfoo", "derive", model, "--format", "numpy"], check=True,
                             capture_output=True, text=True).stdout
    module.write_text(derived)
    return model, data, start, module


def kann_command(row, directory, threads):
    """Its data and its start lie in files as plain numbers; None: it does not know such a network."""
    if not row.chain or row.optimizer != "sgd" or row.chain[1] not in KANN_KNOWS:
        return None
    widths, hidden, cost = row.chain
    values, start = row.data(), row.start()
    data, begin = directory / "data.bin", directory / "start.bin"
    data.write_bytes(b"".join(numpy.ascontiguousarray(values[n].T).tobytes() for n in "XY"))
    begin.write_bytes(b"".join(start[f"{n}{i}"].tobytes() for i in range(1, len(widths)) for n in "Wb"))
    return [KANN, ",".join(map(str, widths)), hidden, cost, str(values["X"].shape[1]), str(row.rate), data, begin,
            str(threads)]


def environment(threads):
    """So many threads for everybody."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    alone = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    return dict(os.environ, **{n: str(threads) for n in names}, XLA_FLAGS=alone if threads == 1 else "")


def workers_of(row, files, peers, how):
    model, data, start, module = files
    n = str(how.threads)
    each = environment(how.threads), how.threads, how.processor_time
    yield Worker("dfoo", [BUILD / "bench" / "train", model, data, start, row.optimizer, str(row.rate),
                          "f32", n], *each)
    for peer in peers:
        if peer == "kann":
            command = kann_command(row, data.parent, how.threads)
            if command:
                yield Worker(peer, command, *each)
            continue
        yield Worker(peer, [how.python, HERE / "peers.py", peer, row.name, data, start, n, module], *each)


def measure(row, peers, how, turns, seconds):
    with tempfile.TemporaryDirectory() as directory:
        workers = []
        try:
            for worker in workers_of(row, prepare(row, pathlib.Path(directory)), peers, how):
                workers.append(worker)
            costs = {w.name: w.run(row.steps)[1] for w in workers}
            for name, cost in costs.items():
                if not abs(cost - costs["dfoo"]) <= TOLERANCE * abs(costs["dfoo"]):
                    raise RuntimeError(f"{row.name}: {name} has a cost of {cost}, dfoo {costs['dfoo']}")
            for w in workers:
                w.find_steps(seconds)
            for _ in range(turns):
                for w in workers:
                    w.turn()
        finally:
            for w in workers:
                w.close()
    ours = workers[0].times
    ratios = {w.name: statistics.median(t / o for t, o in zip(w.times, ours)) for w in workers[1:]}
    return statistics.median(ours), ratios


def in_words(seconds):
    return f"{seconds * 1e6:.1f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("rows", nargs="*")
    p.add_argument("--quick", action="store_true", help="fewer and shorter turns, without the largest rows")
    p.add_argument("--peers", default="numpy,torch,jax,jax_loop,kann")
    p.add_argument("--python", default=VENV if VENV.exists() else sys.executable, help="of the peers")
    p.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    p.add_argument("--processor-time", action="store_true", help="of all threads, where a machine has other work")
    how = p.parse_args()
    asked = [x for x in how.peers.split(",") if x]
    peers = [x for x in asked if has(how.python, PEERS[x])]
    if len(peers) < len(asked):
        print("not there:", ", ".join(x for x in asked if x not in peers), "(bench/venv and bench/kann install them)")
    chosen = [r for r in rows.ROWS if r.name in how.rows] or (rows.QUICK if how.quick else rows.ROWS)
    turns, seconds = (3, 0.1) if how.quick else (9, 0.25)
    print(f"float32, {how.threads} threads; a step of dfoo, and the peers' time / dfoo's: above 1 dfoo is faster")
    print(f"{'':6}{'dfoo':>11}" + "".join(f"{x:>10}" for x in peers))
    for row in chosen:
        ours, ratios = measure(row, peers, how, turns, seconds)
        print(f"{row.name:6}{in_words(ours):>11}" + "".join(f"{ratios[x]:10.2f}" if x in ratios else f"{'':>10}" for x in peers) + f"   {row.what}",
              flush=True)


main()
