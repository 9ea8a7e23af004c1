// The page: equations on one side, what follows from them on the other.
"use strict";
const models = [], OWN = "this model";  // those to start from; one that came with the page
const FORMAT = { text: 0, numpy: 2, latex: 3, json: 4, html: 5 };

// ------------------------------------------------------------------- equations

function colours() {
  const known = new Set(state.facts?.variables.map((v) => v.name) || []);
  $("colours").innerHTML = escaped($("editor").value).replace(/#[^\n]*|[A-Za-z_]\w*/g, (word) =>
    word[0] === "#" ? `<i>${word}</i>` : known.has(word) ? `<b ${coloured(word)}>${word}</b>`
      : /^(input|label|param|size|const|minimize|predict|examples|symmetric)$/.test(word) ? `<em>${word}</em>` : word) + "\n";
  $("colours").scrollTop = $("editor").scrollTop;
  $("colours").scrollLeft = $("editor").scrollLeft;
}

function say(list) {
  if (state.facts && list.some((m) => m.kind === "error")) list = [...list, { kind: "note", text: "Until this is mended, the rest of the page shows the equations before.", suggestion: "" }];
  $("said").innerHTML = list.map((m) => `<div class="${escaped(m.kind)}"><p>${m.line ? `<button data-line="${m.line}" data-column="${m.column}" data-length="${m.length}">line ${m.line}</button> ` : ""}` +
    `${escaped(m.text)}</p>${m.suggestion ? `<pre>${escaped(m.suggestion)}</pre>` : ""}</div>`).join("");
}

// Marks the place that a message speaks of.
function goTo(line, column, length) {
  const lines = $("editor").value.split("\n"), at = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0) + column - 1;
  $("editor").focus();
  $("editor").setSelectionRange(at, at + Math.max(length, 1));
}

async function follow() {
  state.text = $("editor").value;
  colours();
  await library.latest("model", async (isNewest) => {
    const known = models.find((m) => m.text === state.text);
    const read = await library.ask("page_model", known && known.name !== OWN ? `${known.name}.eq` : "model", state.text);
    if (!isNewest()) return;
    say(messages(read.text));
    $("editor").setAttribute("aria-invalid", String(!!read.status));
    document.body.classList.toggle("stale", !!read.status);
    if (read.status) return;
    state.good = state.text;
    $("builtin").value = known?.name || "";
    await derive(isNewest);
    byHand.begin();
    training.begin();
    practice.begin();
  });
}

async function derive(isNewest) {
  const [facts, html] = [await library.ask("page_derive", FORMAT.json, state.convention, 0), await library.ask("page_derive", FORMAT.html, state.convention, 0)];
  if (!isNewest()) return;
  if (facts.status || html.status) {
    say(messages(facts.status ? facts.text : html.text));
    return;
  }
  state.facts = JSON.parse(facts.text);
  colours();
  const rows = new DOMParser().parseFromString(html.text, "text/html").querySelectorAll("tr");
  const shown = state.facts.gradients.filter((g) => g.shown);
  $("lines").innerHTML = [...rows].map((row, i) => {
    const [left, right, shape] = [...row.cells].map((cell) => cell.innerHTML), g = shown[i];
    return g ? `<li ${coloured(g.of)}><button class="line" data-name="${escaped(g.name)}" aria-expanded="false" title="${escaped(g.name)} = ${escaped(g.expression)}">` +
      `<span class="left">${left}</span><span class="right">${right}</span><span class="shape">${shape}</span></button></li>` : "";
  }).join("");
  const hidden = state.facts.gradients.filter((g) => !g.shown);
  $("others").innerHTML = givenNames() + (hidden.length ? `on the way: ${hidden.map((g) => `<button class="other" data-name="${escaped(g.name)}" ${coloured(g.of)}>${escaped(g.name)}</button>`).join(" ")}` : "");
  drawGraph();
  reopen();
}

// What stands on no line of the model because dfoo had to call it something.
function givenNames() {
  const given = state.facts.forward.filter((s) => s.given_name);
  return given.length ? `<span class="gave">with ${given.map((s) => `<code ${coloured(s.name)}><b>${escaped(s.name)}</b> = ${escaped(s.expression)}</code>`).join(" and ")}</span>` : "";
}

// ------------------------------------------------------------------- the graph

