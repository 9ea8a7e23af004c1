"""dfoo ask: every question is found, in other words, any order and misspelled; and what it leads to is there."""
import json
import re
import shlex

import pytest

from conftest import ROOT

TABLE = (ROOT / "src" / "teach" / "ask" / "questions.def").read_text()
ROWS = [tuple("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part)).replace('\\"', '"') for part in row)
        for row in re.findall(r'^QUESTION\(("(?:[^"\\]|\\.)*"),\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*("(?:[^"\\]|\\.)*")\)', TABLE, re.M)]


def answers(dfoo, *words):
    done = dfoo("ask", *words, "--json")
    return [a["question"] for a in json.loads(done.stdout)["result"]["answers"]]


def test_the_table_is_read():
    assert len(ROWS) == TABLE.count("\nQUESTION(") >= 40 and len({q for q, _, _ in ROWS}) == len(ROWS)


def test_without_a_question_all_are_listed(dfoo):
    text = dfoo("ask").stdout
    for question, _, command in ROWS:
        assert f"{question}\n    dfoo {command}\n" in text


@pytest.mark.parametrize("question, more, command", ROWS, ids=[r[0] for r in ROWS])
def test_every_question_is_found(dfoo, question, more, command):
    assert answers(dfoo, question)[0] == question
    assert question in answers(dfoo, *reversed(question.replace(" - ", "-").split())), "in another order"
    assert question in answers(dfoo, question.upper()), "in capitals"
    assert dfoo(*shlex.split(command)).returncode == 0, command


@pytest.mark.parametrize("asked, command", [
    ("why the transpose, and why on the left", "explain transpose"),
    ("why is the derivative by a column a row and yet dz1 a column", "explain jacobian"),
    ("why is dz1 a column", "explain jacobian"),
    ("where does the 1/m come from and why is it not in dZ", "explain two_layer dW2"),
    ("why compute dA2 here and skip it there", 'explain "two orders"'),
    ("what changes with another activation", "explain activation"),
    ("how does one example become m columns", 'explain "m examples"'),
    ("why not start from zeros", 'explain "random start"')])
def test_as_learners_ask(dfoo, asked, command):
    first = json.loads(dfoo("ask", asked, "--json").stdout)["result"]["answers"][0]
    assert first["command"] == f"dfoo {command}"


def misspelled(word):
    """Two letters swapped in the middle, or one left out."""
    k = len(word) // 2
    return [word[:k] + word[k + 1] + word[k] + word[k + 2:], word[:k] + word[k + 1:]] if len(word) > 6 and word.isalpha() else [word]


def test_misspelled(dfoo):
    missed = []
    for question, _, _ in ROWS:
        for k in range(2):
            words = [misspelled(w)[k % len(misspelled(w))] for w in question.strip("?").split()]
            if question not in answers(dfoo, *words):
                missed.append(" ".join(words))
    assert len(missed) <= 2, missed


# As people ask, and what the first answer is to be about.
@pytest.mark.parametrize("asked, command", [
    ("why the transpose", "explain transpose"), ("why do we multiply by the transposed weights", "explain transpose"), ("transpos W2", "explain transpose"),
    ("where does 1/m come from", "explain 1/m"), ("divide by m", "explain 1/m"), ("softmax derivtive", "explain softmax"), ("derivitive of sigmod", "explain sigmoid"),
    ("sigmoid prime", "explain sigmoid"), ("elementwise or dot product", "explain activation"), ("np.sum axis=1 keepdims", "explain bias"),
    ("zero initialisation", 'explain "random start"'), ("inital weights zero", 'explain "random start"'), ("relu at zero", "explain relu"),
    ("gradient checking", "check two_layer"), ("vanishing gradients", 'explain "vanishing gradient"'), ("jacobain row column", "explain jacobian"),
    ("dA_prev", "explain two_layer dA_prev"), ("hessian", "derive two_layer --hvp"), ("a - y", 'explain "cross entropy"'), ("chain rule", 'explain "chain rule"'),
    ("my code is wrong, find the bug", "help check"), ("my loss does not go down", "help check"), ("why keepdims", "explain bias"), ("wrong shape of my gradient", "help check"),
    ("cross entropy instead of squared error", "explain two_layer dZ2"), ("why not mse", "explain two_layer dZ2"), ("backprop through time", 'explain "chain rule"'),
    ("how to choose the learning rate", "help find-rate"), ("what are logits", 'explain "cross entropy"'), ("why multiply by the derivative of the activation", "explain activation"), ("meaning of the gradient", "explain gradient"), ("dropout", 'new --layers "relu 4, sigmoid 1" --dropout 0.8'), ("vectorization over the batch", 'explain "m examples"'),
])
def test_as_people_ask(dfoo, asked, command):
    done = dfoo("ask", asked)
    assert done.returncode == 0 and done.stdout.splitlines()[1] == f"    dfoo {command}", done.stdout


@pytest.mark.parametrize("asked", ["how to bake bread", "pizza", "?", "why", "the weather in paris tomorrow", "xyzzy " * 40, "\x01", "ä ö ü 日本"])
def test_what_is_not_known(dfoo, asked):
    done = dfoo("ask", *asked.split()[:30]) if asked.strip() else dfoo("ask", asked)
    assert done.returncode == 1 and done.stdout == "" and "dfoo ask" in done.stderr
