"""The files that trials work on, good ones of every kind that dfoo reads, and how to damage them."""
import gzip
import random
import shutil
import struct
import subprocess

import numpy as np

try:
    import h5py
except ImportError:  # then HDF5 files are not damaged
    h5py = None

MODELS = ["two_layer", "logistic", "softmax", "deep"]

OPTIMIZER = """const alpha = 0.1, beta = 0.9
v = beta * v + g
w = w - alpha * v
"""

PROGRAM = """import numpy as np
m = X.shape[1]
Z1 = np.dot(W1, X) + b1
A1 = np.tanh(Z1)
Z2 = np.dot(W2, A1) + b2
A2 = 1 / (1 + np.exp(-Z2))
def backward(A1, A2, X, Y, W2):
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    return dZ1, dW2, db2
dZ1, dW2, db2 = backward(A1, A2, X, Y, W2)
dW1 = np.dot(dZ1, X.T) / m
db1 = np.sum(dZ1, axis=0, keepdims=True)
"""

# What names and values can be made of to do harm: to a terminal, a page, a table, a script, a JSON parser, TeX.
NASTY = ["\x1b]0;owned\x07", "\x1b[2J\x1b[1;1H", "\x9b31m", "a\rb", "a\nb", "a\x08\x08b", "\x00", "\x7f", "\u202egpj.exe", "\u2066x\u2069", "\u200b",
         "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "']]></style>", "&amp;<!--", "\\input{/etc/passwd}", "$\\write18{ls}$", "%n%s%n", "{}{0}",
         "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "a,b", "a\"b", "a;b", "../../x", "`ls`", "$(ls)", "; ls", "--help", "-o", "", " ", "\u00e9",
         "\u0627\u0644", "\U0001F600", "\ud800", "\udcff\udcfe", "x" * 300, "#c", "dfoo.x", "nan", "1e999", "__proto__", "a'b", "*", "#import \"x\"", "```\n# x"]


def csv(rows, header=None, words=None):
    lines = [",".join(header)] if header else []
    return "\n".join(lines + [",".join(f"{x:.6g}" if not isinstance(x, str) else x for x in row) for row in rows]) + "\n"


def idx(x):
    x = np.asarray(x, np.uint8)
    return struct.pack(">HBB", 0, 8, x.ndim) + struct.pack(f">{x.ndim}I", *x.shape) + x.tobytes()


def make(program, root, base):
    base.mkdir()
    rng = np.random.default_rng(1)

    def run(*args):
        done = subprocess.run([program, *args], cwd=base, capture_output=True, text=True)
        assert done.returncode in (0, 1), done
        return done.stdout

    for name in MODELS:
        shutil.copy(root / "examples" / f"{name}.eq", base)
    X, noise = rng.standard_normal((40, 2)), rng.standard_normal(40)
    Y = (X[:, 0] * X[:, 1] + 0.1 * noise > 0).astype(float)
    (base / "d.csv").write_text(csv([[*x, y] for x, y in zip(X, Y)]))
    (base / "h.csv").write_text(csv([[*x, "yes" if y else "no"] for x, y in zip(X, Y)], ["width", "height", "kind"]))
    (base / "d.csv.gz").write_bytes(gzip.compress((base / "d.csv").read_bytes(), mtime=0))
    np.savez(base / "d.npz", X=X.T, Y=Y[None, :])
    np.savez_compressed(base / "p.npz", X=X.T, Y=Y[None, :])
    np.save(base / "x.npy", X.T)
    (base / "x.idx").write_bytes(idx(rng.integers(0, 255, (10, 3, 4))))
    (base / "opt.opt").write_text(OPTIMIZER)
    (base / "mine.py").write_text(PROGRAM)
    (base / "nb.ipynb").write_text('{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": ['
                                   + ", ".join('"' + line.replace('"', '\\"') + '\\n"' for line in PROGRAM.splitlines())
                                   + ']}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    if h5py:
        with h5py.File(base / "d.h5", "w") as f:
            f["X"], f["Y"] = X.T, Y[None, :]
    run("train", "two_layer", "--data", "d.csv", "--epochs", "3", "--quiet", "-o", "w.npz", "--log", "l.csv")
    (base / "run.toml").write_text('model = "two_layer"\ndata = ["d.csv"]\nepochs = 2\nset = ["n1=3"]\nlearning-rate = 0.1\n')
    run("train", "two_layer", "--data", "h.csv", "--epochs", "2", "--standardize", "--quiet", "-o", "c.npz")
    (base / "ans.eq").write_text(run("derive", "two_layer"))
    w = np.load(base / "w.npz")
    np.savez(base / "v.npz", X=X.T, Y=Y[None, :], **{k: w[k] for k in ("W1", "b1", "W2", "b2")})
    run("grad", "two_layer", "--values", "v.npz", "-o", "g.npz")


EXTREMES = [b"0", b"-1", b"1e308", b"-1e308", b"1e-320", b"nan", b"inf", b"9" * 40, b"1.5", b"", b" ", b"2147483648", b"18446744073709551615", b"x", b"-0"]
NUMBERS = [b"\x00" * 8, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\x00\x01", b"\x01\x00\x00\x00", b"\xff\xff", b"\x00"]


def damage(rng, text, name, base):
    """One to four of: bits turned, cut, a piece doubled, taken out, replaced by another or of another file."""
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        text = rng.choice([turn, cut, double, take_out, extreme, number, other, put_in])(rng, text, base)
    return text


def place(rng, text):
    a = rng.randrange(len(text) + 1)
    return a, min(len(text), a + rng.choice([1, 2, 4, 8, 32, 200]))


def turn(rng, text, base):
    out = bytearray(text)
    for _ in range(rng.choice([1, 1, 3, 20])):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(rng, text, base):
    return text[:rng.randrange(len(text) + 1)]


def double(rng, text, base):
    a, b = place(rng, text)
    return text[:b] + text[a:b] * rng.choice([1, 2, 50]) + text[b:]


def take_out(rng, text, base):
    a, b = place(rng, text)
    return text[:a] + text[b:]


def extreme(rng, text, base):
    digits = [i for i, c in enumerate(text) if chr(c).isdigit()]
    if not digits:
        return turn(rng, text, base)
    a = b = rng.choice(digits)
    while b < len(text) and (chr(text[b]).isdigit() or text[b] in b".e"):
        b += 1
    return text[:a] + rng.choice(EXTREMES) + text[b:]


def number(rng, text, base):
    a, what = rng.randrange(len(text) + 1), rng.choice(NUMBERS)
    return text[:a] + what + text[a + len(what):]


def other(rng, text, base):
    piece = rng.choice(sorted(p for p in base.iterdir() if p.is_file())).read_bytes()
    a, b = place(rng, piece)
    c, d = place(rng, text)
    return text[:c] + piece[a:b] + text[d:] if rng.random() < 0.8 else piece


def put_in(rng, text, base):
    a = rng.randrange(len(text) + 1)
    piece = rng.choice(NASTY).encode("utf-8", "surrogatepass") if rng.random() < 0.5 else bytes(rng.randrange(256) for _ in range(8))
    return text[:a] + piece + text[a:]
