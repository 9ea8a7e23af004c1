"""Programs that were written without the judge beside them: ten networks in twelve families of style, changed so that they stay
right, and with mistakes. numpy says what a change does, not the judge. DFOO_TIMES multiplies how many are tried."""
import collections
import os

import numpy as np
import pytest

from judge.learners import families, measure, models, oracle

TIMES = int(os.environ.get("DFOO_TIMES", "1"))
SEED = int(os.environ.get("DFOO_SEED", "1"))


@pytest.fixture(scope="module")
def judge():
    return measure.Judge(os.environ.get("DFOO_BIN", "build/release/dfoo"))


def test_the_programs_are_right():
    """By differences of the cost: nothing that dfoo derives has a part in it."""
    for net in models.ALL:
        for family in families.families(net):
            text, _, drive = families.write(net, family, SEED)
            if not getattr(drive, "script", False):
                assert oracle.is_right(net, text, drive), (net.label, family, text)


def test_the_oracle_notices():
    net = models.NETS[1]
    text, _, drive = families.write(net, "course", 0)
    assert not oracle.is_right(net, text.replace("dZ2 = A2 - Y", "dZ2 = Y - A2"), drive)
    assert not np.allclose(models.gradient(net, models.case(net, 3))["W1"], 0)


def test_right_ones_are_not_accused_and_wrong_ones_are_found(judge):
    rows = measure.measure(judge, 260 * TIMES, 260 * TIMES, SEED)
    right, accused, wrong, line, name = measure.rates(sum(rows.values(), collections.Counter()))
    assert right > 200 and wrong > 200 and len(rows) == 12
    assert not accused, measure.table(rows)
    assert line > 0.96 * wrong and name > 0.92 * wrong, measure.table(rows)


def test_what_is_wrong_around_the_gradients_is_told_there(judge):
    rows = measure.measure(judge, 0, 0, SEED, around=160 * TIMES)
    _, _, wrong, line, name = measure.rates(sum(rows.values(), collections.Counter()))
    assert wrong == 160 * TIMES and len(rows) > 6
    assert line > 0.65 * wrong and name > 0.65 * wrong, measure.table(rows)
