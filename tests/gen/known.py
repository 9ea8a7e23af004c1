"""Kinds of findings that are known, and how many models in a thousand may have them. An entry goes when its cause does."""
KNOWN = {
    # what is shown, and is in the numpy module, overflows a little before the chain rule as written
    "numpy: a gradient is not finite": 1, "numpy: a gradient is wrong": 1, "numpy: a gradient is inaccurate": 1,
}


def name(kind):
    """How many gradients are wrong is no kind of its own."""
    return "check: wrong" if kind.startswith("check: wrong: ") else kind
