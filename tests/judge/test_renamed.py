"""Right programs with one of their names changed: whatever learners call a thing, nobody who is right is accused. What a
program that is no longer understood gets is no verdict."""
import ast
import json
import re

import pytest

from .hands.table import PROGRAMS
from .test_hands import FOLDER, program

WORDS = "thing", "other", "q7", "zeta", "bee", "wow", "inp", "kernel2"


def names(text):
    """What the program gives a name to: variables, parameters, functions, attributes."""
    tree = ast.walk(ast.parse(text))
    found = {n.id if isinstance(n, ast.Name) else n.arg if isinstance(n, ast.arg) else n.attr if isinstance(n, ast.Attribute) else n.name
             for n in tree if isinstance(n, (ast.arg, ast.FunctionDef)) or (isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Store))}
    return sorted(x for x in found if x not in ("self", "_") and not x.startswith("__"))


@pytest.mark.parametrize("name", [name for name, (_, _, found) in PROGRAMS.items() if found])
def test_a_renamed_one_is_not_accused(dfoo, tmp_path, name):
    kind, sizes, _ = PROGRAMS[name]
    text, size = program(name), sizes[-1]
    model = tmp_path / "model.eq"
    model.write_text(re.sub(r"\bK\b", size, (FOLDER / f"{kind}.eq").read_text()))
    right = 0
    for k, own in enumerate(names(text)):
        for word in (WORDS[k % len(WORDS)], WORDS[(k + 3) % len(WORDS)]):
            word += "9" if re.search(rf"\b{word}\b", text) else ""
            done = dfoo("check", model, "--against", "-", "--json", stdin=re.sub(rf"\b{own}\b", word, text).replace("K_OUT", size))
            answer = json.loads(done.stdout)["result"]["judgement"]
            assert answer["right"] or not answer["first_wrong_line"], (own, word, answer)
            right += answer["right"]
    assert right >= len(names(text))  # half of them: most names say nothing about the gradients