// The picture that stands at the head of a whole explanation; very long models have none that says something.
async function drawGraph() {
  await library.latest("graph", async (isNewest) => {
    const done = state.facts.forward.length > 60 ? { status: 4 } : await library.ask("page_explain", "", 0, 0, FORMAT.html, state.convention);
    if (!isNewest()) return;
    const svg = done.status > 1 ? null : new DOMParser().parseFromString(done.text, "text/html").querySelector("svg");
    $("graph").hidden = !svg;
    if (!svg) return;
    svg.querySelectorAll("a").forEach((a) => a.replaceWith(...a.childNodes));
    svg.querySelectorAll("[data-name]").forEach((x) => x.style.setProperty("--hue", hue(x.dataset.name)));
    svg.style.minWidth = `${Math.round(0.6 * svg.getAttribute("width"))}px`;
    svg.setAttribute("role", "img");
    $("graph").firstElementChild.replaceChildren(svg);
  });
}

// The same as a file of its own, in the colours of paper.
function graphAsFile() {
  const svg = $("graph").querySelector("svg")?.cloneNode(true);
  if (!svg) return "";
  svg.querySelectorAll("[data-name]").forEach((x) => { x.removeAttribute("style"); x.removeAttribute("data-name"); });
  svg.removeAttribute("style");
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = "text { fill: #222; text-anchor: middle; font-family: Georgia, serif } .size { fill: #555; font-size: 12px } " +
    "rect { fill: #fff; stroke: #555 } .given rect { fill: #f3f0ea; stroke-dasharray: 3 2 } path { fill: none; stroke: #555; stroke-width: 1.1 } marker path { fill: #555; stroke: none }";
  svg.prepend(style);
  return new XMLSerializer().serializeToString(svg);
}

// The model and its backward pass for a page of notes: TeX between dollars.
async function asMarkdown() {
  const done = await library.ask("page_derive", FORMAT.latex, state.convention, 0);
  if (done.status) return "";
  const tex = done.text.split("\n").filter((line) => !line.startsWith("%")).join("\n").replaceAll("align*", "aligned").trim();
  return `## Forward\n\n\`\`\`\n${state.good.trim()}\n\`\`\`\n\n## Backward\n\n$$\n${tex}\n$$\n`;
}

// ------------------------------------------------------------------- reasons

async function explain(name, scroll) {
  state.name = name;
  await library.latest("why", async (isNewest) => {
    const done = await library.ask("page_explain", name, state.by, Number(state.numbers), FORMAT.html, state.convention);
    if (!isNewest()) return;
    document.querySelectorAll("[data-name][aria-expanded]").forEach((b) => b.setAttribute("aria-expanded", String(b.dataset.name === name)));
    $("why").hidden = false;
    $("why-title").textContent = `Why ${name}`;
    const shadow = $("told").shadowRoot || $("told").attachShadow({ mode: "open" });
    if (done.status > 1) {
      shadow.textContent = messages(done.text).map((m) => m.text).join("\n");
      return;
    }
    const told = new DOMParser().parseFromString(done.text, "text/html");
    const style = [...told.querySelectorAll("style")].map((s) => s.textContent.replace(/:root|(?<![\w-])(html|body)(?![\w-])/g, ":host")).join("\n");
    told.querySelectorAll("script").forEach((s) => s.remove());
    shadow.innerHTML = `<style>${style}\n:host { padding: 0; max-width: none; background: none; } footer, header { display: none; }</style>${told.body.innerHTML}`;
    shadow.querySelectorAll(".equations, .cell").forEach((x) => { if (x.scrollWidth > x.clientWidth) x.tabIndex = 0; });  // for the keyboard
    if (scroll) $("why").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "start" });
    remember();
  });
}

// The reason stands beside the lines that it belongs to: elsewhere it would tell what is asked for.
function reopen() {
  const is = state.facts?.gradients.some((g) => g.name === state.name);
  if (state.tab !== "derive") $("why").hidden = true;
  else if (is) explain(state.name, false);
  else close();
}

function close() {
  state.name = "";
  $("why").hidden = true;
  document.querySelectorAll("[aria-expanded]").forEach((b) => b.setAttribute("aria-expanded", "false"));
  remember();
}

// ------------------------------------------------------------------- links, copies, tabs

async function remember() {
  const { text, convention, by, numbers, name, tab } = state;
  const fragment = await packed({ text, convention, by, numbers, name, tab, seed: Number($("seed").value), draw: byHand.draw,
    exercise: practice.seed(), kind: $("kind").value, hints: practice.hints });
  history.replaceState(null, "", "#" + fragment);
  return location.href;
}

async function recall() {
  try {
    return location.hash.length > 1 ? await unpacked(location.hash.slice(1)) : null;
  } catch {
    say([{ kind: "warning", text: "the link was cut off, or is none of this page", suggestion: "" }]);
    return null;
  }
}

