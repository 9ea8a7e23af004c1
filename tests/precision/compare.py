"""How far numbers of the program are from the truth, in units of what rounding the inputs alone would do."""
import random

import mpmath
import numpy as np
from mpmath import mpf

EPS = {"f32": 2.0**-24, "f64": 2.0**-53}
LEAST = {"f32": mpf(2)**-110, "f64": mpf(2)**-1006}  # a factor that is smaller than 2**-126, 2**-1022 has lost digits


def perturbed(arrays, eps, seed):
    """Every entry off by one rounding, up or down."""
    rng = random.Random(seed)
    with mpmath.extradps(20):
        return {name: np.vectorize(lambda x: mpf(float(x)) * (1 + rng.choice((-1, 1)) * mpf(eps)), otypes=[object])(x)
                for name, x in arrays.items()}


class Truth:
    """The reference at the inputs, and how far each of its entries moves when the inputs are rounded:
    its condition, that no program that computes with rounded numbers can beat."""

    def __init__(self, model, arrays, digits, draws=2):
        self.model, self.arrays = model, arrays
        self.digits = digits
        with mpmath.workdps(digits):
            self.value = model.run(arrays)
            # The moves are proportional to eps as long as they are small, so one size does for both types.
            near = [model.run(perturbed(arrays, EPS["f64"], seed)) for seed in range(draws)]
            self.moves = {name: np.max([np.abs(x - y[name]) for y in near], axis=0) / mpf(EPS["f64"])
                          for name, x in self.value.items()}

    def worst(self, name, got, dtype, slack=0):
        """The largest |got - truth| in units of eps * (|truth| + condition + slack)."""
        eps, most = mpf(EPS[dtype]), 0.0
        with mpmath.workdps(self.digits):
            truth, moves = np.atleast_2d(self.value[name]), np.atleast_2d(self.moves[name])
            got = np.atleast_2d(got)
            slack = np.broadcast_to(slack, got.shape)
            assert got.shape == truth.shape, (name, got.shape, truth.shape)
            for i in np.ndindex(got.shape):
                if not np.isfinite(got[i]):
                    return float("inf")
                unit = eps * (abs(truth[i]) + moves[i] + mpf(float(slack[i]))) + LEAST[dtype]
                most = max(most, float(abs(mpf(float(got[i])) - truth[i]) / unit))
        return most
