"""Every proof ends in its headline, letter for letter: in all three ways, in both conventions, for every model and for a dozen that
learners write (learners/*.eq)."""
import json

import pytest

from explain.test_explain import HERE, MODELS

LEARNERS = sorted((HERE / "learners").glob("*.eq"))


def formulas(block):
    return [s["formula"] for s in block["sides"]]


@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
@pytest.mark.parametrize("model", MODELS + LEARNERS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_proof_ends_in_its_headline(dfoo, model, way):
    for convention in "course", "dJ":
        done = dfoo("explain", model, "--all", "--by", way, "--convention", convention, "--format", "json")
        assert done.returncode == 0, done.stdout[-500:]
        told = [e for e in json.loads(done.stdout)["explanations"] if formulas(e["blocks"][0])[0].startswith("d")]
        assert len(told) >= 3
        for e in told:
            title, lines = formulas(e["blocks"][0]), [b for b in e["blocks"][1:] if b["kind"] == "line"]
            head = len(lines) - 1
            while lines[head]["goes_on"]:
                head -= 1
            last = formulas(lines[-1])
            assert len(last) >= 2 and formulas(lines[head])[0] == title[0] and last[-1] == title[-1], (title, last)
