"""Symmetric matrices: S.T is S, the gradient is the symmetric part of what arrives and stays so in training,
and data that are not symmetric are refused."""
import numpy as np
import pytest

MODELS = {
    "quadratic form": "symmetric S : (n, n)\nparam x : (n, 1)\nJ = sum(x.T @ S @ x)\n",
    "twice": "symmetric input S : (n, n)\nparam W : (k, n)\nJ = sum(W @ S * W)\n",
    "bilinear": "symmetric param P : (n, n)\ninput a : (n, 1)\ninput b : (n, 1)\nJ = sum(a.T @ P @ b)\n",
    "by example": "symmetric param P : (n, n)\ninput X : (n, m)\nlabel y : (1, m)\nZ = sum(X * (P @ X), axis=0)\nJ = 1/m * sum((Z - y)**2)\n",
    "rows": "symmetric param P : (n, n)\ninput X : (m, n)\nH = tanh(X @ P)\nJ = 1/m * sum(tanh(H @ P.T))\n",
    "entry by entry": "symmetric param P : (n, n)\nparam V : (n, n)\nJ = sum(exp(P) * V) + sum(sigmoid(P.T) * V @ P)\n",
    "label": "symmetric label K : (n, n)\nparam U : (n, k)\nJ = sum((K - U @ U.T)**2)\n",
}
SIZES = {"n": 3, "m": 5, "k": 4}


def values_of(text, seed=1):
    rng = np.random.default_rng(seed)
    values, symmetric = {}, []
    for line in text.splitlines():
        if " : " in line:
            words, shape = line.split(" : ")
            name = words.split()[-1]
            x = rng.normal(size=[SIZES.get(d) or int(d) for d in shape.strip("()").split(", ")])
            if words.startswith("symmetric"):
                symmetric.append(name)
                x = x + x.T
            values[name] = x
    return values, symmetric


def gradients(dfoo, tmp_path, text, values):
    (tmp_path / "model.eq").write_text(text + "minimize J\n")
    np.savez(tmp_path / "in.npz", **values)
    done = dfoo("grad", tmp_path / "model.eq", "--values", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    assert done.returncode == 0, done.stderr
    return dict(np.load(tmp_path / "out.npz"))


@pytest.mark.parametrize("name", MODELS)
def test_the_symmetric_part(dfoo, tmp_path, name):
    """Of the gradient of the same model without the word; dJ by the convention that is stated."""
    values, symmetric = values_of(MODELS[name])
    plain = MODELS[name].replace("symmetric S", "input S").replace("symmetric ", "")
    expected = gradients(dfoo, tmp_path, plain, values)
    found = gradients(dfoo, tmp_path, MODELS[name], values)
    for v in (v for v in values if "label " + v not in MODELS[name]):
        d = expected["d" + v]
        d = (d + d.T) / 2 if v in symmetric else d
        assert np.allclose(found["d" + v], d, rtol=1e-12, atol=1e-12), v
    path = tmp_path / "model.eq"
    said = dfoo("check", path)
    assert said.returncode == 0 and "not judged" not in said.stdout, said.stdout
    for v in (v for v in values if "label " + v not in MODELS[name]):
        for way in "index", "jacobian", "differential":
            told = dfoo("explain", path, "d" + v, "--by", way)
            assert told.returncode == 0, told.stdout + told.stderr
    shown = dfoo("show", path).stdout
    again = dfoo("show", "-", stdin=shown).stdout
    assert shown.split("\n", 1)[1] == again.split("\n", 1)[1]


def test_the_transpose_goes(dfoo):
    def line(text, name):
        return next(x.split("#")[0].strip() for x in dfoo("derive", "-", stdin=text + "minimize J\n").stdout.splitlines()
                    if x.startswith(name + " = "))
    assert line(MODELS["twice"], "dW") == "dW = 2 * Z1"
    assert ".T" in line(MODELS["twice"].replace("symmetric ", ""), "dW")
    head = dfoo("derive", "-", stdin=MODELS["bilinear"] + "minimize J\n").stdout
    assert "P is symmetric, and so is dP: entry [i,j] says what changes with half of P[i,j] and half of P[j,i]" in head


def test_training_keeps_it_symmetric(dfoo, tmp_path):
    rng = np.random.default_rng(0)
    X, Q = rng.normal(size=(3, 200)), np.array([[2, 1, 0], [1, 1, -1], [0, -1, 3.]])
    np.savez(tmp_path / "data.npz", X=X, y=np.sum(X * (Q @ X), axis=0, keepdims=True))
    (tmp_path / "model.eq").write_text(MODELS["by example"].replace("(n, n)\n", "(n, n) ~ normal(1)\n", 1) + "predict Z\nminimize J\n")
    for optimizer in "adam", "momentum":
        done = dfoo("train", "model.eq", "--data", "data.npz", "--epochs", 400, "--learning-rate", "0.02", "--optimizer", optimizer,
                    "--quiet", "-o", "run.npz", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        P = np.load(tmp_path / "run.npz")["P"]
        assert np.allclose(P, P.T, rtol=0, atol=1e-12) and np.allclose(P, Q, atol=0.5), (optimizer, P)
    done = dfoo("train", "model.eq", "--data", "data.npz", "--epochs", 1, "--learning-rate", "1e-9", "-o", "run.npz", cwd=tmp_path)
    P = np.load(tmp_path / "run.npz")["P"]
    assert np.allclose(P, P.T, rtol=0, atol=1e-12) and abs(P[0, 1]) > 1e-3  # the start is drawn symmetric


def test_data_that_are_not_symmetric_are_refused(dfoo, tmp_path):
    wrong = np.array([[1, 2.], [3, 4]])
    what = "S is declared symmetric, and entry [1,2] is 2, [2,1] is 3"
    (tmp_path / "model.eq").write_text("symmetric S : (n, n)\ninput X : (n, m)\nparam W : (n, n)\nJ = 1/m * sum(tanh(W @ S @ X))\npredict J\nminimize J\n")
    np.savez(tmp_path / "in.npz", S=wrong, X=np.ones((2, 3)), W=np.ones((2, 2)))
    for command in (("grad", "model.eq", "--values", "in.npz", "-o", "out.npz"), ("check", "model.eq", "--values", "in.npz"),
                    ("train", "model.eq", "--data", "in.npz", "-o", "run.npz")):
        done = dfoo(*command, cwd=tmp_path)
        assert done.returncode == 2 and what in done.stderr, (command, done.stderr)
    np.savez(tmp_path / "in.npz", S=np.float32(wrong + wrong.T) / 3, X=np.ones((2, 3)), W=np.ones((2, 2)))
    assert dfoo("train", "model.eq", "--data", "in.npz", "-o", "run.npz", "--epochs", 1, cwd=tmp_path).returncode == 0
