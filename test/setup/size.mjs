/** `npm run size`: what a browser downloads, as a bundler makes it from the built package: minified, brotli. */
import { build } from "esbuild";
import { brotliCompressSync } from "node:zlib";

const core = `export * from "./dist/src/index.js";`;
const sipjs = `export * from "./dist/adapters/sipjs/index.js";`;
const webrtc = `export * from "./dist/adapters/webrtc/index.js";`;

/** Budgets in kB of 1000 bytes; third-party code included. `later`: with what is loaded after the softphone is up. */
const budgets = [
  { name: "core: all that a call needs, eventemitter3 in it", entry: core, later: false, maxKb: 20, without: "node_modules/sip.js/" },
  { name: "core, SIP.js adapter and WebRTC, diagnosis and report", entry: core + sipjs + webrtc, later: true, maxKb: 75 },
];

for (const { name, entry, later, maxKb, without } of budgets) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: ".", sourcefile: "entry.js" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "out",
    write: false,
    metafile: true,
  });
  const chunks = loadedChunks(metafile.outputs, later);
  const kb =
    outputFiles
      .filter(({ path }) => chunks.some((chunk) => path.endsWith(chunk)))
      .reduce((sum, { contents }) => sum + brotliCompressSync(contents).length, 0) / 1000;
  const intruder = without && Object.keys(metafile.inputs).find((file) => file.includes(without));
  const passed = kb > 1 && kb <= maxKb && !intruder;
  console.log(`${name}: ${kb.toFixed(1)} kB of ${maxKb} kB${intruder ? `, but it contains ${intruder}` : ""}`);
  if (!passed) process.exitCode = 1;
}

/** The entry's chunk and all that it imports; what it imports dynamically only if `later`. */
function loadedChunks(outputs, later) {
  const found = new Set();
  const visit = (chunk) => {
    if (found.has(chunk)) return;
    found.add(chunk);
    for (const { path, kind, external } of outputs[chunk].imports) if (!external && (later || kind !== "dynamic-import")) visit(path);
  };
  visit(Object.keys(outputs).find((path) => outputs[path].entryPoint === "entry.js"));
  return [...found];
}
