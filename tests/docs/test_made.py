"""What tools/docs makes is up to date, and the links of the documents lead somewhere."""
import os
import re
import shutil
import subprocess

from conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def run_docs(root, build, *args):
    return subprocess.run([root / "tools" / "docs", *args], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, DFOO_BIN=os.environ.get("DFOO_BIN", str(build / "dfoo"))))


def test_made_parts_are_up_to_date(root, build):
    done = run_docs(root, build, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_not_up_to_date_is_noticed_and_written(root, build, tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "docs").mkdir()
    shutil.copy(root / "tools" / "docs", tmp_path / "tools")
    page = tmp_path / "docs" / "page.md"
    page.write_text("words\n\n<!-- dfoo derive two_layer | /^dZ/ -->\n```\n$ dfoo derive two_layer\n..\ndZ2 = Y - A2\n..\n```\nmore words\n")
    assert run_docs(tmp_path, build, "--check").returncode == 1 and "Y - A2" in page.read_text()
    assert run_docs(tmp_path, build).returncode == 0
    assert re.fullmatch(r"words\n\n<!-- .* -->\n```\n\$ dfoo derive two_layer\n\.\.\ndZ2 = A2 - Y +# \(n2, m\)\n\.\.\ndZ1 = .*\n\.\.\n```\nmore words\n", page.read_text())
    assert run_docs(tmp_path, build, "--check").returncode == 0


def test_code_that_is_quoted_stands_in_the_source(root):
    sources = "".join(path.read_text() for path in sorted((root / "src").rglob("*.[ch]")))
    quoted = re.findall(r"^```c\n(.*?)^```", (root / "docs" / "inside.md").read_text(), re.S | re.M)
    assert quoted
    for code in quoted:
        assert code in sources, code


def anchor(heading):
    """As sites that show Markdown name a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_links_lead_somewhere():
    for document in DOCUMENTS:
        text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.S | re.M)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith("http"):
                continue
            path, _, part = target.partition("#")
            at = (document.parent / path) if path else document
            assert at.exists(), (document.name, target)
            if part:
                headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", at.read_text(), flags=re.S | re.M), re.M)
                assert part in [anchor(h) for h in headings], (document.name, target, [anchor(h) for h in headings])


def test_every_question_has_its_answer(root):
    """docs/questions.md answers the questions that `dfoo ask` knows, in their order, each with its command."""
    table = (root / "src" / "teach" / "ask" / "questions.def").read_text()
    rows = re.findall(r'^QUESTION\("((?:[^"\\]|\\.)*)",\s*(?:"(?:[^"\\]|\\.)*"\s*)+,\s*"((?:[^"\\]|\\.)*)"\)', table, re.M)
    page = (root / "docs" / "questions.md").read_text()
    told = re.findall(r"^## (.*)\n\n(?:(?!<!--).*\n\n)?<!-- dfoo (.*?)(?: \| .*)? -->$", page, re.M)
    assert len(rows) >= 40 and told == [(q, c.replace('\\"', '"')) for q, c in rows]


def test_pictures_are_up_to_date(root, build):
    """And tell what the program tells: a number that is not the program's is noticed."""
    program = dict(os.environ, DFOO_BIN=os.environ.get("DFOO_BIN", str(build / "dfoo")))
    done = subprocess.run([root / "tools" / "pictures", "--check"], capture_output=True, text=True, timeout=300, env=program)
    assert done.returncode == 0, done.stderr
    for name in ("graph", "product", "examples"):
        assert f"pictures/{name}.svg" in (root / "docs" / "backprop.md").read_text()
