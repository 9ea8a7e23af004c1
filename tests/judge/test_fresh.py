"""Programs that were written without the judge, in styles that none of the generator's families has: each right, and with a
mistake in one line of it, which numpy confirmed to change the gradients or the update."""
import json
import pathlib

import pytest

PROGRAMS = pathlib.Path(__file__).parent / "fresh"

CASES = [  # program, a line of it, what stands there instead, the mistake
    ('columns', 'slope = 1.0 / np.cosh(Z1) ** 2',
     'slope = 1.0 / np.cosh(A1) ** 2', "tanh' of A"),
    ('columns', 'dw1 = hidden_error.dot(X.transpose()) / m',
     'dw1 = error.dot(X.transpose()) / m', "dW from another layer's dZ"),
    ('layers', 'dA = params[f"W{layer}"].T @ dZ',
     'dA = params[f"W{layer - 1}"].T @ dZ', "dA from another layer's W"),
    ('layers', 'dZ = dA * (caches[f"Z{layer - 1}"] > 0)',
     'dZ = dA * (caches[f"Z{layer}"] > 0)', "relu' of another layer's Z"),
    ('rows', 'g_y = 2 / n * (y - t)',
     'g_y = 1 / n * (y - t)', 'times 1/2'),
    ('rows', 'g[v < 0] = leak',
     'g[v < 0] = 0', "relu' for another"),
    ('rows', 't = np.sin(X[:, :1]) + X[:, 1:2] ** 2',
     't = np.sin(X[:, 0]) + X[:, 1] ** 2', 'labels of shape (m,)'),
    ('examples', 'db1 += d1',
     'db1 = d1', 'only the last example'),
    ('examples', 'for i in range(m):',
     'for i in range(m-1):', 'the last example left out'),
    ('examples', 'd1 = W2.T.dot(d2) * (1 - a1 ** 2)',
     'd1 = W2.T.dot(d2) * a1 * (1 - a1)', "sigmoid' for another"),
    ('examples', 'dW1 += d1.dot(x.T)',
     'dW1 += d1.dot(a1.T)', 'dW from A of its own layer'),
    ('lists', 'delta = (self.W[k].T @ delta) * A[k] * (1 - A[k])',
     'delta = (self.W[k].T @ delta) * A[k+1] * (1 - A[k+1])', "sigmoid' of another layer's Z"),
    ('lists', 'dW.insert(0, np.outer(delta, A[k]))',
     'dW.insert(0, np.outer(A[k], delta))', 'dW transposed'),
    ('lists', 'self.B[k] -= eta * sumB[k] / n',
     'self.B[k] += eta * sumB[k] / n', 'uphill'),
    ('lists', 'delta = (a - y) * a * (1 - a)',
     'delta = (a - y)', 'derivative left out'),
    ('lists', 'self.W[k] -= eta * sumW[k] / n',
     'self.W[k] -= eta * dW[k] / n', 'only the last example'),
    ('objects', 'delta1 = (self.w2.T @ delta2) * (1 - self.a1 ** 2)',
     'delta1 = (self.w2.T @ delta2) * (1 - self.a1 * 2)', '1 - 2*A'),
    ('objects', 'self.grad_w1 = delta1 @ self.X.T',
     'self.grad_w1 = delta1 @ self.X.T / m', '1/m twice'),
    ('one_unit', 'db = (1/n_samples) * np.sum(predictions-y)',
     'db = (1/n_samples) * np.sum(y-predictions)', 'negated'),
    ('dicts', 'dZ[self.Z[i-1] <= 0] = 0',
     'dZ[self.Z[i-1] >= 0] = 0', "relu' upside down"),
    ('dicts', 'dZ = self.W[i].T @ dZ',
     'dZ = self.W[i].T @ dZ / m', '1/m in dZ too'),
    ('dicts', 'db[i] = np.sum(dZ, axis=1, keepdims=True) / m',
     'db[i] = np.mean(dZ, axis=1, keepdims=True) / m', '1/m twice'),
    ('steps', 'dhnext = np.dot(Wh.T, dhraw)',
     'dhnext = np.dot(Wh, dhraw)', 'transpose missing'),
    ('script', 'W1, b1, W2, b2 = W1-eta*dJ_dW1, b1-eta*dJ_db1, W2-eta*dJ_dW2, b2-eta*dJ_db2',
     'W1, b1, W2, b2 = W1-eta*dJ_dW1, b1-eta*dJ_db2, W2-eta*dJ_dW2, b2-eta*dJ_db2', "updated by another's gradient"),
    ('online', 'dx = self.W.T @ dz',
     'dx = self.W.T @ dz * 0.5', 'times 1/2'),
    ('online', 'db = dz',
     'db = dz * 2', 'times 2'),
    ('online', 'dW = dz @ self.x.T',
     'dW = -dz @ self.x.T', 'negated'),
    ('parameters', 'p.data -= self.lr * p.grad',
     'p.data += self.lr * p.grad', 'uphill'),
    ('batches', 'self.grads["b"] = dZ.sum(axis=1, keepdims=True) / m',
     'self.grads["b"] = dZ.sum(axis=1, keepdims=True)', 'no 1/m'),
    ('net', 'net[l]["dW"] = np.matmul(delta, np.transpose(prev)) / m',
     'net[l]["dW"] = np.matmul(delta, np.transpose(prev))', 'no 1/m'),
    ('characters', 'dWhh += np.dot(dhraw, hs[t-1].T)',
     'dWhh += np.dot(dhraw, hs[t].T)', 'dW from A of its own layer'),
    ('torch', 'grad_logits = (p - y) / n',
     'grad_logits = p - y', 'm too much'),
    ('torch', 'grad_z1[z1 < 0] = 0',
     'grad_z1[z1 > 0] = 0', "relu' upside down"),
    ('returned', 'return (delta.dot(activation.T) + lam * W) / m',
     'return delta.dot(activation.T) / m', 'penalty left out'),
    ('classes', 'gb = np.einsum("nk->k", g)',
     'gb = np.einsum("nk->n", g)', 'sum over the other axis'),
    ('generator', 'd1 = d2 @ self.w2_.T * h * (1 - h)',
     'd1 = d2 @ self.w2_.T * (1 - h)', '1 - A'),
]


