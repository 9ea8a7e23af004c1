"""What the tests of files compare with."""
import numpy as np


def same(left, right):
    """The same shape and the same doubles (any NaN is as good as another)."""
    right = np.asarray(right).astype(np.float64)
    assert left.shape == right.shape
    np.testing.assert_array_equal(left, right)
    np.testing.assert_array_equal(np.signbit(left), np.signbit(right))
