"""The manual pages and the completions say what the program says."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

# Of the table, so that none is forgotten.
COMMANDS = re.findall(r'^COMMAND\(\w+, "([\w-]+)"', (pathlib.Path(__file__).resolve().parents[2] / "cli/commands.def").read_text(), re.M)


def options(dfoo, command):
    lines = re.findall(r"^  -.*$", dfoo("help", command).stdout, re.M)
    return {option for line in lines for option in re.findall(r"(?<!\S)--[a-z0-9-]+", line)}


def groff(page, *how):
    done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", *how], input=page.encode(),
                          capture_output=True, timeout=60)
    assert done.returncode == 0 and done.stderr == b""
    return done.stdout.decode()


# ------------------------------------------------------------------ manual pages


def test_manual_of_the_program(root, dfoo):
    """Every command, and of the options those that several commands have, and no more."""
    page = (root / "docs" / "man" / "dfoo.1").read_text().replace("\\-", "-")
    known = {command: options(dfoo, command) for command in COMMANDS}
    listed = re.findall(r"^  ([a-z-]+) ", dfoo("help").stdout, re.M)
    assert set(COMMANDS) <= set(listed)
    described = page[page.index("\n.SS Of several commands"):page.index("\n.SH EXIT STATUS")]
    for option in re.findall(r"--[a-z]+(?:-[a-z]+|[0-9]+)*", described):
        assert option == "--help" or sum(option in of for of in known.values()) > 1, option
    examples = page[page.index("\n.SH EXAMPLES"):]
    for line in re.findall(r"^dfoo ([a-z-]+ .*)$", examples, re.M):
        assert set(re.findall(r"--[a-z-]+", line)) <= known[line.split()[0]], line
    for command in COMMANDS:
        assert f"\n.B dfoo {command}\n" in page
        assert f"\n.BR dfoo-{command} (1)" in page
    assert dfoo("--version").stdout.strip() in page


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_manual_is_well_formed(root):
    groff((root / "docs" / "man" / "dfoo.1").read_text())


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
@pytest.mark.parametrize("command", COMMANDS)
def test_page_of_a_command_says_what_its_help_says(dfoo, command):
    text = dfoo("help", command).stdout
    page = groff(dfoo("help", command, "--man").stdout, "-rLL=200n", "-rHY=0")
    words = " ".join(page.split())
    listed = re.findall(r"^  (?=-)(.*?)(?:  +|\n {20,})(\S.*)$", text, re.M)
    assert {option for name, _ in listed for option in re.findall(r"--[a-z0-9-]+", name)} >= options(dfoo, command)
    for name, what in listed:
        if "--help" not in name:
            assert f"{name} {what}" in words
    details = re.split(r"\n(?:[a-z ]+:\n)?  -", text.split("\n\n", 1)[1])[0]
    for line in details.split("\n"):
        assert " ".join(line.split()) in words
    assert f"dfoo-{command} - " in words
    for group in re.findall(r"^([a-z ]+):\n  -", text, re.M):
        assert f"\n   {group.capitalize()}\n" in page


def test_only_a_command_has_a_page(dfoo):
    done = dfoo("help", "--man")
    assert done.returncode == 2 and "the name of a command" in done.stderr
    done = dfoo("help", "train", "--completion", "zsh")
    assert done.returncode == 2 and "leave train away" in done.stderr


def test_manual_of_the_header(root, build):
    """Each function of dfoo.h, and each sentence of its comments that begins a line."""
    page = build / "pages" / "dfoo.3"
    if not page.exists():
        pytest.skip("no awk where this was built")
    text = page.read_text().replace("\\-", "-").replace("\\e", "\\")
    header = (root / "include" / "dfoo.h").read_text()
    for declaration in re.findall(r"^DFOO_API\s+(.*)$", header, re.M):
        assert f"\n{declaration}\n" in text
    for sentence in re.findall(r"^(?:/\*| \*) ([A-Z].*?)(?: \*/)?$", header, re.M):
        assert f"\n{sentence}\n" in text
    assert "DFOO_API" not in text and "__cplusplus" not in text
    if shutil.which("groff"):
        groff(page.read_text(), "-rLL=160n")


# ------------------------------------------------------------------- completions

CASES = [
    (["de"], {"derive"}),
    (["help", "tr"], {"train"}),
    (["derive", "two"], {"two_layer"}),
    (["derive", "two_layer", "--ste"], {"--steps"}),
    (["train", "m.eq", "--lea"], {"--learning-rate"}),
    (["train", "m.eq", "--alp"], {"--alpha"}),
    (["derive", "two_layer", "--convention", "c"], {"course"}),
    (["new", "--loss", "cr"], {"cross_entropy"}),
    (["train", "m.eq", "--optimizer", "nest"], {"nesterov"}),
    (["show", "--schedule", "cos"], {"cosine"}),
    (["train", "m.eq", "--data", "my"], {"my.csv"}),
    (["train", "m.eq", "-o", "my"], {"my.csv"}),
    (["check", "my"], {"my.csv"}),
    (["help", "--completion", "f"], {"fish"}),
    (["train", "m.eq", "--epochs", "m"], set()),
    (["new", "m"], set()),
]
cases = pytest.mark.parametrize("words, expected", CASES, ids=lambda x: " ".join(x) if isinstance(x, list) else "")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my.csv").write_text("1,2\n")
    return tmp_path


def completed(shell, script, folder):
    done = subprocess.run([shell, "-c", script], capture_output=True, text=True, timeout=60, cwd=folder)
    assert done.returncode == 0 and done.stderr == ""
    return done.stdout


def in_bash(dfoo, folder, words):
    (folder / "dfoo.bash").write_text(dfoo("help", "--completion", "bash").stdout)
    return completed("bash", f"""
        . ./dfoo.bash
        COMP_WORDS=(dfoo {" ".join(repr(word) for word in words)})
        COMP_CWORD={len(words)}
        _dfoo
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """, folder).split()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@cases
def test_bash(dfoo, folder, words, expected):
    assert set(in_bash(dfoo, folder, words)) == expected


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_sees_a_value_behind_an_equals_sign(dfoo, folder):
    assert in_bash(dfoo, folder, ["train", "m.eq", "--dtype", "=", "f3"]) == ["f32"]
    assert set(in_bash(dfoo, folder, ["train", "m.eq", "--dtype", "="])) == {"f64", "f32"}


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize("command", COMMANDS)
def test_bash_knows_every_option(dfoo, folder, command):
    found = set(in_bash(dfoo, folder, [command, "--"]))
    assert found == options(dfoo, command) | {"--help"}


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_file_names_may_have_spaces(dfoo, folder):
    (folder / "of mine.csv").write_text("")
    (folder / "dfoo.bash").write_text(dfoo("help", "--completion", "bash").stdout)
    script = '. ./dfoo.bash; COMP_WORDS=(dfoo check of); COMP_CWORD=2; _dfoo; echo "${#COMPREPLY[@]} $COMPREPLY"'
    assert completed("bash", script, folder) == "1 of mine.csv\n"


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
@cases
def test_fish(dfoo, folder, words, expected):
    (folder / "dfoo.fish").write_text(dfoo("help", "--completion", "fish").stdout)
    script = f"source ./dfoo.fish; complete -C 'dfoo {' '.join(words)}'"
    env = dict(os.environ, HOME=str(folder), XDG_CONFIG_HOME=str(folder))
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, timeout=60, cwd=folder,
                          env=env)
    assert done.returncode == 0 and done.stderr == ""
    assert {line.split("\t")[0] for line in done.stdout.splitlines()} == expected


def typed(keys, folder, until):
    """What zsh shows when keys are typed into it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-f", "-i"], dict(os.environ, TERM="dumb", HOME=str(folder), ZDOTDIR=str(folder)))
    shown, end = b"", time.monotonic() + 60
    try:
        os.write(terminal, keys.encode())
        while until not in shown and time.monotonic() < end:
            if select.select([terminal], [], [], 1)[0]:
                try:
                    shown += os.read(terminal, 4096)
                except OSError:
                    break
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    return shown.decode(errors="replace")


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
def test_zsh(dfoo, folder):
    """Each case is typed, with a tab behind it; a function called dfoo then says its words."""
    site = folder / "site"
    site.mkdir()
    (site / "_dfoo").write_text(dfoo("help", "--completion", "zsh").stdout)
    (folder / "typed").write_text(
        "setopt no_auto_list no_list_ambiguous no_beep no_auto_menu\nfpath=($PWD/site $fpath)\n"
        "autoload -Uz compinit; compinit -u -D\ndfoo() { print -r -- \"<$*>\" }\n")
    lines = "".join(f"dfoo {' '.join(words)}\t\n" for words, _ in CASES)
    shown = typed(f"PS1=; . ./typed\n{lines}print -r -- e''nd\nexit\n", folder, b"end\r\n")
    found = re.findall(r"^<(.*?) ?>\r$", shown, re.M)
    assert found == [" ".join(words[:-1] + (sorted(expected) or words[-1:])) for words, expected in CASES], shown
