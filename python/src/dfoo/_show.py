"""How objects look in a notebook, and progress in a terminal."""
from __future__ import annotations

import html
import re
import sys
import time
from typing import TYPE_CHECKING, Any, Iterable, Optional

if TYPE_CHECKING:
    from .model import Model, Report, Variable
    from .training import Progress


def equations_html(lines: Iterable[Variable]) -> str:
    rows = "".join(f"<tr><td style='text-align:left'><code>{html.escape(v.line)}</code></td>"
                   f"<td style='text-align:left;color:gray'>{html.escape(_shape(v))}</td></tr>" for v in lines)
    return f"<table>{rows}</table>"


def _shape(v: Variable) -> str:
    return f"({', '.join(map(str, v.shape))})" if v.shape else "a number"


def model_html(model: Model) -> str:
    variables = model.variables.values()
    head = html.escape(model.facts()["head"].replace("# ", "", 1).split("\n")[0])
    forward = equations_html(v for v in variables)
    backward = equations_html(g for g in model.gradients.values() if g.shown)
    return f"<p>{head}</p>{forward}<p>backward</p>{backward}"


def report_html(report: Report) -> str:
    return f"<pre>{html.escape(report.text)}</pre>"


def page_inside(page: str) -> str:
    """A whole page as a part of another one: its style holds inside of it only."""
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    body = re.search(r"<body[^>]*>(.*)</body>", page, re.S)
    rules = style.group(1) if style else ""
    face = "".join(re.findall(r"@font-face \{.*?\}\n", rules))  # holds for all of a document, and stands in no other rule
    rules = re.sub(r"(?<![\w-])(:root|html|body)(?![\w-])", "&", rules.replace(face, ""))
    return f"<style>{face}.dfoo-page {{ {rules} }}</style><div class='dfoo-page'>{body.group(1) if body else page}</div>"


def in_notebook() -> bool:
    """Is there a kernel, that is a page which shows what it displays?"""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return getattr(shell, "kernel", None) is not None


class Bar:
    """A line of progress on a terminal or in a notebook; nothing where neither is."""

    def __init__(self, wanted: Optional[bool]) -> None:
        self.handle: Any = None
        self.shown = 0.0
        self.terminal = wanted is not False and sys.stderr is not None and sys.stderr.isatty()
        self.notebook = wanted is not False and in_notebook()
        self.last: Optional[Progress] = None

    def show(self, now: Progress) -> None:
        self.last = now
        clock = time.monotonic()
        if clock - self.shown < 0.1 or not (self.terminal or self.notebook):
            return
        self.shown = clock
        self._write(now)

    def _write(self, now: Progress) -> None:
        part = now.epoch / max(now.epochs, 1)
        line = f"{'█' * round(20 * part):░<20} {now}"
        if self.notebook:
            from IPython.display import display

            content = {"text/plain": line}
            if self.handle is None:
                self.handle = display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]
            else:
                self.handle.update(content, raw=True)
        elif self.terminal:
            sys.stderr.write(f"\r{line}\x1b[K")
            sys.stderr.flush()

    def close(self) -> None:
        if self.last is not None and self.shown:
            self._write(self.last)
            if self.terminal and not self.notebook:
                sys.stderr.write("\n")
