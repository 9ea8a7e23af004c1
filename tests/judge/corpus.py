"""Learners' programs in seven families: right ones in many variants, and each with mistakes planted in its code.

A family is a program and a model in tests/judge/programs. RIGHT are changes that change nothing but the looks; MISTAKES are
changes with the names that the catalogue may give them. A change is (old, new): both are code, the first place counts."""
import itertools
import pathlib
import re

PROGRAMS = pathlib.Path(__file__).parent / "programs"

FAMILIES = {  # program: model
    "course": "two_layer", "layers": "deep3", "mnist": "mnist", "rows": "rows", "delta": "delta", "nielsen": "nielsen",
    "class": "class", "fit": "two_layer"}

RIGHT = {
    "course": [
        [("1 - np.power(A1, 2)", "1 - A1**2"), ("1 - np.power(A1, 2)", "1 - A1*A1"),
         ("1 - np.power(A1, 2)", "1 - np.tanh(cache['Z1'])**2"), ("1 - np.power(A1, 2)", "1 - np.square(A1)")],
        [("np.dot(dZ2, A1.T)", "dZ2 @ A1.T"), ("np.dot(dZ2, A1.T)", "np.matmul(dZ2, np.transpose(A1))"),
         ("np.dot(dZ2, A1.T)", "dZ2.dot(A1.T)")],
        [("1/m * np.sum(dZ2, axis=1, keepdims=True)", "np.mean(dZ2, axis=1, keepdims=True)"),
         ("1/m * np.sum(dZ2, axis=1, keepdims=True)", "np.sum(dZ2, 1).reshape(-1, 1)/m"),
         ("1/m * np.sum(dZ2, axis=1, keepdims=True)", "dZ2.sum(axis=1)[:, np.newaxis]/m"),
         ("1/m * np.sum(dZ2, axis=1, keepdims=True)", "np.dot(dZ2, np.ones((m, 1)))/m")],
        [("    m = X.shape[1]\n    W1 = parameters", "    m = Y.shape[1]\n    W1 = parameters"),
         ("    m = X.shape[1]\n    W1 = parameters", "    m = X[0].size\n    W1 = parameters")],
        [('grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}', "grads = dict(dW1=dW1, db1=db1, dW2=dW2, db2=db2)"),
         ('grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}',
          "grads = {}\n    for i, (w, b) in enumerate([(dW1, db1), (dW2, db2)], 1):\n"
          "        grads[f'dW{i}'], grads['db%d' % i] = w, b")],
        [("dZ2 = A2 - Y", "dA2 = -(np.divide(Y, A2) - np.divide(1 - Y, 1 - A2))\n    dZ2 = dA2 * A2 * (1 - A2)"),
         ("dZ2 = A2 - Y", "dZ2 = -(Y - A2)"), ("dZ2 = A2 - Y", "dZ2 = np.subtract(A2, Y)")],
        [("early", ""), ("rows", ""), ("order", ""), ("rename", ""), ("rank1", "")]],
    "layers": [
        [("1/m * np.dot(dZ, A_prev.T)", "dZ @ A_prev.T / m"), ("1/m * np.dot(dZ, A_prev.T)", "(1. / m) * np.dot(dZ, A_prev.T)")],
        [("1/m * np.sum(dZ, axis=1, keepdims=True)", "np.mean(dZ, axis=1, keepdims=True)"),
         ("1/m * np.sum(dZ, axis=1, keepdims=True)", "np.sum(dZ, axis=1).reshape(b.shape) / m")],
        [("for l in reversed(range(L-1)):", "for l in range(L-2, -1, -1):"), ("for l in reversed(range(L-1)):", "for l in list(range(L-1))[::-1]:")],
        [("dZ = relu_backward(dA, activation_cache)", "dZ = np.array(dA, copy=True)\n        dZ[activation_cache <= 0] = 0"),
         ("dZ = relu_backward(dA, activation_cache)", "dZ = dA * (activation_cache > 0)"),
         ("dZ = relu_backward(dA, activation_cache)", "dZ = np.multiply(dA, np.int64(activation_cache > 0))"),
         ("dZ = relu_backward(dA, activation_cache)", "dZ = np.where(activation_cache > 0, dA, 0)")]],
    "mnist": [
        [("1 / m * np.sum(dZ2, 1).reshape(-1, 1)", "np.sum(dZ2, axis=1, keepdims=True) / m")],
        [("ReLU_deriv(Z1)", "(A1 > 0)"), ("return Z > 0", "return (Z > 0).astype(float)"), ("return Z > 0", "return np.where(Z > 0, 1, 0)")],
        [("one_hot_Y = one_hot(Y)", "one_hot_Y = np.eye(Y.max() + 1)[Y].T")],
        [("dZ2 = A2 - one_hot_Y", "dZ2 = A2.copy()\n    dZ2[Y, np.arange(Y.size)] -= 1")]],
    "rows": [
        [("dhidden[hidden_layer <= 0] = 0", "dhidden = dhidden * (hidden_layer > 0)"), ("dhidden[hidden_layer <= 0] = 0", "dhidden *= hidden_layer > 0")],
        [("dscores = probs\n", "dscores = probs.copy()\n"), ("dscores /= num_examples", "dscores = dscores / num_examples")],
        [("np.dot(hidden_layer.T, dscores)", "hidden_layer.T @ dscores")],
        [("W += -step_size * dW", "W -= step_size * dW"), ("W += -step_size * dW", "W = W - step_size * dW")]],
    "delta": [
        [("syn1 += l1.T.dot(l2_delta)", "syn1 += np.dot(l1.T, l2_delta)"), ("syn1 += l1.T.dot(l2_delta)", "syn1 = syn1 + l1.T @ l2_delta")],
        [("l2_error = y - l2", "l2_error = -(l2 - y)")],
        [("nonlin(l1,deriv=True)", "(l1 * (1 - l1))")]],
    "nielsen": [
        [("delta = np.dot(self.weights[-l+1].transpose(), delta) * sp", "delta = (self.weights[-l+1].T @ delta) * sp")],
        [("nabla_w[-l] = np.dot(delta, activations[-l-1].transpose())", "nabla_w[-l] = delta @ activations[-l-1].T")],
        [("sp = sigmoid_prime(z)", "sp = activations[-l] * (1 - activations[-l])")]],
    "class": [
        [("return a * (1.0 - a)", "return np.multiply(a, 1 - a)")],
        [("self.weights1 += d_weights1", "self.weights1 = self.weights1 + d_weights1")]],
    "fit": [
        [("1 - self.A1**2", "1 - np.tanh(self.Z1)**2")],
        [("dZ2.sum(axis=1, keepdims=True) / m", "np.mean(dZ2, axis=1, keepdims=True)")],
        [("self.W2 -= self.lr * dW2", "self.W2 = self.W2 - self.lr * dW2")]]}

