"""The usual losses in the spellings that people use, made from pieces: a probability of a logit Z (or several) in each of its spellings, and
losses of it. Every model is Z = W @ X with W = 1, so that X holds the logits."""
from precision.spellings import MANY, ONE

MEAN = "1/m * sum(L)"
PROBABILITIES = {
    "sigmoid": "A = sigmoid(Z)",
    "exp(-Z)": "A = 1/(1 + exp(-Z))",
    "exp(Z)": "A = exp(Z)/(1 + exp(Z))",
    "tanh": "A = (1 + tanh(Z/2))/2",
    "half tanh": "A = 0.5 * tanh(0.5 * Z) + 0.5",
    "exp(-softplus)": "A = exp(-softplus(-Z))",
    "exp(-log)": "A = exp(-log(1 + exp(-Z)))",
}
# Of A, which is the probability that Y is 1; T is 1 or -1.
BINARY = {
    "cross-entropy": "L = -(Y * log(A) + (1 - Y) * log(1 - A))",
    "likelihood": "L = -log(A**Y * (1 - A)**(1 - Y))",
    "likelihood named": "P = A**Y * (1 - A)**(1 - Y)\nL = -log(P)",
    "mixed": "L = -log(Y * A + (1 - Y) * (1 - A))",
    "mixed named": "P = Y * A + (1 - Y) * (1 - A)\nL = -log(P)",
    "focal": "L = -(Y * (1 - A)**2 * log(A) + (1 - Y) * A**2 * log(1 - A))",
    "focal, balanced": "L = -(0.25 * Y * (1 - A)**2 * log(A) + 0.75 * (1 - Y) * A**2 * log(1 - A))",
    "focal, mixed": "P = Y * A + (1 - Y) * (1 - A)\nL = -(1 - P)**2 * log(P)",
    "squares": "L = (A - Y)**2",
}
# Of the logit itself, or of A = sigmoid(Z).
LOGITS = {
    "softplus spelled": "L = log(1 + exp(Z)) - Y * Z",
    "softplus of -Z": "L = log(1 + exp(-Z)) + (1 - Y) * Z",
    "log1p": "L = log1p(exp(Z)) - Y * Z",
    "softplus": "L = softplus(Z) - Y * Z",
    "signs": "T = 2 * Y - 1\nL = log(1 + exp(-T * Z))",
    "signs, sigmoid": "T = 2 * Y - 1\nL = -log(sigmoid(T * Z))",
    "signs, spelled": "T = 2 * Y - 1\nL = -log(1/(1 + exp(-T * Z)))",
    "focal, signs": "T = 2 * Y - 1\nP = sigmoid(T * Z)\nL = -(1 - P)**2 * log(P)",
    "focal, logits": "T = 2 * Y - 1\nL = sigmoid(-T * Z)**2 * softplus(-T * Z)",
    "focal of the cross-entropy": "T = 2 * Y - 1\nC = log(1 + exp(-T * Z))\nL = (1 - exp(-C))**2 * C",
    "label smoothing": "A = sigmoid(Z)\nS = 0.9 * Y + 0.05\nL = -(S * log(A) + (1 - S) * log(1 - A))",
    "weighted": "A = sigmoid(Z)\nL = -(3 * Y * log(A) + (1 - Y) * log(1 - A))",
    "entropy": "A = sigmoid(Z)\nL = -(A * log(A) + (1 - A) * log(1 - A))",
    "discriminator": "A = sigmoid(Z)\nL = -log(A)",
    "generator": "A = sigmoid(Z)\nL = log(1 - A)",
    "log-odds": "A = sigmoid(Z)\nL = (log(A/(1 - A)) - Y)**2",
    "log-odds named": "A = sigmoid(Z)\nO = A/(1 - A)\nL = (log(O) - Y)**2",
    "dice": "A = sigmoid(Z)\nL = 1 - (2 * A * Y + 1)/(A + Y + 1)",
    "tversky": "A = sigmoid(Z)\nL = 1 - (A * Y + 1)/(A * Y + 0.3 * A * (1 - Y) + 0.7 * (1 - A) * Y + 1)",
    "hinge": "T = 2 * Y - 1\nL = maximum(0, 2 - T * Z)",
    "log cosh": "D = Z - Y\nL = log((exp(D) + exp(-D))/2)",
    "log cosh by its name": "D = Z - Y\nL = log(cosh(D))",
    "softplus of 2": "D = Z - Y\nL = D + log(1 + exp(-2 * D)) - log(2)",
    "squares of a tanh": "A = tanh(Z)\nL = (A - Y)**2",
    "tanh, cross-entropy": "A = tanh(Z)\nL = -(Y * log((1 + A)/2) + (1 - Y) * log((1 - A)/2))",
    "tanh spelled, cross-entropy": "E = exp(2 * Z)\nA = (E - 1)/(E + 1)\nL = -(Y * log((1 + A)/2) + (1 - Y) * log((1 - A)/2))",
    "negative binomial": "L = 2 * log(1 + exp(Z)) - Y * Z",
    "power of a softplus": "L = softplus(Z)**2",
    "noise contrastive": "L = -(Y * log(sigmoid(Z - 1)) + (1 - Y) * log(1 - sigmoid(Z - 1)))",
    "temperature": "A = sigmoid(Z/2)\nL = -(Y * log(A) + (1 - Y) * log(1 - A))",
    "Gaussian with a softplus": "V = softplus(Z) + 0.01\nL = log(V)/2 + Y**2/(2 * V)",
    "Bernoulli of an odds": "O = exp(Z)\nL = -(Y * log(O/(1 + O)) + (1 - Y) * log(1/(1 + O)))",
    "Bernoulli of an odds, in one": "O = exp(Z)\nL = log(1 + O) - Y * log(O)",
    "log-odds of a softplus": "P = softplus(Z)\nL = P - Y * Z",
    "two classes": "E = exp(Z)\nF = exp(-Z)\nL = -(Y * log(E/(E + F)) + (1 - Y) * log(F/(E + F)))",
    "two classes against 0": "L = log(exp(0 * Z) + exp(Z)) - Y * Z",
}
# Of several logits.
SOFTMAXES = {
    "softmax": "P = softmax(Z)",
    "spelled": "P = exp(Z)/sum(exp(Z), axis=0)",
    "shifted": "M = max(Z, axis=0)\nE = exp(Z - M)\nP = E/sum(E, axis=0)",
    "exp of log_softmax": "P = exp(log_softmax(Z))",
}
CLASSES = {
    "cross-entropy": "L = -sum(Y * log(P), axis=0)",
    "picked": "L = -log(sum(Y * P, axis=0))",
    "focal": "L = -sum(Y * (1 - P)**2 * log(P), axis=0)",
    "label smoothing": "S = 0.9 * Y + 0.1/3\nL = -sum(S * log(P), axis=0)",
    "Kullback-Leibler": "S = 0.9 * Y + 0.1/3\nL = sum(S * (log(S) - log(P)), axis=0)",
    "quotient": "S = 0.9 * Y + 0.1/3\nL = sum(S * log(S/P), axis=0)",
    "entropy": "L = -sum(P * log(P), axis=0)",
    "confidence": "L = -sum(Y * log(P), axis=0) + 0.1 * sum(P * log(P), axis=0)",
    "squares": "L = sum((P - Y)**2, axis=0)",
    "reverse Kullback-Leibler": "S = 0.9 * Y + 0.1/3\nL = sum(P * (log(P) - log(S)), axis=0)",
}
ENERGIES = {
    "log-sum-exp": "L = log(sum(exp(Z), axis=0)) - sum(Y * Z, axis=0)",
    "log-sum-exp shifted": "M = max(Z, axis=0)\nL = M + log(sum(exp(Z - M), axis=0)) - sum(Y * Z, axis=0)",
    "contrastive": "P = exp(Z)\nL = -log(sum(Y * P, axis=0)/sum(P, axis=0))",
    "contrastive, temperature": "S = Z/0.5\nL = log(sum(exp(S), axis=0)) - sum(Y * S, axis=0)",
    "free energy": "L = -sum(log(1 + exp(Z)), axis=0)",
    "one against all": "L = sum(log(1 + exp(Z)) - Y * Z, axis=0)",
}

