/**
 * Records what only a browser can show: `npm run corpus:browser`, or only some kinds with `npm run corpus:browser -- insecure-origin`.
 * In real time, on real sockets: another recording is another draw, so the journals are committed as they were recorded.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Command } from "commander";
import type { BrowserContext } from "playwright-core";
import { journalText } from "../../../src/journal-lines.ts";
import { launchChromium, launchPlainChromium } from "../../browser/chromium.ts";
import { browserFilesOf, type BrowserLabels } from "../files.ts";
import { browserKinds, type BrowserKind } from "./kinds.ts";
import { recordShift } from "./office.ts";

/** Shifts of each kind, at the same time. */
const shifts = [1, 2, 3];

/** Every `.example` is on this machine, and a page tells the address that it has. */
const ownFlags = [
  "--host-resolver-rules=MAP *.example 127.0.0.1",
  "--disable-features=LocalNetworkAccessChecks,WebRtcHideLocalIpsWithMdns",
];

const command = new Command("npm run corpus:browser --")
  .description("Records shifts in a real Chromium, in real time: no two recordings are the same.")
  .argument("[kinds...]", "only these; all where none is named")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse();
const unknown = command.args.filter((id) => !browserKinds.some((kind) => kind.id === id));
if (unknown.length > 0) command.error(`no such kind: ${unknown.join(", ")}; there are ${browserKinds.map(({ id }) => id).join(", ")}`);
const wanted = browserKinds.filter(({ id }) => command.args.length === 0 || command.args.includes(id));

if (command.args.length === 0) rmSync(browserFilesOf.journals, { recursive: true, force: true });
mkdirSync(browserFilesOf.journals, { recursive: true });
for (const kind of wanted) {
  const { newContext, close } = await browserOf(kind);
  try {
    const record = async (shift: number) => recordShift(kind, await newContext(), 1_000 * (1 + browserKinds.indexOf(kind)) + shift);
    // One profile holds one page that is left or frozen at a time.
    const journals = kind.isPlain ? [await record(1), await record(2), await record(3)] : await Promise.all(shifts.map(record));
    for (const [index, journal] of journals.entries())
      writeFileSync(browserFilesOf.journal(`${kind.id}-${shifts[index]}`), gzipSync(journalText(journal), { level: 9 }));
    console.log(`${kind.id}: ${journals.map(({ length }) => length).join(", ")} entries`);
  } finally {
    await close();
  }
}

const recorded = command.args.length === 0 ? {} : (JSON.parse(readFileSync(browserFilesOf.labels, "utf8")) as BrowserLabels);
const labels: BrowserLabels = Object.fromEntries(
  browserKinds.flatMap(({ id, truth }) =>
    shifts
      .map((shift) => `${id}-${shift}`)
      .filter((each) => each in recorded || wanted.some((kind) => kind.id === id))
      .map((each) => [each, { kind: id, truth }]),
  ),
);
writeFileSync(browserFilesOf.labels, `${JSON.stringify(labels, undefined, 2)}\n`);

async function browserOf({ isPlain, flags = [] }: BrowserKind): Promise<{ newContext(): Promise<BrowserContext>; close(): Promise<void> }> {
  if (!isPlain) {
    const browser = await launchChromium({ flags: [...ownFlags, ...flags] });
    return { newContext: () => browser.newContext(), close: () => browser.close() };
  }
  const { context, close } = await launchPlainChromium({ flags: [...ownFlags, ...flags] });
  return { newContext: async () => context, close };
}
