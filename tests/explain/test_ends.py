"""Every proof ends in its headline, letter for letter: in all three ways, in both conventions, for every model and for a dozen that
learners write (learners/*.eq)."""
import json
import os
import subprocess

import pytest
from conftest import is_instrumented

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


@pytest.mark.parametrize("way", ["index", "jacobian", "differential"])
@pytest.mark.parametrize("model", MODELS + LEARNERS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_text_is_not_wider_than_a_terminal(dfoo, model, way):
    text = dfoo("explain", model, "--all", "--by", way, "--steps", "--numbers").stdout
    assert text and not [line for line in text.splitlines() if len(line) > 80]


def chain(layers):
    lines = ["input X : (n, m)", "label Y : (1, m)"]
    for i in range(1, layers + 1):
        lines += [f"param W{i} : ({'1' if i == layers else 'n'}, n)", f"Z{i} = W{i} @ {'X' if i == 1 else f'A{i - 1}'}",
                  f"A{i} = {'sigmoid' if i == layers else 'tanh'}(Z{i})"]
    return "\n".join([*lines, f"J = -1/m * sum(Y * log(A{layers}) + (1 - Y) * log(1 - A{layers}))", "minimize J"])


def seconds_and_bytes(program, model):
    with open(os.devnull, "w") as nowhere:
        child = subprocess.Popen([program, "explain", model, "--all"], stdout=nowhere)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    assert status == 0
    return used.ru_utime + used.ru_stime, 1024 * used.ru_maxrss


@pytest.mark.skipif(is_instrumented(), reason="an instrumented program is no measure of time or memory")
def test_time_and_memory_grow_with_the_length_only(build, tmp_path):
    measured = []
    for layers in 100, 400:
        (tmp_path / "chain.eq").write_text(chain(layers))
        measured.append(seconds_and_bytes(build / "dfoo", tmp_path / "chain.eq"))
    (short_time, _), (long_time, memory) = measured
    assert long_time < 8 * short_time and memory < 200e6
