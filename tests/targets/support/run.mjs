// run.mjs - runs a program of WebAssembly in Node: node run.mjs FILE.wasm
import { readFileSync } from 'node:fs';
const lines = [];
const env = {
  put_line: (at, length) => lines.push(Buffer.from(memory.buffer, at, length).toString('latin1')),
};
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { env });
const memory = instance.exports.memory;
const status = instance.exports.run();
process.stdout.write(lines.join('\n') + '\n');
process.exitCode = status;
