"""Every `$ dfoo ..` of the documents is run, and what it prints is what stands there. A line
`..` stands for any lines, `..` inside a line for anything that differs from run to run."""
import gzip
import re
import shlex
import shutil
import struct

import h5py
import numpy as np
import pytest

from conftest import ROOT

DOCUMENTS = ["README.md"] + sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")
                                   if re.search(r"^\$ dfoo ", path.read_text(), re.M))


def sessions(text):
    """(command, expected output) of each command in the fenced blocks."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M):
        for part in re.split(r"^(?=\$ dfoo )", block, flags=re.M):
            if part.startswith("$ dfoo "):
                command, _, output = part.partition("\n")
                yield command[len("$ dfoo "):], output


def pattern(output):
    lines = []
    for line in output.rstrip("\n").split("\n"):
        text = r" \S+ ".join(map(re.escape, line.split(" .. ")))
        lines.append(r"(?:.*\n)*?" if line == ".." else text + "\n")
    return "".join(lines)


def data_files(folder):
    """The files of data.md: images and labels as the course and MNIST have them, and a model for the latter."""
    rng = np.random.default_rng(1)
    for name in "train", "test":
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file[f"{name}_set_x"] = rng.integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)
            file[f"{name}_set_y"] = np.resize([0, 1], 20)
            file["list_classes"] = np.array([b"non-cat", b"cat"])
    for name, x in ("images-idx3", rng.integers(0, 256, (200, 8, 8))), ("labels-idx1", np.resize(range(10), 200)):
        head = struct.pack(f">BBBB{x.ndim}I", 0, 0, 8, x.ndim, *x.shape)
        (folder / f"train-{name}-ubyte.gz").write_bytes(gzip.compress(head + x.astype(np.uint8).tobytes()))
    (folder / "digits.eq").write_text("input X : (n0, m)\nlabel Y : (k, m) onehot\nparam W : (k, n0)\nparam b : (k, 1)\n"
                                      "A = softmax(W @ X + b)\nJ = -1/m * sum(Y * log(A))\nminimize J\npredict A\n")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_document(document, root, dfoo, tmp_path):
    shutil.copytree(root / "examples", tmp_path / "examples")
    data_files(tmp_path)
    found = list(sessions((root / document).read_text()))
    assert found
    for command, output in found:
        result = dfoo(*shlex.split(command), cwd=tmp_path, env={"LANG": "C.UTF-8"})
        said = result.stdout + result.stderr
        wrong = "--against" in command or ("--answer" in command and not re.search(r": right", output))
        assert result.returncode == wrong, (command, said)  # 1: something is wrong, as it should be
        # explain's last digits vary with the compiler: 3e-10 or 4e-10
        loose = re.sub(r"\d(?:\\\.\d+)?e\\-\d\d", r"\\d(?:\\.\\d+)?e-\\d\\d", pattern(output))
        loose = re.sub(r"to\\ the\\ last\\ bit", r"to (?:the last bit|\\de-\\d\\d)", loose)
        assert re.fullmatch(loose, said), (command, said)


def test_models_and_messages_of_the_readme(root, dfoo, tmp_path):
    text = (root / "README.md").read_text()
    net = re.search(r"^```\n(# net\.eq\n.*?)^```", text, re.S | re.M).group(1)
    (tmp_path / "net.eq").write_text(net)
    assert dfoo("check", "net.eq", cwd=tmp_path).returncode == 0
    broken = dfoo("show", "two_layer").stdout.split("\n# two_layer.eq: examples")[0].replace("W1 @ X", "W1 @ Y")
    (tmp_path / "two_layer.eq").write_text(broken)
    message = re.search(r"^```\n(two_layer\.eq:11.*?)^```", text, re.S | re.M).group(1)
    assert dfoo("derive", "./two_layer.eq", cwd=tmp_path).stderr == message
