"""dfoo.html in Chromium: every story of stories.py, at three widths, light and dark. The page is made from this source; playwright
comes from PyPI (tools/requirements), the browser from Debian (tools/deps page)."""
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import is_instrumented

pytestmark = pytest.mark.skipif(is_instrumented(), reason="the page is the same whatever is instrumented")


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def page(root, tmp_path_factory):
    if not shutil.which("chromium"):
        pytest.skip("needs chromium (tools/deps page)")
    made = tmp_path_factory.mktemp("page") / "dfoo.html"
    run(root / "tools/page", "-o", made)
    return made


def test_size(page):
    """A memory stick is enough, and nothing is fetched."""
    text = page.read_text()
    assert len(text.encode()) < 1.2e6
    assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text and "@import" not in text


def test_begins_with_a_model(root, page, tmp_path):
    """By the tool and by the program; no sign of a model ends the script that it is in."""
    model = tmp_path / "own.eq"
    model.write_text((root / "examples/softmax.eq").read_text() + "# </script><!-- <script> & \"é\\ \t\n")
    run(root / "tools/page", model, "-o", tmp_path / "own.html")
    bare, own = page.read_text(), (tmp_path / "own.html").read_text()
    found = re.findall(r'<script id="model" type="application/json">(.*?)</script>\n', own)
    assert [json.loads(text) for text in found] == [model.read_text()] and "<" not in found[0]
    assert own.replace(f'<script id="model" type="application/json">{found[0]}</script>\n', "") == bare
    dfoo, named = os.environ.get("DFOO_BIN", root / "build/release/dfoo"), {**os.environ, "DFOO_PAGE": str(page)}
    run(dfoo, "page", model, "-o", tmp_path / "cli.html", env=named)
    (text,) = re.findall(r'<script id="model" type="application/json">(.*?)</script>\n', (tmp_path / "cli.html").read_text())
    assert json.loads(text) == model.read_text() and "<" not in text
    assert run(dfoo, "page", env=named) == bare
    for wrong, says in ((tmp_path / "nosuch.html", "nosuch.html"), (model, "is no page of dfoo")):
        done = subprocess.run([dfoo, "page", model], capture_output=True, text=True, env={**os.environ, "DFOO_PAGE": str(wrong)})
        assert done.returncode == 2 and says in done.stderr and not done.stdout, done


def test_pictures_of_the_readme(root, page, tmp_path):
    """They are taken again and look the same but for the browser's fonts: as large, and about as full."""
    python = run(root / "tools/venv").strip().splitlines()[-1]
    run(python, root / "tests/page/pictures.py", page.as_uri(), tmp_path)
    for name in ("page-derive", "page-by-hand"):
        there, here = (root / "docs/pictures" / f"{name}.png").read_bytes(), (tmp_path / f"{name}.png").read_bytes()
        assert f"docs/pictures/{name}.png" in (root / "README.md").read_text()
        assert there[:24] == here[:24] and 0.8 < len(there) / len(here) < 1.25, f"take {name}.png again: tests/page/pictures.py PAGE docs/pictures"


def test_explained_pages(root, tmp_path):
    """What `explain --format html` writes, in the browser: nothing wider than the page, indices below and exponents above by their measure whatever
    fonts there are, and axe-core finds nothing."""
    if not shutil.which("chromium"):
        pytest.skip("needs chromium (tools/deps page)")
    dfoo = os.environ.get("DFOO_BIN", root / "build/release/dfoo")
    for model in ("logistic", "two_layer", root / "examples/gallery/attention.eq"):
        run(dfoo, "explain", model, "--all", "-o", tmp_path / f"{str(model).rsplit('/', 1)[-1].removesuffix('.eq')}.html")
    python = run(root / "tools/venv").strip().splitlines()[-1]
    wrong = {view: said for view, said in json.loads(run(python, root / "tests/page/explained.py", tmp_path)).items() if said}
    assert not wrong, json.dumps(wrong, indent=1)


def test_stories(root, page, tmp_path):
    python = run(root / "tools/venv").strip().splitlines()[-1]
    said = run(python, root / "tests/page/stories.py", page.as_uri(), os.environ.get("DFOO_BIN", root / "build/release/dfoo"), tmp_path)
    wrong = {label: reasons for label, reasons in json.loads(said.splitlines()[-1]).items() if reasons}
    assert not wrong, json.dumps(wrong, indent=1)