MISTAKES = {
    "course": [
        ("1 - np.power(A1, 2)", "1 - A1", {"1 - A"}), ("1 - np.power(A1, 2)", "A1 * (1 - A1)", {"sigmoid' for another"}),
        ("1 - np.power(A1, 2)", "1 - cache['Z1']**2", {"1 - Z**2"}), ("1 - np.power(A1, 2)", "1 - np.tanh(A1)**2", {"tanh' of A"}),
        (" * (1 - np.power(A1, 2))", "", {"derivative left out"}), ("(1 - np.power(A1, 2))", "A1", {"g for g'"}),
        ("1 - np.power(A1, 2)", "1 - 2*A1", {"1 - 2*A"}), ("1 - np.power(A1, 2)", "1 + A1**2", {"1 + A**2"}),
        ("1 - np.power(A1, 2)", "cache['Z1'] > 0", {"relu' for another"}),
        ("dZ2 = A2 - Y", "dZ2 = Y - A2", {"negated"}), ("dZ2 = A2 - Y", "dZ2 = (A2 - Y) * A2 * (1 - A2)", {"sigmoid' twice"}),
        ("dZ2 = A2 - Y", "dZ2 = 2 * (A2 - Y)", {"times 2"}),
        ("dW2 = 1/m * ", "dW2 = ", {"no 1/m"}), ("db2 = 1/m * ", "db2 = ", {"no 1/m"}), ("dW1 = 1/m * ", "dW1 = ", {"no 1/m"}),
        ("db1 = 1/m * ", "db1 = ", {"no 1/m"}), ("dW2 = 1/m", "dW2 = 1/m**2", {"1/m twice"}),
        ("dZ1 = np.dot", "dZ1 = 1/m * np.dot", {"1/m in dZ too", "a mean for a sum", "1/m twice", "divided by the columns"}),
        ("dW1 = 1/m", "dW1 = 1/(2*m)", {"1/(2*m)", "times 1/2"}), ("dW2 = 1/m", "dW2 = -1/m", {"negated"}),
        ("np.dot(W2.T, dZ2)", "np.dot(W2, dZ2)", {"transpose missing"}), ("np.dot(dZ1, X.T)", "np.dot(dZ1, X)", {"transpose missing"}),
        ("np.dot(dZ2, A1.T)", "np.dot(A1, dZ2.T)", {"dW transposed"}), ("np.dot(dZ2, A1.T)", "np.dot(dZ2, cache['Z1'].T)", {"dW from Z for A"}),
        ("db1 = 1/m * np.sum(dZ1, axis=1, keepdims=True)", "db1 = 1/m * np.sum(dZ1)", {"sum over everything"}),
        ("db1 = 1/m * np.sum(dZ1, axis=1, keepdims=True)", "db1 = 1/m * np.sum(dZ1, axis=0, keepdims=True)", {"sum over the other axis"}),
        ("db2 = 1/m * np.sum(dZ2, axis=1, keepdims=True)", "db2 = 1/m * dZ2", {"no sum"})],
    "layers": [
        ("dW = 1/m * ", "dW = ", {"no 1/m"}), ("db = 1/m * ", "db = ", {"no 1/m"}), ("np.dot(W.T, dZ)", "np.dot(W, dZ)", {"transpose missing"}),
        ("dAL = - (np", "dAL = (np", {"negated", "minus lost"}), ("np.dot(dZ, A_prev.T)", "np.dot(A_prev, dZ.T)", {"dW transposed"}),
        ('current_cache, "relu")', 'current_cache, "sigmoid")', {"sigmoid' for another"}),
        ("dZ = relu_backward(dA, activation_cache)", "dZ = dA", {"derivative left out"}),
        ("dZ = relu_backward(dA, activation_cache)", "dZ = dA * (dA > 0)", {"relu' of the gradient"}),
        ("dZ = relu_backward(dA, activation_cache)", "dZ = dA * (activation_cache < 0)", {"relu' upside down"}),
        ("1/m * np.sum(dZ, axis=1, keepdims=True)", "1/m * np.sum(dZ)", {"sum over everything"})],
    "mnist": [
        ("dW2 = 1 / m * ", "dW2 = ", {"no 1/m"}), ("dZ1 = W2.T.dot(dZ2) * ReLU_deriv(Z1)", "dZ1 = W2.T.dot(dZ2)", {"derivative left out"}),
        ("db1 = 1 / m * np.sum(dZ1, 1).reshape(-1, 1)", "db1 = 1 / m * np.sum(dZ1)", {"sum over everything"}),
        ("dZ2 = A2 - one_hot_Y", "dZ2 = one_hot_Y - A2", {"negated"}), ("dZ2 = A2 - one_hot_Y", "dZ2 = 2*(A2 - one_hot_Y)", {"times 2"}),
        ("dW1 = 1 / m * dZ1.dot(X.T)", "dW1 = 1 / m * X.dot(dZ1.T)", {"dW transposed"})],
    "rows": [
        ("  dhidden[hidden_layer <= 0] = 0\n", "", {"derivative left out"}), ("np.dot(X.T, dhidden)", "np.dot(X.T, dhidden)/num_examples", {"1/m twice"}),
        ("db2 = np.sum(dscores, axis=0, keepdims=True)", "db2 = np.sum(dscores)", {"sum over everything"}),
        ("dhidden[hidden_layer <= 0] = 0", "dhidden[hidden_layer > 0] = 0", {"relu' upside down"}),
        ("dhidden[hidden_layer <= 0] = 0", "dhidden[dhidden <= 0] = 0", {"relu' of the gradient"})],
    "delta": [
        ("l1_error * nonlin(l1,deriv=True)", "l1_error", {"derivative left out"}), ("l2_error*nonlin(l2,deriv=True)", "l2_error", {"derivative left out"}),
        ("syn1 += l1.T.dot(l2_delta)", "syn1 -= l1.T.dot(l2_delta)", {"negated"}), ("l1_error * nonlin(l1,deriv=True)", "l1_error * l1", {"g for g'"})],
    "nielsen": [
        (", delta) * sp", ", delta)", {"derivative left out"}), ("return (output_activations-y)", "return (y-output_activations)", {"negated"}),
        ("return (output_activations-y)", "return 2*(output_activations-y)", {"times 2", "exponent not in front", "factor 1/2 forgotten"})],
    "class": [
        ("self.layer1.T, (2*(self.y", "self.layer1.T, ((self.y", {"times 1/2"})],
    "fit": [
        ("dZ2 = A2 - Y", "dZ2 = Y - A2", {"negated"}), (" * (1 - self.A1**2)", "", {"derivative left out"}),
        ("dW1 = dZ1 @ X.T / m", "dW1 = dZ1 @ X.T", {"no 1/m"}), ("(1 - self.A1**2)", "self.A1 * (1 - self.A1)", {"sigmoid' for another"}),
        ("db1 = dZ1.sum(axis=1, keepdims=True) / m", "db1 = dZ1.sum() / m", {"sum over everything"})]}


