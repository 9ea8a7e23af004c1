// What all parts of the page share: the library behind its worker, the state, colours of variables.
"use strict";
const $ = (id) => document.getElementById(id);

const library = {
  waiting: new Map(), count: 0, newest: new Map(),
  start() {
    this.worker = new Worker(URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" })));
    this.worker.onmessage = ({ data }) => {
      const done = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (done) done(data.broken ? { status: 4, text: JSON.stringify([{ kind: "error", text: data.broken, suggestion: "" }]) } : data);
      if (data.broken) this.restart();
    };
    return this.send("open", [$("wasm").textContent.trim()]);
  },
  // A library that broke is begun anew, with the model that is on the page.
  restart() {
    this.worker.terminate();
    for (const done of this.waiting.values()) done({ status: 4, text: "[]", stale: true });
    this.waiting.clear();
    this.start().then(() => state.text && this.ask("page_model", "model", state.good || state.text));
  },
  send(kind, args) {
    return new Promise((done) => {
      const id = ++this.count;
      this.waiting.set(id, done);
      this.worker.postMessage({ id, kind, args });
    });
  },
  ask(name, ...args) { return this.send("plain", [name, ...args]); },
  // Of requests of one purpose the newest wins: answers to older ones are stale.
  async latest(purpose, work) {
    const turn = (this.newest.get(purpose) || 0) + 1;
    this.newest.set(purpose, turn);
    const isNewest = () => this.newest.get(purpose) === turn;
    return work(isNewest);
  },
};

const state = { text: "", good: "", facts: null, convention: 0, by: 0, numbers: false, name: "", tab: "derive" };

// A colour for each variable, the same for foo and dfoo everywhere on the page.
const hues = new Map();
function hue(name) {
  const own = state.facts?.variables.some((v) => v.name === name) ? name : name.replace(/^d(?=\w)/, "");
  if (!hues.has(own)) hues.set(own, (hues.size * 137.508 + 210) % 360);
  return hues.get(own);
}
const coloured = (name) => `style="--hue:${hue(name).toFixed(0)}"`;
const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

const messages = (text) => { try { return JSON.parse(text); } catch { return [{ kind: "error", text, suggestion: "" }]; } };

// Numbers as people write them, three digits.
function brief(x) {
  if (x === null || Number.isNaN(x)) return "nan";
  if (Number.isInteger(x) && Math.abs(x) < 1e4) return String(x);
  const size = Math.abs(x);
  return size >= 1e4 || size < 1e-3 ? x.toExponential(1).replace("e+", "e") : String(Number(x.toPrecision(3)));
}

// The number in a field if it fits what the field says of itself; else the field is marked and the error says what fits.
function numberIn(id) {
  const field = $(id), x = field.valueAsNumber, isWhole = field.step !== "any";
  const fits = x >= Number(field.min) && x <= Number(field.max) && (!isWhole || Number.isInteger(x));
  field.setAttribute("aria-invalid", String(!fits));
  if (fits) return x;
  throw new Error(`${field.labels[0].firstChild.textContent.trim()}: ${isWhole ? "a whole number" : "a number"} from ${field.min} to ${field.max} fits here`);
}

// What the library says to those at a terminal, said to those at the page.
const forThePage = (text) => text.replace(/; `dfoo explain [^`]*` says why/, "").replace(/(--\w[\w-]*)/g, (option) => option.slice(2).replaceAll("-", " "));

// Random numbers that are the same everywhere for a seed (mulberry32's constants are in the public domain).
function random(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// What a link carries: the state as JSON, deflated, in letters that a URL may have.
async function packed(value) {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}