# What no program saves that computes in float32, by name or the end of a name: the value itself is too large, or what is asked for
# is no number. The message has to name the first place.
IMPOSSIBLE = {
    "exponential loss": ("T = 2 * Y - 1\nL = exp(-T * Z)", "exp(1e4) is no number of float32: L"),
    "Poisson": ("L = exp(Z) - Y * Z", "a rate of exp(1e4): L"),
    "Gaussian with a log variance": ("L = Z/2 + (Y - 3)**2/(2 * exp(Z))", "a variance of exp(-1e4): L"),
    "inverse probability": ("A = sigmoid(Z)\nL = Y/A", "1 + exp(1e4): L"),
    "generalised cross-entropy": ("A = sigmoid(Z)\nP = Y * A + (1 - Y) * (1 - A)\nL = (1 - P**0.7)/0.7", "P**-0.3 of exp(-1e4): dZ"),
    "odds": ("A = sigmoid(Z)\nO = A/(1 - A)\nL = (O - Y)**2", "odds of exp(1e4): O"),
}


def models():
    """name -> (text, whether the classes are several)."""
    out = {}
    for spelled, a in PROBABILITIES.items():
        for loss, body in BINARY.items():
            out[f"{loss} of {spelled}"] = ONE.format(body=f"{a}\n{body}", cost=MEAN), False
    for loss, body in LOGITS.items():
        out[loss] = ONE.format(body=body, cost=MEAN), False
    for spelled, p in SOFTMAXES.items():
        for loss, body in CLASSES.items():
            out[f"{loss} of {spelled}, classes"] = MANY.format(body=f"{p}\n{body}", cost=MEAN), True
    for loss, body in ENERGIES.items():
        out[f"{loss}, classes"] = MANY.format(body=body, cost=MEAN), True
    return out
