// By hand: every matrix of the network drawn whole, with numbers that can be changed; the backward pass beside, and for the entry
// that is chosen what it is made of, and its gradient against a difference of the cost.
"use strict";
const byHand = {
  given: {}, found: {}, chosen: null, pinned: null, m: 2, draw: 1, most: 3000,  // pinned: clicked, and what the slider moves

  // The size of each dimension: what the model says, small numbers for the rest.
  size(d) {
    if (typeof d === "number") return d;
    const known = state.facts.sizes.find((s) => s.name === d)?.value;
    if (d === state.facts.examples?.name) return this.m;
    return known ?? { n0: 2, n: 2, n2: 1, k: 3 }[d] ?? 2;
  },

  // Matrices that nobody could read are not drawn.
  isTooLarge() {
    const entries = state.facts.variables.reduce((n, v) => n + v.shape.reduce((k, d) => k * this.size(d), 1), 0);
    if (entries <= this.most) return false;
    this.given = this.found = {};
    this.layout = $("forward").innerHTML = $("backward").innerHTML = "";
    $("proof").textContent = `The matrices of this model have ${entries.toLocaleString("en")} entries: too many to be read by hand. Write smaller sizes into the equations.`;
    return true;
  },

  // Small whole numbers and simple fractions, for everything that is given.
  fill(zero) {
    const next = random(this.draw), pick = (list) => list[Math.floor(next() * list.length)];
    this.given = {};
    for (const v of state.facts.variables) {
      if (v.kind === "defined" || v.kind === "constant") continue;
      const rows = v.shape.length ? this.size(v.shape[0]) : 0, cols = v.shape.length ? this.size(v.shape[1]) : 0;
      const n = v.shape.length ? rows * cols : 1;
      const isParameter = v.kind === "parameter", isBias = isParameter && (cols === 1 || rows === 1) && v.start?.name === "zeros";
      const across = state.facts.examples?.axis === 1;
      let data = Array.from({ length: n }, () =>
        v.kind === "mask" ? 1 / v.keep
          : v.kind === "label" ? pick([0, 1])
          : isParameter ? (zero || isBias ? 0 : pick([-1, -0.5, 0.5, 1])) : pick([-2, -1, 1, 2]));
      if (v.onehot) {
        data = data.map(() => 0);
        for (let t = 0; t < (across ? cols : rows); t++) {
          const k = Math.floor(next() * (across ? rows : cols));
          data[across ? k * cols + t : t * cols + k] = 1;
        }
      }
      this.given[v.name] = { rows, cols, data };
    }
  },

  // Numbers at which every gradient of a parameter is 0 show little.
  isDull() {
    const of = state.facts.gradients.filter((g) => state.facts.variables.find((v) => v.name === g.of)?.kind === "parameter");
    return of.length > 0 && of.every((g) => (this.found[g.name]?.data || []).every((x) => x === 0));
  },

  // Numbers that say something, from the next draws if need be.
  async refill() {
    if (this.isTooLarge()) return;
    this.fill();
    for (let k = 0; k < 8; k++) {
      if (!await this.follow() || !this.isDull()) return;
      this.draw++;
      this.fill();
    }
  },

  // Computes what follows from the numbers, and shows it; true: it was done.
  async follow() {
    let followed = false;
    if (!state.facts || state.tab !== "numbers" || !Object.keys(this.given).length) return followed;
    await library.latest("numbers", async (isNewest) => {
      const done = await library.send("at", [this.given, "page_grad", state.convention]);
      if (!isNewest()) return;
      if (done.status) {
        $("proof").textContent = messages(done.text).map((m) => m.text).join("; ");
        return;
      }
      this.found = JSON.parse(done.text).values;
      followed = true;
      this.show();
      if (this.chosen) await this.tell(isNewest);
    });
    return followed;
  },

  matrix(name, x, changeable) {
    const cols = x.cols || 1, rows = x.rows || 1;
    const cells = x.data.map((value, i) => {
      const r = Math.floor(i / cols), c = i % cols;
      return `<td><button data-name="${escaped(name)}" data-i="${i}" ${changeable ? "data-given" : ""}` +
        ` aria-label="${escaped(name)} ${r + 1},${c + 1} = ${brief(value)}">${brief(value)}</button></td>`;
    });
    const lines = Array.from({ length: rows }, (_, r) => `<tr>${cells.slice(r * cols, (r + 1) * cols).join("")}</tr>`);
    return `<figure class="matrix" ${coloured(name)}><figcaption>${escaped(name)}</figcaption><table>${lines.join("")}</table></figure>`;
  },

  show() {
    const given = state.facts.variables.filter((v) => this.given[v.name]), computed = state.facts.forward.filter((s) => this.found[s.name]);
    const all = [...given.map((v) => [v.name, this.given[v.name]]), ...[...computed, ...state.facts.gradients].filter((s) => this.found[s.name]).map((s) => [s.name, this.found[s.name]])];
    const layout = all.map(([name, x]) => `${name} ${x.rows} ${x.cols}`).join();
    if (layout === this.layout) {
      for (const [name, x] of all) this.renew(name, x);
      this.mark();
      return;
    }
    this.layout = layout;
    const focus = document.activeElement?.dataset;
    $("forward").innerHTML = given.map((v) => this.matrix(v.name, this.given[v.name], true)).join("") +
      computed.map((s) => this.matrix(s.name, this.found[s.name], false)).join("");
    $("backward").innerHTML = state.facts.gradients.filter((g) => this.found[g.name])
      .map((g) => this.matrix(g.name, this.found[g.name], false)).join("");
    this.buttons = new Map([...document.querySelectorAll("#numbers button[data-name]")].map((b) => [`${b.dataset.name} ${b.dataset.i}`, b]));
    if (focus?.name) this.button(focus.name, focus.i)?.focus();
    this.mark();
  },

  button(name, i) { return this.buttons?.get(`${name} ${i}`); },

  // Other numbers in the matrix that is there.
  renew(name, x) {
    x.data.forEach((value, i) => {
      const b = this.button(name, i), text = brief(value);
      if (b.textContent === text) return;
      b.textContent = text;
      b.setAttribute("aria-label", b.getAttribute("aria-label").replace(/=.*/, `= ${text}`));
    });
  },

  look(name, i) {
    clearTimeout(this.leaving);
    this.chosen = { name, i };
    library.latest("told", (isNewest) => this.tell(isNewest));
  },

  // isStill: whatever is below the pointer now came there by itself, as what is said of the entry needs more room.
  choose(name, i) {
    this.isStill = true;
    this.pinned = { name, i };
    const given = this.given[name];
    $("slider").hidden = !given;
    if (given) {
      $("which").textContent = this.label(name, i);
      $("value").value = $("shown").value = given.data[i];
    }
    this.look(name, i);
  },

  label(name, i) {
    const x = this.given[name] || this.found[name], cols = x.cols || 1;
    return x.data.length === 1 ? name : `${name}[${Math.floor(i / cols) + 1}, ${(i % cols) + 1}]`;
  },

  change(to) {
    const { name, i } = this.pinned || {};
    if (!this.given[name] || !Number.isFinite(to)) return;
    this.chosen = this.pinned;
    this.given[name].data[i] = to;
    if (document.activeElement !== $("shown")) $("shown").value = to;
    $("value").value = to;
    this.catchUp();
  },

  // While one answer is on its way, changes wait and become one.
  async catchUp() {
    this.isBehind = true;
    if (this.isCatching) return;
    this.isCatching = true;
    while (this.isBehind) {
      this.isBehind = false;
      await this.follow();
    }
    this.isCatching = false;
  },

  // The names that stand in a variable's line.
  operands(name) {
    const line = state.facts.forward.find((s) => s.name === name) || state.facts.gradients.find((g) => g.name === name);
    const known = new Set([...Object.keys(this.given), ...Object.keys(this.found)]);
    const text = line ? line.local ?? line.expression : "";
    return [...new Set(text.match(/[A-Za-z_]\w*/g) || [])].filter((n) => n !== name && known.has(n));
  },

  // A name in a line, and the entry of it: W1[2,1], b1[2], J.
  names: /([A-Za-z_]\w*)(?:\[(\d+)(?:,(\d+))?\])?(?!\w*\()/g,

  place(name, r, c) {
    const x = this.given[name] || this.found[name];
    return c ? (r - 1) * (x?.cols || 1) + c - 1 : r ? r - 1 : 0;
  },

  // The line of the chosen entry as a sum of entries, and which ones they are.
  async tell(isNewest) {
    const chosen = this.chosen, { name, i } = chosen;
    if (!this.found[name] && !this.given[name]) return;
    const isStill = () => isNewest() && this.chosen === chosen;  // another entry may be chosen, or another model read, in between
    this.sum = "";
    this.parts = [];
    if (this.found[name] && !this.given[name]) {
      const cols = this.found[name].cols || 1;
      const done = await library.send("at", [this.given, "page_entry", name, Math.floor(i / cols) + 1, (i % cols) + 1, state.convention]);
      if (!isStill()) return;
      if (!done.status) this.sum = done.text;
    }
    if (this.sum && !this.sum.includes(")[")) {
      const seen = new Set();
      for (const [, of, r, c] of this.sum.slice(this.sum.indexOf(" = ") + 3).matchAll(this.names)) {
        const known = this.given[of] || this.found[of], j = known && this.place(of, Number(r), Number(c));
        if (!known || seen.has(`${of} ${j}`)) continue;
        seen.add(`${of} ${j}`);
        this.parts.push({ name: of, j });
      }
    } else if (this.found[name]) {
      await this.feel(name, i, isStill);
      if (!isStill()) return;
    }
    this.mark();
    await this.difference(isStill);
  },

  // The same where the line has no such form: each entry is moved a little while all else is given, and the line is computed again.
  async feel(name, i, isStill) {
    const names = this.operands(name), list = [], places = [];
    const base = {};
    for (const n of names) base[n] = this.given[n] || this.found[n];
    const h = 1e-3;
    for (const n of names) {
      for (let j = 0; j < base[n].data.length; j++) {
        for (const sign of [1, -1]) {
          const data = base[n].data.slice();
          data[j] += sign * h;
          list.push({ ...base, [n]: { ...base[n], data } });
        }
        places.push({ name: n, j });
      }
    }
    const { data } = list.length <= 400 ? await library.send("variants", [list, name]) : { data: [] };
    if (!isStill()) return;
    this.parts = places.map((p, k) => {
      const up = data[2 * k]?.data[i], down = data[2 * k + 1]?.data[i];
      return { ...p, slope: up == null || down == null ? 0 : (up - down) / (2 * h) };
    }).filter((p) => Math.abs(p.slope) > 1e-9);
  },

  mark() {
    document.querySelectorAll("#numbers button").forEach((b) => b.classList.remove("part", "chosen"));
    if (!this.chosen) return;
    this.button(this.chosen.name, this.chosen.i)?.classList.add("chosen");
    for (const p of this.parts || []) this.button(p.name, p.j)?.classList.add("part");
  },

  // The gradient of a number that is given, beside (J(w + h) - J(w - h)) / 2h.
  async difference(isStill) {
    const { name, i } = this.chosen, said = [];
    const line = state.facts.forward.find((s) => s.name === name) || state.facts.gradients.find((g) => g.name === name);
    if (line) {
      this.write(line, i, this.sum);
      return;
    }
    const gradient = state.facts.gradients.find((g) => g.of === name), cost = state.facts.cost;
    if (this.given[name] && gradient && this.found[gradient.name]) {
      const h = 1e-4;
      const at = (x) => {
        const data = this.given[name].data.slice();
        data[i] = x;
        return { ...this.given, [name]: { ...this.given[name], data } };
      };
      const w = this.given[name].data[i];
      const { data: [up, down] } = await library.send("costs", [[at(w + h), at(w - h)], cost]);
      if (!isStill()) return;
      const m = gradient.differentiates === "loss" && state.convention === 0 ? this.size(state.facts.examples?.name) || 1 : 1;
      const slope = m * (up - down) / (2 * h);
      said.push(`${this.label(gradient.name, i)} = ${this.found[gradient.name].data[i].toPrecision(6)}; moving ${this.label(name, i)} by ±${h} changes ` +
        `${m > 1 ? `${m}·` : ""}${cost} at the rate ${slope.toPrecision(6)}`);
    }
    $("proof").textContent = said.join(". ");
  },

  // Where the chosen entry comes from: its line, the sum that it is term by term, and the same in numbers.
  write(line, i, sum) {
    const value = brief(this.found[line.name].data[i]), right = sum.slice(sum.indexOf(" = ") + 3);
    const at = (name, r, c) => {
      const x = this.given[name] || this.found[name];
      return x?.data[this.place(name, r, c)];
    };
    const tinted = escaped(right).replace(this.names, (all, name) => (at(name) === undefined ? all : `<b ${coloured(name)}>${all}</b>`));
    const inNumbers = right.replace(this.names, (all, name, r, c) => {
      const x = name === state.facts.examples?.name && !this.given[name] ? this.size(name) : at(name, Number(r), Number(c));
      return x === undefined ? all : x < 0 ? `(${brief(x)})` : brief(x);
    });
    $("proof").innerHTML = `<code class="of">${escaped(line.name)} = ${escaped(line.local ?? line.expression)}</code>` + (sum
      ? `<code class="sum">${escaped(sum.slice(0, sum.indexOf(" = ")))} = ${tinted}</code><code class="sum"> = ${escaped(inNumbers)}</code><code class="sum"> = ${value}</code>`
      : `<code class="sum">${this.label(line.name, i)} = ${value}</code>`);
  },

  start() {
    $("numbers").addEventListener("click", (e) => {
      const b = e.target.closest("button[data-name]");
      if (b) this.choose(b.dataset.name, Number(b.dataset.i));
    });
    $("numbers").addEventListener("mouseover", (e) => {
      const b = e.target.closest("button[data-name]");
      if (b && !this.drag && !this.isStill) this.look(b.dataset.name, Number(b.dataset.i));
    });
    // What was clicked comes back when the pointer has left the entries.
    $("numbers").addEventListener("mouseout", () => {
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => this.pinned && this.look(this.pinned.name, this.pinned.i), 150);
    });
    $("numbers").addEventListener("pointerdown", (e) => {
      const b = e.target.closest("button[data-given]"), name = b?.dataset.name, i = Number(b?.dataset.i);
      if (b) this.drag = { name, i, x: e.clientX, from: this.given[name].data[i] };
    });
    document.addEventListener("pointermove", (e) => {
      const b = this.isStill && !this.drag && (e.movementX || e.movementY) && e.target.closest("#numbers button[data-name]");
      if (b) this.look(b.dataset.name, Number(b.dataset.i));
      if (e.movementX || e.movementY) this.isStill = false;
      const steps = this.drag ? Math.round((e.clientX - this.drag.x) / 6) : 0;
      if (!this.drag || (!steps && !this.drag.moved)) return;
      if (!this.drag.moved) this.choose(this.drag.name, this.drag.i);
      this.drag.moved = true;
      this.change(Math.round((this.drag.from + steps / 10) * 1e6) / 1e6);
    });
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { this.drag = null; });
    $("numbers").addEventListener("keydown", (e) => {
      const b = e.target.closest("button[data-name]");
      if (!b) return;
      const name = b.dataset.name, i = Number(b.dataset.i), step = { ArrowUp: 0.5, ArrowDown: -0.5 }[e.key];
      if (step && this.given[name]) {
        this.choose(name, i);
        this.change(Math.round((this.given[name].data[i] + step) * 10) / 10);
        e.preventDefault();
      }
    });
    for (const id of ["value", "shown"]) $(id).addEventListener("input", (e) => this.change(e.target.valueAsNumber));
    $("shuffle").addEventListener("click", () => { this.draw++; this.refill(); });
    $("zeros").addEventListener("click", () => { if (!this.isTooLarge()) { this.fill(true); this.follow(); } });
    $("m").addEventListener("input", () => {
      try { this.m = numberIn("m"); } catch (error) { $("proof").textContent = error.message; return; }
      this.begin();
    });
  },

  begin() {
    this.chosen = this.pinned = null;
    this.parts = [];
    $("slider").hidden = true;
    $("proof").textContent = "";
    if (state.facts && state.tab === "numbers") this.refill();
  },
};
