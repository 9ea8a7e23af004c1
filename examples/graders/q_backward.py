"""Otter: a point for each gradient of `backward_propagation`, judged given the lines before it. The last case is hidden."""
OK_FORMAT = True

SETUP = """
>>> import dfoo
>>> found = dfoo.judge(backward_propagation, "two_layer", hint=2)
>>> verdict = {line.variable: line.verdict for line in found.lines}
"""


def case(gradient, hidden=False):
    return {"code": f"{SETUP}>>> assert verdict.get('{gradient}') in ('right', 'given'), found", "hidden": hidden, "locked": False, "points": 1,
            "failure_message": f"{gradient}: print(dfoo.judge(backward_propagation, 'two_layer', hint=1)) says where to look"}


test = {"name": "q_backward", "points": None, "suites": [{
    "cases": [*(case(gradient) for gradient in ("dW2", "db2", "dZ1", "dW1", "db1")),
              {"code": f"{SETUP}>>> assert found, found", "hidden": True, "locked": False, "points": 1}],
    "scored": True, "setup": "", "teardown": "", "type": "doctest"}]}
