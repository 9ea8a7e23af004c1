"""What the package's tests share. They run on the package that is installed: tests/python/test_package.py installs it."""
import numpy as np
import pytest

import dfoo


@pytest.fixture
def xor():
    """Examples in rows, of two classes that no line divides."""
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(float)


@pytest.fixture
def numbers():
    """All that the two-layer model needs, in its own orientation."""
    random = np.random.default_rng(1)
    shapes = {"X": (2, 7), "W1": (4, 2), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)}
    return {**{name: random.normal(size=shape) for name, shape in shapes.items()},
            "Y": random.integers(0, 2, size=(1, 7)).astype(float)}


@pytest.fixture
def net():
    return dfoo.Model.read("two_layer")
