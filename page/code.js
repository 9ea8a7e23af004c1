// Somebody's own backward pass: judged against the equations, hint by hint.
"use strict";
const myCode = {
  level: 1, verdicts: ["right", "right, given what is before it", "wrong", "another shape", "not finite", "not found"],

  async judge() {
    if (!$("source").value.trim()) {
      $("verdicts").innerHTML = "";
      $("judged").innerHTML = `<p>Paste your backward pass first: lines such as ${state.facts.gradients.filter((g) => g.shown).slice(0, 1).map((g) => `<code>${escaped(g.name)} = …</code>`)} are enough.</p>`;
      $("more").hidden = true;
      return;
    }
    await library.latest("code", async (isNewest) => {
      const done = await library.ask("page_judge", $("source").value, this.level);
      if (!isNewest() || done.stale) return;
      $("verdicts").innerHTML = "";
      if (done.status > 1) {
        $("judged").textContent = messages(done.text).map((m) => m.text).join("; ");
        return;
      }
      const found = JSON.parse(done.text), first = found.lines[found.first];
      if (!found.lines.length) {
        const wanted = state.facts.gradients.filter((g) => g.shown).map((g) => `<code>${escaped(g.name)}</code>`).join(", ");
        $("judged").innerHTML = `<p>No gradient of the equations was found in it. What is looked for are ${wanted}, under these names or as what a function returns.</p>` +
          found.text.split("\n").slice(1).filter((l) => l.trim() && !/^(not understood|first wrong)/.test(l)).map((l) => `<p>${escaped(l.trim().slice(0, 300))}</p>`).join("");
        $("more").hidden = true;
        return;
      }
      $("verdicts").innerHTML = found.lines.map((x) => `<li ${coloured(x.variable)} class="${x.verdict > 1 ? "wrong" : "fine"}"><b>${escaped(x.variable)}</b> ` +
        `${this.verdicts[x.verdict]}${x.line ? ` <button data-line="${x.line}">line ${x.line}</button>` : ""}</li>`).join("");
      $("judged").innerHTML = first ? first.hints.slice(0, this.level).filter(Boolean).map((h) => `<p>${escaped(h)}</p>`).join("")
        : `<pre>${escaped(found.text)}</pre>`;
      $("more").hidden = !first || this.level >= 3;
    });
  },

  goTo(line) {
    const lines = $("source").value.split("\n"), at = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
    $("source").focus();
    $("source").setSelectionRange(at, at + (lines[line - 1] || "").length);
  },

  start() {
    $("judge").addEventListener("click", () => { this.level = 1; this.judge(); });
    $("more").addEventListener("click", () => { this.level++; this.judge(); });
    $("verdicts").addEventListener("click", (e) => { const b = e.target.closest("button"); if (b) this.goTo(Number(b.dataset.line)); });
  },
};
