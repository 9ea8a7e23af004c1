#!/usr/bin/env python3
"""What the Python package adds to the C calls: python bench/python.py, with a Python that has it (build/python-newest/bin/python after
tests/python). Prints the best of seven rounds in microseconds, and the start of `import dfoo` in milliseconds."""
import subprocess
import sys
import timeit

import numpy as np

import dfoo
from dfoo import _c


def best(call, number=20000):
    return min(timeit.repeat(call, number=number, repeat=7)) / number * 1e6


def main():
    net, random = dfoo.Model.read("two_layer"), np.random.default_rng(0)
    given = {"X": random.normal(size=(2, 1)), "Y": np.ones((1, 1)), "W1": random.normal(size=(4, 2)), "b1": np.zeros((4, 1)),
             "W2": random.normal(size=(1, 4)), "b2": np.zeros((1, 1))}
    f = net.compile("J")
    wanted, found = net.grad(given).J, f(**given)
    assert abs(wanted - found) < 1e-15, "a benchmark of what is wrong says nothing"
    pointer = f._compiled.pointer
    bare = best(lambda: _c.lib.dfoo_function_run(pointer, 0))
    print(f"the C call through ctypes      {bare:6.2f} us")
    print(f"f.run(..)                      {best(lambda: f.run(**given)):6.2f} us")
    print(f"f(..), one number              {best(lambda: f(**given)):6.2f} us")
    cost = net.objective(X=given["X"], Y=given["Y"])
    theta = cost.start()
    print(f"objective(theta), 17 numbers   {best(lambda: cost(theta)):6.2f} us")
    start = min(float(subprocess.run([sys.executable, "-c", "import time; t = time.perf_counter(); import dfoo; "
                                      "print(time.perf_counter() - t)"], capture_output=True, text=True).stdout) for _ in range(7))
    print(f"import dfoo                    {start * 1e3:6.1f} ms")


main()
