"""What a program computes, by numpy: whether a change made a difference is not believed, but tried."""
import contextlib
import io
import warnings

import numpy as np

from . import models


class Raised(Exception):
    pass


def gradients(net, text, drive, seed=3):
    """What the program makes of a case: its gradients, or what becomes of its parameters. Raised: an error of Python."""
    v = models.case(net, seed)
    ns = {}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exec(compile(text.replace("range(1000)", "range(3)").replace("range(100)", "range(3)").replace("range(200)", "range(3)"), "program", "exec"), ns)
            return {k: np.asarray(x, float) for k, x in drive(ns, v).items()}
        except Exception as e:  # whatever the program does
            raise Raised(f"{type(e).__name__}: {e}") from e


def shape(x):
    return np.shape(x) if np.size(x) > 1 else ()  # a number is as good as (1, 1)


def same(x, y):
    return x.keys() == y.keys() and all(shape(x[k]) == shape(y[k]) and np.allclose(x[k], y[k], rtol=1e-7, atol=1e-10) for k in x)


def is_right(net, text, drive):
    """Against differences of the cost: only for programs that are handed a case."""
    got, want = gradients(net, text, drive), models.gradient(net, models.case(net, 3))
    return all(np.shape(got[k]) == want[k].shape and np.allclose(got[k], want[k], atol=1e-6) for k in want)