# Where a mistake is made elsewhere than where it shows: the line that uses it does as well.
ALSO = {('current_cache, "relu")', 'current_cache, "sigmoid")'): ["dZ = sigmoid_backward"],
        ("dZ = relu_backward(dA, activation_cache)", "dZ = dA"): ["dA_prev = np.dot"],
        ("return (output_activations-y)", "return (y-output_activations)"): ["delta = self.cost"],
        ("return (output_activations-y)", "return 2*(output_activations-y)"): ["delta = self.cost"]}


def early(text):
    """The 1/m at dZ2 already."""
    for old, new in (("dZ2 = A2 - Y", "dZ2 = (A2 - Y) / m"), ("dZ2 = -(Y - A2)", "dZ2 = -(Y - A2) / m")):
        text = text.replace(old, new)
    if "dZ2 = (A2 - Y) / m" not in text and "dZ2 = -(Y - A2) / m" not in text:
        return text
    back = text.index("def backward")
    body = text[back:].replace("1/m * np.sum", "np.sum").replace("1/m * np.dot", "np.dot").replace("1/m * ", "")
    body = body.replace("np.mean(", "np.sum(").replace(".reshape(-1, 1)/m", ".reshape(-1, 1)").replace("np.newaxis]/m", "np.newaxis]")
    return text[:back] + body.replace("np.ones((m, 1)))/m", "np.ones((m, 1)))")


