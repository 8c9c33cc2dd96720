/** `npm run size`: what a browser downloads, as a bundler makes it from the built package: minified, brotli. */
import { build } from "esbuild";
import { brotliCompressSync } from "node:zlib";

const core = `export * from "./dist/src/index.js";`;
const sipjs = `export * from "./dist/adapters/sipjs/index.js";`;
const webrtc = `export * from "./dist/adapters/webrtc/index.js";`;

/** Budgets in kB of 1000 bytes; third-party code included. */
const budgets = [
  { name: "core (eventemitter3, p-retry and opossum in it)", entry: core, maxKb: 20, without: "node_modules/sip.js/" },
  { name: "core, SIP.js adapter and WebRTC", entry: core + sipjs + webrtc, maxKb: 75 },
];

for (const { name, entry, maxKb, without } of budgets) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
  });
  const kb = brotliCompressSync(outputFiles[0].contents).length / 1000;
  const intruder = without && Object.keys(metafile.inputs).find((file) => file.includes(without));
  const passed = kb <= maxKb && !intruder;
  console.log(`${name}: ${kb.toFixed(1)} kB of ${maxKb} kB${intruder ? `, but it contains ${intruder}` : ""}`);
  if (!passed) process.exitCode = 1;
}
