"""Costs as people write them, each of which goes wrong at large logits if it is computed as written.
Every model is Z = W @ X with W = 1, so that X holds the logits."""

ONE = """
input X : (1, m)
label Y : (1, m)
param W : (1, 1)
Z = W @ X
{body}
J = {cost}
minimize J
"""
MANY = """
input X : (3, m)
label Y : (3, m) onehot
param W : (3, 3)
Z = W @ X
{body}
J = {cost}
minimize J
"""
ROWS = MANY.replace("(3, m)", "(m, 3)").replace("W @ X", "X @ W")
MEAN = "1/m * sum(L)"
BINARY = "L = -(Y * log(A) + (1 - Y) * log(1 - A))"
SQUARE = "L = (A - Y)**2"
SIGMOIDS = {
    "function": "A = sigmoid(Z)",
    "exp(-Z)": "A = 1/(1 + exp(-Z))",
    "exp(-Z) first": "A = 1/(exp(-Z) + 1)",
    "power": "A = (1 + exp(-Z))**-1",
    "exp(Z)": "A = exp(Z)/(1 + exp(Z))",
    "exp(Z) first": "A = exp(Z)/(exp(Z) + 1)",
    "named exponential": "E = exp(-Z)\nA = 1/(1 + E)",
    "named exponential above": "E = exp(Z)\nA = E/(1 + E)",
    "named divisor": "D = 1 + exp(-Z)\nA = 1/D",
    "named reciprocal": "E = exp(Z)\nR = 1/(1 + E)\nA = E * R",
    "named sign": "N = -Z\nA = 1/(1 + exp(N))",
    "tanh": "A = (1 + tanh(Z/2))/2",
    "half of tanh": "A = 0.5 * (tanh(0.5 * Z) + 1)",
    "half and half": "A = 0.5 + 0.5 * tanh(Z/2)",
    "own function": "s(z) = 1/(1 + exp(-z))\nA = s(Z)",
    "one minus": "A = 1 - 1/(1 + exp(Z))",
    "halves": "A = exp(Z/2)/(exp(Z/2) + exp(-Z/2))",
}
BINARIES = {
    "mean": ("A = sigmoid(Z)\n" + BINARY, "mean(L)"),
    "complement named": ("A = sigmoid(Z)\nP = 1 - A\nL = -(Y * log(A) + (1 - Y) * log(P))", MEAN),
    "logs named": ("A = sigmoid(Z)\nU = log(A)\nV = log(1 - A)\nL = -Y * U - (1 - Y) * V", MEAN),
    "terms named": ("A = 1/(1 + exp(-Z))\nU = -Y * log(A)\nV = -(1 - Y) * log(1 - A)\nL = U + V", MEAN),
    "nothing named": ("", "-mean(Y * log(sigmoid(W @ X)) + (1 - Y) * log(1 - sigmoid(W @ X)))"),
    "sigmoid of -Z": ("L = -(Y * log(sigmoid(Z)) + (1 - Y) * log(sigmoid(-Z)))", MEAN),
    "-1 + A": ("A = sigmoid(Z)\nL = -(Y * log(A) + (1 - Y) * log(-(A - 1)))", MEAN),
    "logarithm to base 2": ("A = sigmoid(Z)\nL = -(Y * log(A) + (1 - Y) * log(1 - A))/log(2)", MEAN),
    "logarithm to base 10": ("A = sigmoid(Z)\nU = log(A)/log(10)\nV = log(1 - A)/log(10)\nL = -(Y * U + (1 - Y) * V)", MEAN),
    "softplus spelled": ("L = log(1 + exp(Z)) - Y * Z", MEAN),
    "softplus spelled, named": ("E = exp(Z)\nL = log(E + 1) - Y * Z", MEAN),
    "softplus of -Z spelled": ("L = log(1 + exp(-Z)) + (1 - Y) * Z", MEAN),
    "softplus spelled, one line": ("", "mean(log(1 + exp(Z)) - Y * Z)"),
    "both softplus spelled, one line": ("", "1/m * sum(Y * log(1 + exp(-Z)) + (1 - Y) * log(1 + exp(Z)))"),
    "log1p": ("L = log1p(exp(Z)) - Y * Z", MEAN),
    "logits": ("L = maximum(Z, 0) - Z * Y + log(1 + exp(-abs(Z)))", MEAN),
    "logits, relu": ("L = relu(Z) - Z * Y + log1p(exp(-abs(Z)))", MEAN),
    "logits, where": ("L = where(Z > 0, Z, 0) - Z * Y + log(1 + exp(-abs(Z)))", MEAN),
    "softplus": ("L = Y * softplus(-Z) + (1 - Y) * softplus(Z)", MEAN),
    "signs": ("T = 2 * Y - 1\nL = log(1 + exp(-T * Z))", MEAN),
    "odds": ("A = sigmoid(Z)\nL = -Y * log(A/(1 - A)) - log(1 - A)", MEAN),
    "reciprocals": ("A = sigmoid(Z)\nL = Y * log(1/A) + (1 - Y) * log(1/(1 - A))", MEAN),
    "likelihood, cost only": ("A = sigmoid(Z)\nL = -log(A**Y * (1 - A)**(1 - Y))", MEAN),
    "focal": ("A = sigmoid(Z)\nL = -(Y * (1 - A)**2 * log(A) + (1 - Y) * A**2 * log(1 - A))", MEAN),
    "of a tanh": ("A = (1 + tanh(Z))/2\nL = -(Y * log(A) + (1 - Y) * log(1 - A))", MEAN),
    "of a square": ("A = sigmoid(Z)\nL = -(Y * log(A**2) + (1 - Y) * log(1 - A))", MEAN),
}
TANHS = {
    "function": "A = tanh(Z)",
    "exponentials": "A = (exp(Z) - exp(-Z))/(exp(Z) + exp(-Z))",
    "named": "E = exp(Z)\nF = exp(-Z)\nA = (E - F)/(E + F)",
    "exp(2 Z)": "A = (exp(2*Z) - 1)/(exp(2*Z) + 1)",
    "exp(-2 Z)": "A = (1 - exp(-2*Z))/(1 + exp(-2*Z))",
    "named exp(-2 Z)": "E = exp(-2*Z)\nA = (1 - E)/(1 + E)",
    "sigmoid": "A = 2 * sigmoid(2*Z) - 1",
    "sigmoid spelled": "A = 2/(1 + exp(-2*Z)) - 1",
}
OTHERS = {
    "log cosh": ("D = Z - Y\nL = log((exp(D) + exp(-D))/2)", MEAN),
    "log cosh, sum": ("D = Z - Y\nL = log(exp(D) + exp(-D)) - log(2)", MEAN),
    "swish spelled": ("A = Z/(1 + exp(-Z))\nL = (A - Y)**2", MEAN),
    "elu spelled": ("A = where(Z > 0, Z, exp(Z) - 1)\nL = (A - Y)**2", MEAN),
}
PICK = "L = -sum(Y * log(A), axis={axis})"
MANIES = {
    "function": "A = softmax(Z)\n" + PICK,
    "exponentials": "A = exp(Z)/sum(exp(Z), axis={axis})\n" + PICK,
    "named": "E = exp(Z)\nS = sum(E, axis={axis})\nA = E/S\n" + PICK,
    "named reciprocal": "E = exp(Z)\nR = 1/sum(E, axis={axis})\nA = R * E\n" + PICK,
    "reciprocal of a sum": "S = 1/sum(exp(Z), axis={axis})\nA = exp(Z) * S\n" + PICK,
    "of negative energies": "E = -Z\nA = 1/sum(exp(-E), axis={axis}) * exp(-E)\n" + PICK,
    "largest taken out": "M = max(Z, axis={axis})\nE = exp(Z - M)\nA = E/sum(E, axis={axis})\n" + PICK,
    "largest taken out, unnamed": "A = exp(Z - max(Z, axis={axis}))/sum(exp(Z - max(Z, axis={axis})), axis={axis})\n" + PICK,
    "no names": "L = -sum(Y * log(softmax(Z)), axis={axis})",
    "no names, spelled": "L = -sum(Y * log(exp(Z)/sum(exp(Z), axis={axis})), axis={axis})",
    "logarithm named": "A = softmax(Z)\nP = log(A)\nL = -sum(Y * P, axis={axis})",
    "log_softmax": "P = log_softmax(Z)\nL = -sum(Y * P, axis={axis})",
    "log-sum-exp": "L = log(sum(exp(Z), axis={axis})) - sum(Y * Z, axis={axis})",
    "log-sum-exp named": "E = exp(Z)\nS = sum(E, axis={axis})\nP = Z - log(S)\nL = -sum(Y * P, axis={axis})",
    "log-sum-exp, largest taken out": "M = max(Z, axis={axis})\nP = Z - M - log(sum(exp(Z - M), axis={axis}))\nL = -sum(Y * P, axis={axis})",
    "log of exp": "P = log(exp(Z)) - log(sum(exp(Z), axis={axis}))\nL = -sum(Y * P, axis={axis})",
    "picked": "A = softmax(Z)\nL = -log(sum(Y * A, axis={axis}))",
    "picked, named": "A = softmax(Z)\nP = Y * A\nS = sum(P, axis={axis})\nL = -log(S)",
    "picked, spelled": "E = exp(Z)\nA = E/sum(E, axis={axis})\nL = -log(sum(A * Y, axis={axis}))",
    "squares": "A = softmax(Z)\nL = sum((A - Y)**2, axis={axis})",
    "squares, spelled": "A = exp(Z)/sum(exp(Z), axis={axis})\nL = sum((A - Y)**2, axis={axis})",
    "base 2": "A = softmax(Z)\nL = -sum(Y * log(A)/log(2), axis={axis})",
}


