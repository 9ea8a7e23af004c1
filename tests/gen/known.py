"""Kinds of findings that are known, and how many models in a thousand may have them. An entry goes when its cause does."""
KNOWN = {
    # issue 10, points 4 and 5: explanations and planted mistakes, being mended
    "explain --by jacobian: a line does not hold": 400, "explain --by index: a line does not hold": 250,
    # what is shown, and is in the numpy module, overflows a little before the chain rule as written
    "numpy: a gradient is not finite": 1, "numpy: a gradient is wrong": 1, "numpy: a gradient is inaccurate": 1,
    "explain --by differential: a line does not hold": 20, "dfoo crashes": 60,
    "check: the gradients agree with the differences, but _ planted mistakes went unnoticed": 150,
    "check: the gradients agree with the differences, but _ planted mistake went unnoticed": 30,
    "check: wrong": 60, "check: the derived gradients are right; _ of _ claims are not": 20,
}


def name(kind):
    """How many gradients are wrong is no kind of its own."""
    return "check: wrong" if kind.startswith("check: wrong: ") else kind