async function copy(text) {
  const told = (text) => document.querySelectorAll(".copied").forEach((x) => { x.textContent = text; });
  told("");
  try {
    await navigator.clipboard.writeText(text);
    told("copied");
  } catch {
    say([{ kind: "note", text: "copy this:", suggestion: text }]);
  }
}

function show(tab) {
  state.tab = tab;
  for (const b of document.querySelectorAll('[role="tab"]')) {
    const is = b.id === `tab-${tab}`;
    b.setAttribute("aria-selected", String(is));
    b.tabIndex = is ? 0 : -1;
    $(b.getAttribute("aria-controls")).hidden = !is;
  }
  if (tab !== "train") training.pause();
  reopen();
  byHand.begin();
  training.begin();
  practice.begin();
  remember();
}

// Arrow keys move within a group of buttons, as with tabs and radios.
function group(container, take) {
  container.addEventListener("click", (e) => { const b = e.target.closest("button"); if (b) take(b); });
  container.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (!step) return;
    const all = [...container.querySelectorAll("button")], to = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    to.focus();
    take(to);
    e.preventDefault();
  });
}

async function begin() {
  const opened = await library.start();
  if (opened.status) { say(messages(opened.text)); return; }
  $("version").textContent = opened.text;
  for (let i = 0; ; i++) {
    const done = await library.ask("page_builtin", i);
    if (done.status) break;
    models.push(JSON.parse(done.text));
  }
  const embedded = $("model") && JSON.parse($("model").textContent);
  if (embedded) models.unshift({ name: OWN, text: embedded });
  $("builtin").innerHTML = `<option value="" hidden>your own</option>` + models.map((m) => `<option>${escaped(m.name)}</option>`).join("");
  const first = embedded ? models[0] : models.find((m) => m.name === "two_layer") || models[0];
  const told = await recall();
  $("builtin").value = first.name;
  Object.assign(state, { convention: told?.convention || 0, by: told?.by || 0, numbers: !!told?.numbers, name: told?.name || "" });
  if (told) { $("seed").value = told.seed ?? 1; byHand.draw = told.draw || 1; $("exercise").value = told.exercise ?? 1; $("kind").value = told.kind || "0"; practice.begins = told.hints || 0; }
  $("editor").value = told?.text || first.text;
  $("convention").value = state.convention;
  $("with-numbers").checked = state.numbers;
  choose(document.querySelector(`[data-by="${state.by}"]`), false);

  let typing = 0;
  $("editor").addEventListener("input", () => { colours(); clearTimeout(typing); typing = setTimeout(follow, 120); });
  $("editor").addEventListener("scroll", colours);
  $("builtin").addEventListener("change", (e) => { $("editor").value = models.find((m) => m.name === e.target.value).text; follow(); });
  $("said").addEventListener("click", (e) => { const b = e.target.closest("button"); if (b) goTo(Number(b.dataset.line), Number(b.dataset.column), Number(b.dataset.length)); });
  $("derive").addEventListener("click", (e) => {
    const b = e.target.closest("[data-name]"), name = b?.closest("#graph") ? state.facts.gradients.find((g) => g.of === b.dataset.name)?.name : b?.dataset.name;
    if (name) explain(name, true);
  });
  $("convention").addEventListener("change", (e) => { state.convention = Number(e.target.value); follow(); });
  $("with-numbers").addEventListener("change", (e) => { state.numbers = e.target.checked; if (state.name) explain(state.name, false); });
  $("close-why").addEventListener("click", close);
  for (const id of ["link", "link-practice"]) $(id).addEventListener("click", async () => copy(await remember()));
  $("copy").addEventListener("change", async (e) => {
    const what = e.target.value;
    e.target.value = "";
    if (what === "graph") copy(graphAsFile());
    else if (what === "markdown") copy(await asMarkdown());
    else if (what) copy((await library.ask("page_derive", Number(what), state.convention, 0)).text);
  });
  group(document.querySelector('[role="tablist"]'), (b) => show(b.id.slice(4)));
  group(document.querySelector('[role="radiogroup"]'), (b) => choose(b, true));
  byHand.start();
  training.start();
  myCode.start();
  practice.start();
  await follow();
  if (told?.tab && $(`tab-${told.tab}`)) show(told.tab);
  document.body.classList.add("ready");
}

function choose(button, again) {
  state.by = Number(button.dataset.by);
  for (const b of button.parentElement.children) {
    b.setAttribute("aria-checked", String(b === button));
    b.tabIndex = b === button ? 0 : -1;
  }
  if (again && state.name) explain(state.name, false);
}

begin();
