// Runs a program for wasm32-wasi: node run.mjs PROGRAM.wasm FOLDER WORD..; FOLDER is its current folder.
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [program, folder, ...words] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: ["commands", ...words], preopens: { ".": folder }, returnOnExit: true });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