# Written with functions that have no derivative at Z = 0, where dfoo uses 0: the cost is the same, that gradient is not.
KINKED = {"logits", "logits, relu", "logits, where"}

# What is not one of the costs that the functions by name have.
OWN_TRUTH = {"logarithm to base 2", "logarithm to base 10", "focal", "of a tanh", "of a square", *KINKED, *OTHERS}


def models():
    """name -> (text, the name of a model of the same cost)."""
    out = {}
    for name, body in SIGMOIDS.items():
        out[f"sigmoid: {name}, cross-entropy"] = ONE.format(body=f"{body}\n{BINARY}", cost=MEAN), "sigmoid: function, cross-entropy"
        out[f"sigmoid: {name}, squares"] = ONE.format(body=f"{body}\n{SQUARE}", cost=MEAN), "sigmoid: function, squares"
    for name, (body, cost) in {**BINARIES, **OTHERS}.items():
        truth = f"binary: {name}" if name in OWN_TRUTH else "sigmoid: function, cross-entropy"
        out[f"binary: {name}"] = ONE.format(body=body, cost=cost), truth
    for name, body in TANHS.items():
        out[f"tanh: {name}"] = ONE.format(body=f"{body}\n{SQUARE}", cost=MEAN), "tanh: function"
    for name, body in MANIES.items():
        truth = f"softmax: {name.split(',')[0]}" if name.startswith(("squares", "base")) else "softmax: function"
        out[f"softmax: {name}"] = MANY.format(body=body.format(axis=0), cost=MEAN), truth
        out[f"softmax: {name}, rows"] = ROWS.format(body=body.format(axis=1), cost=MEAN), f"{truth}, rows"
    return out
