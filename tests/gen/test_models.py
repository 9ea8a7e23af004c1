"""Random models, held against an oracle of their own: judge.py says what is asked, models.py what is drawn. DFOO_TIMES
multiplies their number, DFOO_SEED is where they begin."""
import collections
import os

import pytest

pytest.importorskip("gmpy2")
from conftest import is_instrumented  # noqa: E402
from gen import hunt, known, shrink  # noqa: E402

COUNT = int(5000 * float(os.environ.get("DFOO_TIMES", "1")))
FIRST = int(os.environ.get("DFOO_SEED", "0"))


@pytest.mark.skipif(is_instrumented(), reason="the library of an instrumented build cannot be loaded into Python")
def test_random_models(build):
    kinds, judged, without = hunt.hunt(build, FIRST, COUNT)
    assert without < COUNT / 20
    seen = collections.Counter()
    for kind, where in kinds.items():
        seen[known.name(kind)] += len(where)
    for kind, where in kinds.items():
        per_thousand = 1000 * seen[known.name(kind)] / judged
        if per_thousand > known.KNOWN.get(known.name(kind), 0):
            pytest.fail(f"{len(where)} of {judged} models: {kind}\n{shrink.smallest(build, kind, [seed for seed, _ in where])}")