@pytest.fixture(scope="module")
def judge(dfoo):
    def run(name, text):
        done = dfoo("check", str(PROGRAMS / f"{name}.eq"), "--against", "-", "--json", stdin=text)
        return json.loads(done.stdout)["result"]["judgement"]
    return run


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("*.py")), ids=lambda p: p.stem)
def test_right_ones_are_not_accused(judge, path):
    answer = judge(path.stem, path.read_text())
    assert answer["right"], answer
    assert all(g["verdict"] == "right" for g in answer["gradients"])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_wrong_ones_are_found_and_named(judge, number):
    name, old, new, mistake = CASES[number]
    text = (PROGRAMS / f"{name}.py").read_text()
    line = text[:text.index(old)].count("\n") + 1
    answer = judge(name, text.replace(old, new, 1))
    wrong = [g for g in answer["gradients"] if not g["right"] and g["line"]]
    assert (answer["first_wrong_line"] or answer["failure_line"]) == line
    assert (wrong[0]["mistake"] if wrong else answer["failure_mistake"]) == mistake


def test_the_same_line_is_told_once(dfoo):
    text = (PROGRAMS / "dicts.py").read_text().replace("keepdims=True) / m", "keepdims=True)")
    done = dfoo("check", str(PROGRAMS / "dicts.eq"), "--against", "-", stdin=text)
    assert done.stdout.count("no 1/m") == 1 and "as db2, by the same line" in done.stdout


def test_another_number_for_m_is_one_mistake(dfoo):
    text = (PROGRAMS / "columns.py").read_text().replace("m = float(Y.shape[1])", "m = float(X.shape[0])")
    done = dfoo("check", str(PROGRAMS / "columns.eq"), "--against", "-", stdin=text)
    assert done.stdout.count("wrong:") == 1 and "another number for m" in done.stdout
