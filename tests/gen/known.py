"""Kinds of findings that are known, and how many models in a thousand may have them. An entry goes when its cause does."""
KNOWN = {
    # where exp overflows and what is made of it is flat, sech(z * exp(x)), 0 is multiplied with infinity
    "grad: a gradient in f64 is not finite": 1, "grad: a gradient in f32 is not finite": 1,
    # of a gradient that is 0 but for what rounding leaves, differences say something else
    "check: wrong": 1,
    # a model in a line or two whose second derivatives are longer than what is shown: refused, with what would help
    "second: error: _ written out is _ names and operations long": 1,
    # what is shown, and is in the numpy module, overflows a little before the chain rule as written, or rounds 1 - sigmoid(a)
    # and exp(a) - 1 to 0; where it is run, a rule keeps these digits
    "numpy: a gradient is not finite": 1, "numpy: a gradient is wrong": 1.5, "numpy: a gradient is inaccurate": 1,
}


def name(kind):
    """How many gradients are wrong is no kind of its own."""
    return "check: wrong" if kind.startswith("check: wrong: ") else kind
