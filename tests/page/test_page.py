"""dfoo.html in Chromium: every story of stories.py, at three widths, light and dark. The page is made from this source; playwright
comes from PyPI (tools/requirements), the browser from Debian (tools/deps page)."""
import json
import os
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


def test_begins_with_a_model(root, tmp_path):
    run(root / "tools/page", root / "examples/softmax.eq", "-o", tmp_path / "own.html")
    assert (root / "examples/softmax.eq").read_text() in (tmp_path / "own.html").read_text()


def test_stories(root, page, tmp_path):
    python = run(root / "tools/venv").strip().splitlines()[-1]
    said = run(python, root / "tests/page/stories.py", page.as_uri(), os.environ.get("DFOO_BIN", root / "build/release/dfoo"), tmp_path)
    wrong = {label: reasons for label, reasons in json.loads(said.splitlines()[-1]).items() if reasons}
    assert not wrong, json.dumps(wrong, indent=1)
