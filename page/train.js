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
        flower: () => {  // the planar data of the deep-learning course: eight petals, four of each class
          const a = 3.12 * (k + t) + 0.2 * noise() / 0.35, r = 2.2 * Math.sin(4 * a) + 0.11 * noise() / 0.35;
          return [r * Math.sin(a), r * Math.cos(a)];
        },
        line: () => { const x = 4 * next() - 2, y = 4 * next() - 2; return [x, y, x + 0.5 * y + noise() > 0 ? 1 : 0]; },
      }[kind]());
      if (points[i].length < 3) points[i].push(k);
    }
    return { names: ["x1", "x2"], rows: points };
  },

  // The fields of each line of a CSV, with the line's number; commas, semicolons or tabs between them, quotes around them or not.
  fields(text) {
    if (/[\0-\x08]/.test(text)) throw new Error("this file is no text: a CSV file fits, features and then the class");
    const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/).map((line, i) => ({ line, number: i + 1 })).filter((l) => l.line.trim());
    if (!lines.length) throw new Error("there is nothing in this file: a CSV file fits, features and then the class");
    const sign = [";", "\t", ","].find((s) => lines[0].line.includes(s)) || ",", field = new RegExp(`(?:^|${sign})(?:\\s*"((?:[^"]|"")*)"\\s*|([^${sign}]*))`, "g");
    return lines.map(({ line, number }) => ({
      number,
      fields: [...line.matchAll(field)].map(([, quoted, bare]) => (quoted !== undefined ? quoted.replaceAll('""', '"') : bare).trim())
        .map((f) => (sign !== "," && /^[-+]?\d*,\d+$/.test(f) ? f.replace(",", ".") : f)),
    }));
  },

  // A CSV of numbers whose last column is the class; a first line of names is allowed.
  read(text) {
    const isNumber = (f) => f !== "" && Number.isFinite(Number(f));
    const lines = this.fields(text);
    let names = lines[0].fields.map((_, i) => `x${i + 1}`);
    if (lines.length > 1 ? lines[0].fields.slice(0, -1).some((f) => Number.isNaN(Number(f)) || f === "") : !lines[0].fields.every(isNumber)) names = lines.shift().fields;
    if (!lines.length) throw new Error("there are no examples in this file, only the names of its columns");
    if (names.length < 2) throw new Error("there is one column in this file: features are needed, and the class in the last column");
    const said = lines.map((l) => l.fields[l.fields.length - 1]);
    const classes = [...new Set(said)].sort((a, b) => (isNumber(a) && isNumber(b) ? a - b : a > b ? 1 : a < b ? -1 : 0));
    const rows = lines.map(({ number, fields }) => {
      if (fields.length !== names.length) throw new Error(`line ${number} has ${fields.length} fields, and there are ${names.length} columns`);
      const bad = fields.findIndex((f, i) => (i < fields.length - 1 ? !isNumber(f) : f === ""));
      if (bad >= 0) throw new Error(`line ${number}, column ${names[bad]}: ${fields[bad] === "" ? "nothing stands there" : `${fields[bad]} is no number that can be computed with`}`);
      return [...fields.slice(0, -1).map(Number), classes.indexOf(fields[fields.length - 1])];
    });
    this.scale(rows);
    return { names: names.slice(0, -1), rows, classes, values: classes.every(isNumber) ? said.map(Number) : null,
      about: `${rows.length.toLocaleString("en")} examples of ${names.length - 1} features, ${classes.length} different values of ${names[names.length - 1]}. Each feature was shifted and scaled: mean 0, deviation 1.` };
  },

  // Each feature around 0 and about 1 in size.
  scale(rows) {
    for (let c = 0; c + 1 < rows[0].length; c++) {
      const mean = rows.reduce((s, r) => s + r[c] / rows.length, 0), deviation = Math.sqrt(rows.reduce((s, r) => s + (r[c] - mean) ** 2 / rows.length, 0));
      for (const r of rows) r[c] = (r[c] - mean) / (deviation || 1);
    }
  },

  // Handwritten digits of 8 x 8 pixels, each pixel a letter from a to q.
  digits() {
    const rows = $("digits").textContent.trim().split("\n").map((line) => [...line.slice(1)].map((c) => (c.charCodeAt(0) - 97) / 16).concat(Number(line[0])));
    return { rows, classes: [..."0123456789"], isImages: true, about: `${rows.length} handwritten digits of 8 × 8 pixels, each between 0 and 1: a model with several classes learns them.` };
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
    const { values } = this.points, exact = values && (classes > 2 || values.every((x) => x === 0 || x === 1));
    if (label.onehot && outs !== classes) throw new Error(`the data has ${classes} classes and the model ${outs}`);
    if (outs === 1 && !label.onehot && this.points.isImages) throw new Error("there are ten digits, and this model's output is one number: start from softmax");
    const fill = (count, value) => {
      const data = new Array(n * count);
      for (let t = 0; t < n; t++) for (let i = 0; i < count; i++) data[across ? i * n + t : t * count + i] = value(rows[t], i, t);
      return { rows: across ? count : n, cols: across ? n : count, data };
    };
    this.input = input.name;
    this.features = features;
    return {
      [input.name]: fill(features, (r, i) => r[i]),
      [label.name]: fill(outs, (r, i, t) => (outs === 1 && !label.onehot ? (exact ? values[t] : r[features]) : Number(r[features] === i))),
    };
  },

  say(text) { $("training").textContent = text; },

  async begin() {
    this.pause();
    this.ready = false;
    this.costs = [];
    $("lessons").innerHTML = $("about").textContent = $("layers").innerHTML = $("inside").innerHTML = "";
    this.curve();
    if (!state.facts || state.tab !== "train") return;
    try {
      const [rate, batch, seed] = ["rate", "batch", "seed"].map(numberIn);
      if ($("data").value === "digits") this.points = this.digits();
      else if ($("data").value !== "own") this.points = this.make($("data").value, 300, seed + 1);
      if (!this.points) { this.say("Choose a CSV file: features, then the class. It stays on this machine."); return; }
      $("about").textContent = this.points.about || "";
      const numbers = this.arrays();
      this.sample = this.some(numbers);
      const done = await library.send("at", [numbers, "page_train", $("optimizer").value, rate, batch, seed, 0]);
      if (done.stale) return;
      if (done.status) throw new Error(this.refused(done.text));
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

  // Why a training does not begin; of labels that do not fit, the usual reason first.
  refused(text) {
    const said = messages(text).map((m) => m.text).join("; "), n = this.points.classes?.length;
    return n > 2 && said.includes("with such a label") ? `the last column has ${n} different values, and this model tells two classes apart: start from softmax for classes, or write a squared error for numbers (${said})` : said;
  },

  // A few of the examples, to look inside with.
  some(numbers) {
    const across = state.facts.examples.axis === 1, most = this.features > 10 ? 40 : 100, taken = {};
    for (const [name, x] of Object.entries(numbers)) {
      const n = Math.min(most, across ? x.cols : x.rows);
      taken[name] = across ? { rows: x.rows, cols: n, data: x.data.filter((_, i) => i % x.cols < n) } : { rows: n, cols: x.cols, data: x.data.slice(0, n * x.cols) };
    }
    return taken;
  },

  async epochs(count) {
    if (!this.ready || this.busy) return;
    this.busy = true;
    const done = await library.ask("page_train_epochs", count);
    if (done.stale) { this.busy = false; return; }
    if (done.status) {
      this.pause();
      this.ready = false;
      this.say(messages(done.text).map((m) => m.text).join("; ") || "The training has ended.");
    } else {
      const now = JSON.parse(done.text);
      this.costs.push([now.epoch, now.cost]);
      this.say(`epoch ${now.epoch}, cost ${brief(now.cost)}${now.name ? `, ${now.name} ${(100 * now.metric).toFixed(1)} %` : ""}`);
      for (const m of now.messages) {
        const item = document.createElement("li");
        item.textContent = forThePage([m.text, m.suggestion].filter(Boolean).join(": "));
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
      const speed = $("speed").value;
      await this.epochs(speed === "fast" ? this.many || 1 : 1);
      const took = performance.now() - began;
      this.many = Math.max(1, Math.min(200, Math.round((this.many || 1) * (took < 40 ? 1.5 : took > 90 ? 0.6 : 1))));
      if (this.timer) this.timer = setTimeout(tick, speed === "slow" ? 500 : 16);
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
    const now = await library.ask("page_train_state", 0), points = this.points;
    if (!now.status) {
      const gradients = first ? null : JSON.parse((await library.ask("page_train_state", 1)).text);
      $("layers").innerHTML = Object.entries(JSON.parse(now.text)).map(([name, x]) => this.heat(name, x, gradients?.["d" + name])).join("");
    }
    if (!now.status) await this.lookInside(JSON.parse(now.text));
    if (points !== this.points) return;
    $("regions-said").textContent = this.points.isImages ? "what the network says of each image; a frame: it is wrong" : this.features === 2 ? "what the network says for each point" : "a picture of the plane needs two features";
    $("regions").getContext("2d").clearRect(0, 0, 320, 320);
    if (this.points.isImages) await this.images();
    else if (this.features === 2) await this.regions();
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

  // What the layers hold, and what comes back to them: a histogram of each value on the way to the output, and of its gradient.
  async lookInside(parameters) {
    const done = await library.send("at", [{ ...this.sample, ...parameters }, "page_grad", state.convention]);
    if (done.status) { $("inside").innerHTML = ""; return; }
    const { values } = JSON.parse(done.text), { forward, predict, gradients, examples } = state.facts;
    const last = forward.findIndex((s) => s.name === predict[0]), rows = forward.slice(0, last + 1).filter((s) => values[s.name] && s.shape.includes(examples.name));
    $("inside").innerHTML = rows.map((s) => {
      const g = gradients.find((x) => x.of === s.name);
      return `<div class="pair" ${coloured(s.name)}>${this.histogram(s.name, values[s.name].data)}${g && values[g.name] ? this.histogram(g.name, values[g.name].data) : ""}</div>`;
    }).join("");
  },

  histogram(name, data) {
    const finite = data.filter((x) => x !== null), bins = new Array(24).fill(0);
    if (!finite.length) return "";
    let low = finite.reduce((a, x) => Math.min(a, x)), high = finite.reduce((a, x) => Math.max(a, x));
    const said = `from ${brief(low)} to ${brief(high)}`, zeros = finite.filter((x) => x === 0).length;
    if (low === high) { low -= 1; high += 1; }
    for (const x of finite) bins[Math.min(23, Math.floor(24 * (x - low) / (high - low)))]++;
    const most = Math.max(...bins), none = low < 0 && high > 0 ? `<path class="zero" d="M${(120 * -low / (high - low)).toFixed(1)} 0V40"/>` : "";
    return `<figure><figcaption><b>${escaped(name)}</b> ${said}${zeros > finite.length / 10 ? `, ${Math.round(100 * zeros / finite.length)} % are 0` : ""}</figcaption>` +
      `<svg viewBox="0 0 120 40" role="img" aria-label="histogram of ${escaped(name)}, ${said}">${none}<path d="${bins.map((n, i) => `M${5 * i} 40v${(-38 * n / most).toFixed(1)}h4.4V40z`).join("")}"/></svg></figure>`;
  },

  // The first images, each with the digit that the network takes it for.
  async images() {
    const { rows } = this.points, n = Math.min(64, rows.length), across = state.facts.examples.axis === 1, d = this.features, data = new Float64Array(n * d);
    for (let t = 0; t < n; t++) for (let i = 0; i < d; i++) data[across ? i * n + t : t * d + i] = rows[t][i];
    const done = await library.send("values", [state.facts.predict[0], this.input, across ? d : n, across ? n : d, data, 20 * n]);
    if (done.status || done.stale) return;
    const shape = JSON.parse(done.text), outs = across ? shape.rows : shape.cols, at = (t, k) => done.data[across ? k * n + t : t * outs + k];
    const context = $("regions").getContext("2d"), style = getComputedStyle(document.documentElement);
    let right = 0;
    for (let t = 0; t < n; t++) {
      const x = 40 * (t % 8), y = 40 * Math.floor(t / 8);
      let kind = 0;
      for (let k = 1; k < outs; k++) if (at(t, k) > at(t, kind)) kind = k;
      context.fillStyle = style.getPropertyValue("--ink");
      for (let i = 0; i < d; i++) {
        context.globalAlpha = rows[t][i];
        context.fillRect(x + 2 + 3 * (i % 8), y + 8 + 3 * Math.floor(i / 8), 3, 3);
      }
      context.globalAlpha = 1;
      right += kind === rows[t][d];
      context.strokeStyle = context.fillStyle = style.getPropertyValue(kind === rows[t][d] ? "--soft" : "--mark");
      context.font = `${kind === rows[t][d] ? "" : "bold "}12px sans-serif`;
      context.fillText(kind, x + 29, y + 24);
      if (kind !== rows[t][d]) context.strokeRect(x + 0.5, y + 4.5, 38, 31);
    }
    $("regions").setAttribute("aria-label", `${right} of ${n} images are read rightly`);
  },

  async regions() {
    if (!this.points) return;
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
    $("rate").addEventListener("change", async () => {
      if (!this.ready) { this.begin(); return; }
      try {
        const done = await library.ask("page_train_rate", numberIn("rate"));
        if (done.status) this.say(messages(done.text).map((m) => m.text).join("; "));
      } catch (error) { this.say(error.message); }
    });
    $("data").addEventListener("change", () => {
      $("file").hidden = $("data").value !== "own";
      this.points = null;
      this.begin();
    });
    const take = async (file) => {
      this.pause();
      let points = null;
      try { points = this.read(await file.text()); } catch (error) { this.ready = false; this.points = null; this.say(`${file.name}: ${error.message}`); return; }
      this.points = points;
      $("data").value = "own";
      $("file").hidden = false;
      this.begin();
    };
    $("file").addEventListener("change", (e) => e.target.files[0] && take(e.target.files[0]));
    $("train").addEventListener("dragover", (e) => e.preventDefault());
    $("train").addEventListener("drop", (e) => { e.preventDefault(); if (e.dataTransfer.files[0]) take(e.dataTransfer.files[0]); });
  },
};
