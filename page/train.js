// Training with pictures: data of one's own or made here from a seed, what the network says for each point of the plane, the cost, and
// the parameters with their gradients.
"use strict";
const training = {
  timer: 0, points: null, costs: [], ready: false,

  // Two features and a class for each of n points.
  make(kind, n, seed) {
    const next = random(seed), noise = () => (next() + next() + next() - 1.5) * 0.35;
    const points = [];
    for (let i = 0; i < n; i++) {
      const k = i % 2, t = next();
      points.push({
        circles: () => { const a = 2 * Math.PI * t, r = k ? 1.7 : 0.6; return [r * Math.cos(a) + noise(), r * Math.sin(a) + noise()]; },
        moons: () => { const a = Math.PI * t; return k ? [1 - Math.cos(a) - 0.5 + noise(), 0.3 - Math.sin(a) + noise()] : [Math.cos(a) - 0.5 + noise(), Math.sin(a) - 0.3 + noise()]; },
        xor: () => { const x = 4 * next() - 2, y = 4 * next() - 2; return [x, y, x * y > 0 ? 1 : 0]; },
        spirals: () => { const r = 0.2 + 1.8 * t, a = 3.5 * r + Math.PI * k; return [r * Math.cos(a) + 0.3 * noise(), r * Math.sin(a) + 0.3 * noise()]; },
        line: () => { const x = 4 * next() - 2, y = 4 * next() - 2; return [x, y, x + 0.5 * y + noise() > 0 ? 1 : 0]; },
      }[kind]());
      if (points[i].length < 3) points[i].push(k);
    }
    return { names: ["x1", "x2"], rows: points };
  },

  // A CSV of numbers whose last column is the class; a first line of names is allowed.
  read(text) {
    const lines = text.split(/\r?\n/).filter((l) => l.trim()).map((l) => l.split(/[,;\t]/).map((f) => f.trim()));
    let names = lines[0].map((_, i) => `x${i + 1}`);
    if (lines[0].some((f) => f === "" || Number.isNaN(Number(f)))) names = lines.shift();
    const classes = [...new Set(lines.map((l) => l[l.length - 1]))].sort((a, b) => (a > b ? 1 : a < b ? -1 : 0));
    const rows = lines.map((l, i) => {
      if (l.length !== names.length) throw new Error(`line ${i + 1} has ${l.length} fields, and there are ${names.length} columns`);
      const x = l.slice(0, -1).map(Number);
      if (x.some(Number.isNaN)) throw new Error(`line ${i + 1} has something that is no number: ${l.find((f) => Number.isNaN(Number(f)))}`);
      return [...x, classes.indexOf(l[l.length - 1])];
    });
    if (!rows.length) throw new Error("there are no examples in this file");
    return { names: names.slice(0, -1), rows, classes };
  },

  // The points as the model's input and label.
  arrays() {
    const facts = state.facts, input = facts.variables.find((v) => v.kind === "input"), label = facts.variables.find((v) => v.kind === "label");
    if (!input || !label || !facts.examples || facts.variables.filter((v) => v.kind === "input").length > 1) {
      throw new Error("a model with one input, one label and a dimension of examples can be trained here");
    }
    const { rows } = this.points, n = rows.length, features = rows[0].length - 1, across = facts.examples.axis === 1;
    const classes = Math.max(2, ...rows.map((r) => r[features] + 1));
    const known = (d) => (typeof d === "number" ? d : facts.sizes.find((s) => s.name === d)?.value);
    const wanted = known(input.shape[across ? 0 : 1]);
    if (wanted && wanted !== features) throw new Error(`the data has ${features} features and the model wants ${wanted}`);
    const outs = known(label.shape[across ? 0 : 1]) ?? (label.onehot ? classes : 1);
    const fill = (count, value) => {
      const data = new Array(n * count);
      for (let t = 0; t < n; t++) for (let i = 0; i < count; i++) data[across ? i * n + t : t * count + i] = value(rows[t], i);
      return { rows: across ? count : n, cols: across ? n : count, data };
    };
    this.input = input.name;
    this.features = features;
    return {
      [input.name]: fill(features, (r, i) => r[i]),
      [label.name]: fill(outs, (r, i) => (outs === 1 ? r[features] : Number(r[features] === i))),
    };
  },

  say(text) { $("training").textContent = text; },

  async begin() {
    this.pause();
    this.ready = false;
    this.costs = [];
    $("lessons").innerHTML = "";
    if (!state.facts || state.tab !== "train") return;
    try {
      if ($("data").value !== "own") this.points = this.make($("data").value, 300, Number($("seed").value) + 1);
      if (!this.points) { this.say("Choose a CSV file: features, then the class. It stays on this machine."); return; }
      const numbers = this.arrays();
      const done = await library.send("at", [numbers, "page_train", $("optimizer").value, Number($("rate").value), Number($("batch").value),
        Number($("seed").value), 0]);
      if (done.status) throw new Error(messages(done.text).map((m) => m.text).join("; "));
      this.ready = true;
      if ($("from-zeros").checked) {
        const now = await library.ask("page_train_state", 0), zero = JSON.parse(now.text);
        for (const x of Object.values(zero)) x.data = x.data.map(() => 0);
        await library.send("at", [zero, "page_train_set"]);
      }
      await this.draw(true);
      this.say("Ready.");
    } catch (error) {
      this.say(error.message);
    }
  },

  async epochs(count) {
    if (!this.ready || this.busy) return;
    this.busy = true;
    const done = await library.ask("page_train_epochs", count);
    if (done.stale) { this.busy = false; return; }
    if (done.status) {
      this.pause();
      this.say(messages(done.text).map((m) => m.text).join("; ") || "The training has ended.");
    } else {
      const now = JSON.parse(done.text);
      this.costs.push([now.epoch, now.cost]);
      this.say(`epoch ${now.epoch}, cost ${brief(now.cost)}${now.name ? `, ${now.name} ${(100 * now.metric).toFixed(1)} %` : ""}`);
      for (const m of now.messages) {
        const item = document.createElement("li");
        item.textContent = [m.text, m.suggestion].filter(Boolean).join(" ");
        $("lessons").append(item);
      }
      await this.draw(false);
    }
    this.busy = false;
  },

  play() {
    $("play").textContent = "pause";
    $("play").setAttribute("aria-pressed", "true");
    const tick = async () => {
      if (!this.timer) return;
      const began = performance.now();
      await this.epochs(this.many || 1);
      const took = performance.now() - began;
      this.many = Math.max(1, Math.min(200, Math.round((this.many || 1) * (took < 40 ? 1.5 : took > 90 ? 0.6 : 1))));
      if (this.timer) this.timer = setTimeout(tick, 16);
    };
    this.timer = setTimeout(tick, 0);
  },

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    $("play").textContent = "play";
    $("play").setAttribute("aria-pressed", "false");
  },

  async draw(first) {
    const now = await library.ask("page_train_state", 0);
    if (!now.status) {
      const gradients = first ? null : JSON.parse((await library.ask("page_train_state", 1)).text);
      $("layers").innerHTML = Object.entries(JSON.parse(now.text)).map(([name, x]) => this.heat(name, x, gradients?.["d" + name])).join("");
    }
    if (this.features === 2) await this.regions();
    this.curve();
  },

  // A parameter as squares: how large each entry is by how much ink, its sign by the side of the scale, said in its title.
  heat(name, x, gradient) {
    const cols = x.cols || 1, most = Math.max(1e-9, ...x.data.map(Math.abs)), steep = gradient ? Math.max(1e-12, ...gradient.data.map(Math.abs)) : 0;
    const small = x.data.length > 400 ? x.data.slice(0, 400) : x.data;
    const cells = small.map((v, i) => `<i class="${v < 0 ? "minus" : "plus"}" style="--ink:${(Math.abs(v) / most).toFixed(2)}` +
      `${gradient ? `;--edge:${(Math.abs(gradient.data[i]) / steep).toFixed(2)}` : ""}" title="${escaped(name)}[${Math.floor(i / cols) + 1}, ${(i % cols) + 1}] = ${brief(v)}` +
      `${gradient ? `, d${escaped(name)} = ${brief(gradient.data[i])}` : ""}"></i>`);
    return `<figure class="matrix heat" ${coloured(name)}><figcaption>${escaped(name)}</figcaption><div style="--cols:${Math.min(cols, 40)}">${cells.join("")}</div></figure>`;
  },

  async regions() {
    const canvas = $("regions"), n = 64, r = 2.6, rows = this.points.rows;
    const most = Math.max(r, ...rows.map((p) => 1.1 * Math.max(Math.abs(p[0]), Math.abs(p[1]))));
    const across = state.facts.examples.axis === 1, grid = new Float64Array(2 * n * n);
    for (let j = 0; j < n * n; j++) {
      const x = most * (2 * ((j % n) + 0.5) / n - 1), y = most * (1 - 2 * (Math.floor(j / n) + 0.5) / n);
      if (across) { grid[j] = x; grid[n * n + j] = y; } else { grid[2 * j] = x; grid[2 * j + 1] = y; }
    }
    const output = state.facts.predict[0];
    const done = await library.send("values", [output, this.input, across ? 2 : n * n, across ? n * n : 2, grid, 20 * n * n]);
    if (done.status || done.stale) return;
    const shape = JSON.parse(done.text), outs = across ? shape.rows : shape.cols;
    const context = canvas.getContext("2d"), image = context.createImageData(n, n), at = (j, k) => done.data[across ? k * n * n + j : j * outs + k];
    const style = getComputedStyle(document.documentElement), two = [style.getPropertyValue("--cold"), style.getPropertyValue("--warm")].map((c) => c.trim().split(" ").map(Number));
    for (let j = 0; j < n * n; j++) {
      let kind = 1, sure = at(j, 0);
      if (outs > 1) for (let k = (kind = 0) + 1; k < outs; k++) if (at(j, k) > at(j, kind)) kind = k;
      if (outs > 1) sure = kind === 0 ? 1 - at(j, 0) : at(j, kind);
      const mix = Math.max(0, Math.min(1, sure));
      for (let c = 0; c < 3; c++) image.data[4 * j + c] = two[0][c] * (1 - mix) + two[1][c] * mix;
      image.data[4 * j + 3] = 255;
    }
    const small = new OffscreenCanvas(n, n);
    small.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    for (const p of rows.slice(0, 600)) {
      const x = (p[0] / most + 1) / 2 * canvas.width, y = (1 - p[1] / most) / 2 * canvas.height;
      context.beginPath();
      // A class is a sign of its own: circles and crosses need no colours.
      if (p[2] === 0) context.arc(x, y, 3, 0, 7);
      else { context.moveTo(x - 3, y - 3); context.lineTo(x + 3, y + 3); context.moveTo(x - 3, y + 3); context.lineTo(x + 3, y - 3); }
      context.strokeStyle = style.getPropertyValue("--ink");
      context.lineWidth = 1.3;
      context.stroke();
    }
  },

  curve() {
    const canvas = $("costs"), context = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!this.costs.length) return;
    const finite = this.costs.filter(([, c]) => Number.isFinite(c)), top = Math.max(...finite.map(([, c]) => c)), last = this.costs[this.costs.length - 1][0];
    context.strokeStyle = style.getPropertyValue("--rule");
    context.fillStyle = style.getPropertyValue("--soft");
    context.font = "12px sans-serif";
    for (let k = 0; k <= 4; k++) {
      const y = canvas.height - 24 - (canvas.height - 40) * k / 4;
      context.beginPath();
      context.moveTo(42, y);
      context.lineTo(canvas.width, y);
      context.stroke();
      context.fillText(brief(top * k / 4), 2, y + 4);
    }
    context.fillText(`epoch ${last}`, canvas.width - 80, canvas.height - 6);
    context.strokeStyle = style.getPropertyValue("--mark");
    context.lineWidth = 2;
    context.beginPath();
    for (const [epoch, cost] of finite) context.lineTo(42 + (canvas.width - 48) * epoch / Math.max(last, 1), canvas.height - 24 - (canvas.height - 40) * cost / Math.max(top, 1e-12));
    context.stroke();
    canvas.setAttribute("aria-label", `the cost over ${last} epochs, now ${brief(finite[finite.length - 1]?.[1] ?? NaN)}`);
  },

  start() {
    $("play").addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    $("step").addEventListener("click", () => { this.pause(); this.epochs(1); });
    $("again").addEventListener("click", () => this.begin());
    for (const id of ["optimizer", "batch", "seed", "from-zeros"]) $(id).addEventListener("change", () => this.begin());
    $("rate").addEventListener("change", () => this.ready && library.ask("page_train_rate", Number($("rate").value)));
    $("data").addEventListener("change", () => {
      $("file").hidden = $("data").value !== "own";
      this.points = null;
      this.begin();
    });
    const take = async (file) => {
      try { this.points = this.read(await file.text()); } catch (error) { this.points = null; this.say(error.message); return; }
      $("data").value = "own";
      $("file").hidden = false;
      this.begin();
    };
    $("file").addEventListener("change", (e) => e.target.files[0] && take(e.target.files[0]));
    $("train").addEventListener("dragover", (e) => e.preventDefault());
    $("train").addEventListener("drop", (e) => { e.preventDefault(); if (e.dataTransfer.files[0]) take(e.dataTransfer.files[0]); });
  },
};
