import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, inject, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const consumer = inject("consumer");
const entries = Object.entries(manifest.exports).flatMap(([path, entry]) =>
  typeof entry === "string" ? [] : [{ name: path.replace(/^\./, manifest.name), entry }],
);

/** What a program prints; all of it in the error when it fails. */
function run(program: string, args: readonly string[], cwd = process.cwd()): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

describe("exports", () => {
  test.each(entries)("$name: every file derives from its source", ({ entry }) => {
    const source = entry["linekeeper-source"].replace(/\.ts$/, "");
    const built = source.replace("./", "./dist/");
    expect(entry).toEqual({
      "linekeeper-source": `${source}.ts`,
      import: { types: `${built}.d.ts`, default: `${built}.js` },
      require: { types: `${built}.d.cts`, default: `${built}.cjs` },
    });
  });

  test("publint finds nothing", async () => {
    const { messages, pkg } = await publint({ pkgDir: join(consumer, "node_modules/linekeeper"), pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test("attw: types resolve for import and require", () => {
    // `node16` leaves out TypeScript's oldest resolution, which knows no `exports` at all.
    const attw = "node_modules/@arethetypeswrong/cli/dist/index.js";
    run(process.execPath, [attw, inject("tarball"), "--profile", "node16", "--no-emoji"]);
  });
});

test("what is inside of others' is named in the notices, with its version", () => {
  const installed = join(consumer, "node_modules/linekeeper");
  const versions = new Map(Object.entries<string>(manifest.devDependencies));
  const vendor = join(installed, "dist/vendor");
  const names = readdirSync(vendor).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(vendor, name)).map((scoped) => `${name}/${scoped}`) : [name],
  );
  const inside = names.map((name) => `${name} ${versions.get(name)}`);
  const notices = readFileSync(join(installed, "THIRD-PARTY-NOTICES.md"), "utf8").toLowerCase();
  expect(Array.from(notices.matchAll(/^## (.*)/gm), ([, heading]) => heading).sort()).toEqual(inside.sort());
});

/** Our Node, and the one that npm itself was started with, which may be a user's older one. */
const nodes = [...new Set([process.execPath, process.env["npm_node_execpath"]])].flatMap((node) => {
  if (node === undefined) return [];
  return [{ node, version: run(node, ["--version"]).trim() }];
});

describe.each(nodes)("Node $version", ({ node }) => {
  const namesOf = (script: string): unknown => JSON.parse(run(node, ["--input-type=module", "--eval", script], consumer));

  test.each(entries)("$name can be imported and required, and gives the same", ({ name }) => {
    const print = "console.log(JSON.stringify(Object.keys(entry).filter((key) => key !== 'default' && key !== 'module.exports').sort()))";
    const imported = namesOf(`const entry = await import("${name}"); ${print}`);
    const required = namesOf(`const entry = (await import("node:module")).createRequire(process.cwd() + "/x.js")("${name}"); ${print}`);
    expect(imported).not.toEqual([]);
    expect(required).toEqual(imported);
  });
});

/** `[major, minor]` of a range that is nothing but a lower bound. */
function floorOf(range: string): readonly [number, number] {
  const [, major, minor = "0"] = /^>= ?(\d+)(?:\.(\d+))?(?:\.\d+)?$/.exec(range) ?? [];
  if (major === undefined) throw new Error(`${range} leaves out a Node that Linekeeper's own engines name`);
  return [Number(major), Number(minor)];
}

const [oldestMajor, oldestMinor] = floorOf(manifest.engines.node);

/** What a user's package manager brings with Linekeeper. */
function broughtBy(names: readonly string[]): readonly (readonly [name: string, engines: string])[] {
  return names.flatMap((name) => {
    const { engines, dependencies = {} } = JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
    return [[name, engines?.node ?? ">=0"] as const, ...broughtBy(Object.keys(dependencies))];
  });
}

test.each(broughtBy(Object.keys(manifest.dependencies)))("%s (%s) supports every Node that `engines` names", (_name, range) => {
  const [major, minor] = floorOf(range);
  expect(major < oldestMajor || (major === oldestMajor && minor <= oldestMinor)).toBe(true);
});

// opossum names only the Nodes that are maintained, but it is bundled, so no package manager asks it: here it is run, and counts.
describe.each(nodes)("what is bundled, on Node $version", ({ node }) => {
  test("opens a breaker, fails over, and starts SIP.js", () => {
    cpSync(join(import.meta.dirname, "app/main.js"), join(consumer, "in-node.js"));
    const script = 'await import("./in-node.js"); console.log(JSON.stringify(await globalThis.result))';
    // Node 20 has a WebSocket too, when asked.
    const printed = run(node, ["--experimental-websocket", "--input-type=module", "--eval", script], consumer);
    expect(JSON.parse(printed)).toEqual({ breakerOpened: "a", answeredBy: ["b", "b", "b"], violations: 0, sipJsOpened: false });
  });
});

test.each(nodes)("the linekeeper command runs on Node $version as it is installed", ({ node }) => {
  const command = join(consumer, "node_modules/linekeeper", manifest.bin.linekeeper);
  expect(run(node, [command, "--version"], consumer).trim()).toBe(manifest.version);
  writeFileSync(join(consumer, "journal.jsonl"), '{"seq":0,"atMs":0,"type":"call:refused","callId":"c1","because":"not-started"}\n');
  expect(run(node, [command, "explain", "journal.jsonl"], consumer)).toContain("CRM");
});

test.skipIf(process.platform === "win32")("it runs from the repository too, once built", () =>
  expect(run(join(process.cwd(), manifest.bin.linekeeper), ["--version"]).trim()).toBe(manifest.version),
);

/** A vendor's code: a call's audio has the type that its adapter gives, and who does not care need not name it. */
const vendor = `
import { createLinekeeper, noMedia, type Call, type Linekeeper, type LinekeeperConfig } from "linekeeper";
import { webrtc } from "linekeeper/webrtc";
declare const config: Omit<LinekeeperConfig, "media">;
const line = createLinekeeper({ ...config, media: webrtc() });
line.on("call:offered", ({ media }) => media.onRemoteTrack(() => {}));
export const connection: RTCPeerConnection | undefined = line.call("71234567").media.peerConnection;
export const whatever: readonly Linekeeper[] = [line, createLinekeeper({ ...config, media: noMedia() })];
export const call: Call = line.call("71234567");
`;

test.each(["nodenext", "bundler"])("declarations stand alone under %s: no third-party type, no Node type", (moduleResolution) => {
  const file = `types-${moduleResolution}.ts`;
  // The two servers' entries speak of `ws` and `msw` on purpose.
  const browserEntries = entries.filter(({ name }) => !/\/(ws|msw)$/.test(name));
  writeFileSync(
    join(consumer, file),
    browserEntries.map(({ name }, index) => `export * as entry${index} from "${name}";\n`).join("") + vendor,
  );
  const options = [
    ["--module", moduleResolution === "nodenext" ? "nodenext" : "preserve"],
    ["--moduleResolution", moduleResolution],
    ["--lib", "es2023,dom"],
    ["--noEmit", "--strict", "--exactOptionalPropertyTypes"],
    ["--skipLibCheck", "false"],
  ].flat();
  const tsc = join(process.cwd(), "node_modules/typescript-7/bin/tsc");
  run(process.execPath, [tsc, ...options, file], consumer);
});
