"""The manual page and the completion say what the program says."""
import os
import re
import shutil
import subprocess

import pytest

COMMANDS = ["show", "derive", "explain", "grad", "check", "train", "predict", "new"]


def options(dfoo, command):
    lines = re.findall(r"^  -.*$", dfoo("help", command).stdout, re.M)
    return {option for line in lines for option in re.findall(r"(?<!\S)--[a-z-]+", line)}


def test_manual_is_complete(root, dfoo):
    page = (root / "docs" / "man" / "dfoo.1").read_text().replace("\\-", "-")
    there = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", page))
    assert there == set().union(*(options(dfoo, command) for command in COMMANDS))
    for command in COMMANDS:
        assert f"\n.B dfoo {command}\n" in page
    assert dfoo("--version").stdout.strip() in page


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_manual_is_well_formed(root):
    done = subprocess.run(["groff", "-man", "-ww", "-Tascii", root / "docs" / "man" / "dfoo.1"], capture_output=True,
                          timeout=60)
    assert done.returncode == 0 and done.stderr == b""


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize("words, expected", [
    (["dfoo", "de"], {"derive"}),
    (["dfoo", "help", "tr"], {"train"}),
    (["dfoo", "derive", "two"], {"two_layer"}),
    (["dfoo", "derive", "two_layer", "--s"], {"--steps", "--standalone", "--set"}),
    (["dfoo", "train", "m.eq", "--lea"], {"--learning-rate"}),
    (["dfoo", "derive", "two_layer", "--convention", ""], {"course", "dJ"}),
    (["dfoo", "new", "--loss", "cr"], {"cross_entropy"}),
    (["dfoo", "train", "m.eq", "--optimizer", "ada"], {"adam", "adamw"}),
    (["dfoo", "show", "--schedule", "co"], {"constant", "cosine"}),
], ids=" ".join)
def test_completion(root, build, tmp_path, words, expected):
    program = os.environ.get("DFOO_BIN", build / "dfoo")
    os.symlink(os.path.abspath(program), tmp_path / "dfoo")
    script = f"""
        . "{root}/docs/man/dfoo.bash"
        COMP_WORDS=({" ".join(repr(word) for word in words)})
        COMP_CWORD={len(words) - 1}
        _dfoo
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=tmp_path,
                          env=dict(os.environ, PATH=f"{tmp_path}:{os.environ['PATH']}"))
    assert set(done.stdout.split()) == expected, done.stderr