def rows(text):
    """A helper function for each layer."""
    return text.replace("    dW1 = 1/m * np.dot(dZ1, X.T)\n    db1 = 1/m * np.sum(dZ1, axis=1, keepdims=True)\n",
                        "    dW1, db1 = parameter_gradients(dZ1, X, m)\n") + (
        "\ndef parameter_gradients(delta, a, n):\n    return delta @ a.T / n, delta.sum(axis=1, keepdims=True) / n\n")


def order(text):
    return text.replace("    dW1 = 1/m * np.dot(dZ1, X.T)\n    db1 = 1/m * np.sum(dZ1, axis=1, keepdims=True)\n",
                        "    db1 = 1/m * np.sum(dZ1, axis=1, keepdims=True)\n    dW1 = 1/m * np.dot(dZ1, X.T)\n")


def rename(text):
    return re.sub(r"\bgrads\b", "gradients", text).replace("parameters", "params").replace("dZ2", "dz_2").replace("dZ1", "dz_1")


def rank1(text):
    return text.replace("def backward_propagation(parameters, cache, X, Y):", "def backprop(params, memory, X, y):\n    parameters, cache, Y = params, memory, y")


WHOLE = {"early": early, "rows": rows, "order": order, "rename": rename, "rank1": rank1}


def changed(text, change):
    old, new = change
    if old in WHOLE:
        return WHOLE[old](text)
    return text.replace(old, new, 1)


def source(family):
    return (PROGRAMS / f"{family}.py").read_text()


def model(family):
    return PROGRAMS / f"{FAMILIES[family]}.eq"


def right_ones():
    """(family, text) of every combination of the changes of a family."""
    for family, groups in RIGHT.items():
        seen = set()
        for choice in itertools.product(*[[None, *group] for group in groups]):
            text = source(family)
            for change in choice:
                if change:
                    text = changed(text, change)
            if text not in seen:
                seen.add(text)
                yield family, text


def wrong_ones():
    """(family, text, line, names) of every mistake in every family."""
    for family, mistakes in MISTAKES.items():
        for old, new, names in mistakes:
            text = source(family)
            assert old in text, (family, old)
            at = text.index(old)
            lines = {text.count("\n", 0, at + text[at:at + len(old)].count("\n")) + 1}
            if new == "" and "\n" in old:
                lines |= {min(lines) - 1, min(lines) - 2}  # a line that is missing: the one before it
            yield family, text.replace(old, new, 1), lines | {text.count("\n", 0, text.index(s)) + 1 for s in ALSO.get((old, new), ()) if s in text}, names
