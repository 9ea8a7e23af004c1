"""A peer of bench/run.py: the same network in another library. Reads numbers of steps, answers seconds and cost.

    python bench/peers.py PEER ROW DATA.npz START.npz THREADS       PEER: numpy, torch, jax, jax_loop
"""

import functools
import os
import sys
import time

import numpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rows


def numpy_steps(row, data, start, threads, module):
    """The derivation that dfoo writes as numpy, in the style of the courses, and its update."""
    import importlib.util
    spec = importlib.util.spec_from_file_location("derived", module)
    derived = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(derived)
    params = {n: start[n].copy() for n in row.shapes}
    states = {n: (numpy.zeros_like(p), numpy.zeros_like(p)) for n, p in params.items()}
    count = 0

    def step(n):
        nonlocal count
        for _ in range(n):
            count += 1
            values = derived.forward(**data, **params)
            grads = derived.backward(**data, **params, values=values)
            for name, p in params.items():
                g = grads["d" + name]
                if row.optimizer == "sgd":
                    params[name] = p - numpy.float32(row.rate) * g
                    continue
                v, s = states[name]
                v = numpy.float32(0.9) * v + numpy.float32(0.1) * g
                s = numpy.float32(0.999) * s + numpy.float32(0.001) * g**2
                states[name] = v, s
                size = numpy.float32(row.rate / (1 - 0.9**count))
                params[name] = p - size * v / (numpy.sqrt(s / numpy.float32(1 - 0.999**count)) + numpy.float32(1e-8))
        return float(values["J"])
    return step


def as_rows(row, data):
    turned = getattr(row, "turned", False)
    return [numpy.ascontiguousarray(data[n] if turned else data[n].T) for n in ("X", "Y")]


def torch_steps(row, data, start, threads, module):
    import torch
    import torch.nn.functional as nn

    class F:
        linear = staticmethod(lambda x, w, b: nn.linear(x, w, None if b is None else b.view(-1)))
        tanh, relu, sigmoid, softplus, sqrt = torch.tanh, torch.relu, torch.sigmoid, nn.softplus, torch.sqrt
        sum, mean = torch.sum, torch.mean
        softmax = staticmethod(lambda z: torch.softmax(z, 1))
        log_softmax = staticmethod(lambda z: nn.log_softmax(z, 1))
        mean_down = staticmethod(lambda z: z.mean(0, keepdim=True))
        mean_along = staticmethod(lambda z: z.mean(1, keepdim=True))
        own = staticmethod(lambda z: z * torch.tanh(nn.softplus(z)))

    torch.set_num_threads(threads)
    x, y = (torch.from_numpy(a) for a in as_rows(row, data))
    params = {n: torch.from_numpy(start[n].copy()).requires_grad_() for n in row.shapes}
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[row.optimizer]
    optimizer = kind(params.values(), lr=row.rate, fused=True)

    def step(n):
        for _ in range(n):
            optimizer.zero_grad(set_to_none=True)
            cost = row.forward(F, params, x, y)
            cost.backward()
            optimizer.step()
        return float(cost.detach())
    return step


def jax_functions(row, data, start):
    import jax
    import jax.numpy as np

    class F:
        linear = staticmethod(lambda x, w, b: x @ w.T if b is None else x @ w.T + b.T)
        tanh, relu, sigmoid, softplus, sqrt = np.tanh, jax.nn.relu, jax.nn.sigmoid, jax.nn.softplus, np.sqrt
        sum, mean = np.sum, np.mean
        softmax, log_softmax = jax.nn.softmax, jax.nn.log_softmax
        mean_down = staticmethod(lambda z: z.mean(0, keepdims=True))
        mean_along = staticmethod(lambda z: z.mean(1, keepdims=True))
        own = staticmethod(lambda z: z * np.tanh(jax.nn.softplus(z)))

    x, y = (np.asarray(a) for a in as_rows(row, data))
    params = {n: np.asarray(start[n]) for n in row.shapes}
    zeros = {n: (np.zeros_like(p), np.zeros_like(p)) for n, p in params.items()}
    value_and_grad = jax.value_and_grad(lambda p, x, y: row.forward(F, p, x, y))

    def update(state, x, y):
        params, states, t = state
        cost, g = value_and_grad(params, x, y)
        t = t + 1
        if row.optimizer == "sgd":
            return ({n: p - row.rate * g[n] for n, p in params.items()}, states, t), cost
        states = {n: (0.9 * v + 0.1 * g[n], 0.999 * s + 0.001 * g[n] ** 2) for n, (v, s) in states.items()}
        params = {n: p - row.rate / (1 - 0.9**t) * states[n][0] / (np.sqrt(states[n][1] / (1 - 0.999**t)) + 1e-8)
                  for n, p in params.items()}
        return (params, states, t), cost
    return jax, (params, zeros, np.float32(0)), update, x, y


def jax_steps(row, data, start, threads, module):
    jax, state, update, x, y = jax_functions(row, data, start)
    update = jax.jit(update, donate_argnums=0)

    def step(n):
        nonlocal state
        for _ in range(n):
            state, cost = update(state, x, y)
        return float(cost)
    return step


def jax_loop_steps(row, data, start, threads, module):
    jax, state, update, x, y = jax_functions(row, data, start)

    @functools.partial(jax.jit, donate_argnums=0)
    def loop(state, n, x, y):
        one = lambda i, at: update(at[0], x, y)
        return jax.lax.fori_loop(0, n, one, (state, jax.numpy.float32(0)))

    def step(n):
        nonlocal state
        state, cost = loop(state, n, x, y)
        return float(cost)
    return step


def main():
    peer, name, data, start, threads, module = sys.argv[1:]
    row = next(r for r in rows.ROWS if r.name == name)
    data, start = dict(numpy.load(data)), dict(numpy.load(start))
    step = globals()[peer + "_steps"](row, data, start, int(threads), module)
    print("ready", flush=True)
    for line in sys.stdin:
        begin = time.perf_counter()
        cost = step(int(line))
        print(f"{time.perf_counter() - begin:.9f} {cost!r}", flush=True)


main()
