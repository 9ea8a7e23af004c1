"""Many models in several processes; a crash or a hang of one of them is a finding like others.

    PYTHONPATH=tests python3 -m gen.hunt --build build/release --first 0 --count 5000 [--shrink] [--jobs 2] [--save FILE]
"""
import argparse
import collections
import json
import multiprocessing
import multiprocessing.connection
import os
import sys
import time

from gen import exact, judge, library, models

PATIENCE = 120  # seconds for one model


def work(pipe, build, seeds, tests):
    lib = library.of_build(build)
    exact.precise()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for seed in seeds:
        pipe.send((seed, None))
        pipe.send((seed, judge.judge(lib, models.model(seed), tests)))


class Worker:
    """A process at its share of the seeds; another one where one died."""

    def __init__(self, build, seeds, tests=None):
        self.build, self.seeds, self.tests = build, list(seeds), tests
        self.start()

    def start(self):
        self.pipe, other = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.get_context("fork").Process(target=work, args=(other, self.build, self.seeds, self.tests), daemon=True)
        self.process.start()
        other.close()
        self.current, self.since = None, time.monotonic()

    def result(self):
        """What has come: seed, findings; None while there is nothing."""
        if not self.pipe.poll():
            return self.broken("hangs") if time.monotonic() - self.since > PATIENCE else None
        self.since = time.monotonic()
        try:
            seed, found = self.pipe.recv()
        except EOFError:
            return self.broken("crashes")
        if seed != self.current:
            self.current = seed
            return None
        self.seeds.remove(seed)
        return seed, found

    def broken(self, how):
        seed = self.seeds[0] if self.current is None or self.current not in self.seeds else self.current
        self.end()
        self.seeds.remove(seed)
        if self.seeds:
            self.start()
        return seed, [judge.Finding(f"dfoo {how}", models.model(seed).text())]

    def end(self):
        self.process.kill()
        self.process.join()
        self.pipe.close()


def hunt(build, first, count, jobs=None, tests=None, enough=None):
    """kind -> seeds and details; how many models were judged, how many had no number. tests: names of some of judge.TESTS;
    enough: a finding that ends the hunt."""
    jobs = jobs or os.cpu_count() or 1
    chosen = [t for t in judge.TESTS if t.__name__ in tests] if tests else None
    kinds, judged, without = collections.defaultdict(list), 0, 0
    running = [Worker(str(build), range(first + i, first + count, jobs), chosen) for i in range(jobs) if i < count]
    while running:
        multiprocessing.connection.wait([w.pipe for w in running], timeout=1)
        results = [r for w in running if (r := w.result())]
        judged, without = judged + sum(f is not None for _, f in results), without + sum(f is None for _, f in results)
        found = [(seed, f) for seed, some in results for f in some or ()]
        for seed, f in found:
            kinds[f.kind].append((seed, f.detail))
        over = enough is not None and any(enough(f) for _, f in found)
        for w in [w for w in running if over or not w.seeds]:
            w.end()
            running.remove(w)
    return kinds, judged, without


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build/release")
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--count", type=int, default=1000)
    p.add_argument("--jobs", type=int)
    p.add_argument("--save")
    p.add_argument("--shrink", action="store_true")
    a = p.parse_args()
    begun = time.time()
    kinds, judged, without = hunt(a.build, a.first, a.count, a.jobs)
    print(f"{judged} models judged, {without} without a number, {time.time() - begun:.0f} s")
    for kind, where in sorted(kinds.items(), key=lambda x: -len(x[1])):
        print(f"{len(where):6} {kind}   seeds {' '.join(str(s) for s, _ in where[:6])}")
    if a.save:
        with open(a.save, "w") as f:
            json.dump(kinds, f)
    if a.shrink:
        from gen import shrink
        for kind, where in sorted(kinds.items(), key=lambda x: -len(x[1])):
            small = shrink.smallest(a.build, kind, [s for s, _ in where])
            print(f"\n=== {kind} ({len(where)})\n{small}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
