// The library, in a thread of its own: requests come as {id, name, args}, answers go as {id, status, text, data}.
// A text argument is a string, numbers are numbers; matrices go through `numbers`.
"use strict";
let wasm, opened;

// What the C library asks of a platform: there are no files and no clock but this one.
const platform = new Proxy({}, {
  get: (_, name) => ({
    clock_time_get: (id, precision, at) => {
      new DataView(wasm.memory.buffer).setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    random_get: (at, n) => {
      crypto.getRandomValues(new Uint8Array(wasm.memory.buffer, at, n));
      return 0;
    },
    environ_sizes_get: (count, size) => {
      const view = new DataView(wasm.memory.buffer);
      view.setUint32(count, 0, true);
      view.setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
    proc_exit: (code) => { throw new Error(`the library ended with ${code}`); },
  })[name] || (() => 8), // no such file
});

async function open(packed) {
  const raw = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const unpacked = new Response(new Blob([raw]).stream().pipeThrough(new DecompressionStream("gzip")));
  const { instance } = await WebAssembly.instantiate(await unpacked.arrayBuffer(), { wasi_snapshot_preview1: platform });
  wasm = instance.exports;
  wasm._initialize();
  if (wasm.page_open()) throw new Error("there is not enough memory");
}

function text(at) {
  const bytes = new Uint8Array(wasm.memory.buffer);
  return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
}

// Calls with texts copied into the library's memory for as long as the call takes.
function call(name, args) {
  const lent = [];
  const given = args.map((x) => {
    if (typeof x === "number") return x;
    const bytes = x instanceof Float64Array ? new Uint8Array(x.buffer, x.byteOffset, x.byteLength) : new TextEncoder().encode(x + "\0");
    const at = wasm.page_memory(bytes.length || 1);
    if (!at) throw new Error("there is not enough memory");
    new Uint8Array(wasm.memory.buffer).set(bytes, at);
    lent.push(at);
    return at;
  });
  try {
    return wasm[name](...given);
  } finally {
    lent.forEach((at) => wasm.page_release(at));
  }
}

function set(numbers) {
  call("page_numbers_clear", []);
  for (const [name, x] of Object.entries(numbers)) {
    call("page_number", [name, x.rows, x.cols, Float64Array.from(x.data, (v) => v ?? NaN)]);
  }
}

const requests = {
  plain(name, ...args) {
    return { status: call(name, args), text: text(wasm.page_reply()) };
  },
  // The same at numbers: of values and gradients, or of explanations that show them.
  at(numbers, name, ...args) {
    set(numbers);
    return this.plain(name, ...args);
  },
  // Many points at once: the cost at each of these numbers, for differences.
  costs(list, cost) {
    return {
      status: 0,
      data: list.map((numbers) => {
        set(numbers);
        return call("page_grad", [0]) ? NaN : JSON.parse(text(wasm.page_reply())).values[cost].data[0];
      }),
    };
  },
  // What one variable is at many points, to see which entries it is made of.
  variants(list, name) {
    return {
      status: 0,
      data: list.map((numbers) => {
        set(numbers);
        return call("page_grad", [0]) ? null : JSON.parse(text(wasm.page_reply())).values[name] ?? null;
      }),
    };
  },
  // The output of the network in training at many examples.
  values(output, input, rows, cols, data, most) {
    const at = wasm.page_memory(most * 8);
    try {
      const status = call("page_train_values", [output, input, rows, cols, data, at, most]);
      const said = text(wasm.page_reply());
      if (status) return { status, text: said };
      const shape = JSON.parse(said);
      return { status, text: said, data: new Float64Array(wasm.memory.buffer, at, shape.rows * shape.cols).slice() };
    } finally {
      wasm.page_release(at);
    }
  },
  memory() {
    return { status: 0, data: wasm.memory.buffer.byteLength };
  },
};

self.onmessage = async ({ data: { id, kind, args } }) => {
  try {
    if (kind === "open") {
      opened = opened || open(args[0]);
      await opened;
      self.postMessage({ id, status: 0, text: text(wasm.page_version()) });
    } else {
      self.postMessage({ id, ...requests[kind](...args) });
    }
  } catch (error) {
    self.postMessage({ id, broken: String(error) });
  }
};
