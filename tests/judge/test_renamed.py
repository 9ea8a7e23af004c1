"""Right programs with one of their names changed: whatever learners call a thing, nobody who is right is accused. What a
program that is no longer understood gets is no verdict."""
import json
import re

import pytest

from .hands.renamed import renamed
from .hands.table import PROGRAMS
from .test_hands import FOLDER, program


@pytest.mark.parametrize("name", [name for name, (_, _, found) in PROGRAMS.items() if found])
def test_a_renamed_one_is_not_accused(dfoo, tmp_path, name):
    kind, sizes, _ = PROGRAMS[name]
    model = tmp_path / "model.eq"
    model.write_text(re.sub(r"\bK\b", sizes[-1], (FOLDER / f"{kind}.eq").read_text()))
    right, all_of_them = 0, list(renamed(program(name)))
    for own, word, text in all_of_them:
        done = dfoo("check", model, "--against", "-", "--json", stdin=text.replace("K_OUT", sizes[-1]))
        answer = json.loads(done.stdout)["result"]["judgement"]
        assert answer["right"] or not answer["first_wrong_line"], (own, word, answer)
        right += answer["right"]
    assert 2 * right >= len(all_of_them)  # most names say nothing about the gradients
