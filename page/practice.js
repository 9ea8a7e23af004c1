// Exercises: a line that is missing, or one that is wrong. Which, the seed says; the library judges answers by what they compute.
"use strict";
const practice = {
  exercise: null, hints: 0, begins: 0, levels: 4,  // begins: so many hints are told at once, as a link asks

  seed: () => Math.max(0, Math.floor(Number($("exercise").value) || 0)),

  ask(answer, hint, count = 1, format = FORMAT.json) {
    return library.ask("page_practice", this.seed(), Number($("kind").value), state.convention, answer, hint, count, format);
  },

  // While another one is made, what is typed into the one that goes is not judged.
  isBusy: () => $("answers").getAttribute("aria-busy") === "true",

  async make() {
    try { numberIn("exercise"); } catch (error) { $("question").textContent = error.message; return; }
    $("answers").setAttribute("aria-busy", "true");
    await library.latest("practice", async (isNewest) => {
      const done = await this.ask("", 0);
      if (!isNewest()) return;
      $("answers").setAttribute("aria-busy", "false");
      if (done.stale) return;
      this.exercise = null;
      this.hints = 0;
      $("verdict").textContent = $("hints").textContent = $("answers").innerHTML = "";
      $("solved").hidden = true;
      if (done.status) {
        $("question").textContent = messages(done.text).map((m) => m.text).join("; ");
        return;
      }
      this.exercise = JSON.parse(done.text).exercises[0];
      this.show();
      if (this.begins) { this.hints = Math.min(this.begins, this.levels) - 1; this.begins = 0; await this.more(); }
      remember();
    });
  },

  tinted: (text) => escaped(text).replace(/[A-Za-z_]\w*/g, (word) =>
    hues.has(word.replace(/^d(?=\w)/, "")) || hues.has(word) ? `<b ${coloured(word)}>${word}</b>` : word),

  field: (name) => `<label class="answer" ${coloured(name)}><b>${escaped(name)}</b> = <input id="answer" spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="verdict"></label>`,

  show() {
    const x = this.exercise;
    $("question").textContent = x.question;
    $("named").innerHTML = givenNames();
    $("answers").innerHTML = x.backward.map((g) => `<li ${coloured(g.name)} data-name="${escaped(g.name)}">` + (g.line === null ? this.field(g.name)
      : x.kind === "mistake" ? `<button class="line choice" aria-pressed="false"><code>${this.tinted(g.line)}</code><span class="shape">${escaped(g.shape)}</span></button>`
        : `<div class="line"><code>${this.tinted(g.line)}</code><span class="shape">${escaped(g.shape)}</span></div>`) + "</li>").join("");
  },

  // Of lines of which one is wrong: the one that is chosen becomes a field, if it is the one.
  async pick(li) {
    const name = li.dataset.name;
    await this.judge(name, (right) => {
      li.querySelector("button")?.setAttribute("aria-pressed", "true");
      if (!right) return;
      const was = this.exercise.backward.find((g) => g.name === name).line;
      li.innerHTML = this.field(name);
      $("answer").value = was.slice(was.indexOf("=") + 1).trim();
      $("answer").focus();
    });
  },

  async judge(answer, then) {
    const x = this.exercise;
    if (!x || this.isBusy()) return;
    await library.latest("practice", async (isNewest) => {
      const done = await this.ask(answer, 0);
      if (!isNewest() || done.stale || x !== this.exercise) return;
      const bad = done.status > 1, judged = bad ? null : JSON.parse(done.text).exercises[0];
      $("verdict").className = !bad && judged.right ? "fine" : "wrong";
      $("verdict").innerHTML = bad ? messages(done.text).map((m) => `<p>${escaped(m.text)}</p>${m.suggestion ? `<pre>${escaped(m.suggestion)}</pre>` : ""}`).join("")
        : `<p>${escaped(judged.says.replace("wrong: of no known kind", "wrong: it does not compute this gradient, and by no usual slip"))}${judged.written ? `; dfoo writes it <code>${this.tinted(judged.written)}</code>` : ""}</p>`;
      if (!bad) then?.(judged.right);
    });
  },

  async check() {
    const li = $("answer")?.closest("li");
    if (!li) return;
    const given = $("answer").value.replace(/^\s*\w+\s*=(?!=)/, "");  // a whole line is an answer, too
    if (!given.trim()) { $("verdict").className = ""; $("verdict").textContent = `Write what ${li.dataset.name} is, then check it.`; return; }
    await this.judge(`${li.dataset.name} = ${given}`, (right) => { if (right) this.solve(li.dataset.name); });
  },

  solve(name) {
    $("solved").hidden = false;
    $("solved").dataset.name = name;
    $("solved").textContent = `why ${name}?`;
  },

  async more() {
    if (!this.exercise || this.hints >= this.levels) return;
    const x = this.exercise, level = ++this.hints;
    await library.latest("hints", async (isNewest) => {
      const done = await this.ask("", level);
      if (!isNewest() || done.status || x !== this.exercise) return;
      const told = JSON.parse(done.text).exercises[0];
      $("hints").innerHTML = told.hints.map((h) => `<p>${escaped(forThePage(h))}</p>`).join("");
      if (told.of) this.solve(told.of);
      remember();
    });
  },

  async worksheet() {
    const done = await this.ask("", this.levels, 6, FORMAT.html);
    if (done.status) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([done.text], { type: "text/html" }));
    link.download = "worksheet.html";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  },

  next(step) {
    $("exercise").value = Math.max(0, this.seed() + step);
    this.make();
  },

  start() {
    $("exercise").addEventListener("input", () => this.make());
    $("kind").addEventListener("change", () => this.make());
    $("next").addEventListener("click", () => this.next(1));
    $("check").addEventListener("click", () => this.check());
    $("hint").addEventListener("click", () => this.more());
    $("sheet").addEventListener("click", () => this.worksheet());
    $("answers").addEventListener("click", (e) => { const b = e.target.closest(".choice"); if (b) this.pick(b.closest("li")); });
    $("answers").addEventListener("keydown", (e) => { if (e.key === "Enter" && e.target.id === "answer") this.check(); });
    $("solved").addEventListener("click", () => explain($("solved").dataset.name, true));
  },

  begin() {
    if (state.facts && state.tab === "practice") this.make();
  },
};
