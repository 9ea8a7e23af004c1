"""A claimed gradient is the derived one but for rounding, which is a part in 1e10: just below it is right, just above not."""
import pytest

MODEL = ("input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0)\nZ = w @ X\nJ = 1/m * sum((Z - Y)**2)\nminimize J\n"
         "dw = {} * (Z - Y) @ X.T\n")


@pytest.mark.parametrize("factor, right", [("2/m", True), ("2.000000000198/m", True), ("2.000000000202/m", False),
                                           ("1.999999999802/m", True), ("1.999999999798/m", False)])
def test_claims(dfoo, factor, right):
    done = dfoo("check", "-", stdin=MODEL.format(factor))
    assert done.returncode == (0 if right else 1), done.stdout + done.stderr
    assert ("right: " in done.stdout.splitlines()[-1]) == right
