/** A real Chromium for the tests, driven from Node. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { describe } from "vitest";
import { startProgram } from "../interop/program.ts";
import { findChromium } from "../setup/chromium.mjs";
import { until } from "./pages/audio.ts";

const path = findChromium();

/** Quiet, without a sandbox (we are root in a container), and with a microphone that beeps and never asks. */
const ownFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A page that a test makes up is on no network, and a carrier of its on this machine.
  "--disable-features=LocalNetworkAccessChecks",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];

interface LaunchOptions {
  /** What starts it, given its path and its arguments, where it is not started as it is. */
  readonly starter?: string;
  /** A WAV file that its microphone hears, round and round. */
  readonly microphone?: string;
  /** More of Chromium's own. */
  readonly flags?: readonly string[];
}

/** Starts the Chromium that test/setup found; whoever calls closes it. */
export function launchChromium({ starter, microphone, flags = [] }: LaunchOptions = {}): Promise<Browser> {
  if (path === undefined) throw new Error("no Chromium on this machine: put the test in chromiumOrSkip()");
  return chromium.launch({
    executablePath: starter ?? path,
    headless: true,
    args: [...ownFlags, ...flags, ...(microphone ? [`--use-file-for-fake-audio-capture=${microphone}`] : [])],
  });
}

interface PlainChromium {
  readonly context: BrowserContext;
  /** The renderer of this tab dies, and the agent loads the page again: Playwright gives up a page that has crashed, the browser does not. */
  crashAndReload(tab: Page): Promise<CrashedTab>;
  close(): Promise<void>;
}

/** The tab as it goes on. */
interface CrashedTab {
  run<T>(expression: string): Promise<T>;
  close(): void;
}

/**
 * The same as people have it: a page waits in the back/forward cache when it is left, and can be frozen, which Playwright's own start and
 * emulation of focus keep from happening. Its pages share one context.
 */
export async function launchPlainChromium({ flags: more = [] }: Pick<LaunchOptions, "flags"> = {}): Promise<PlainChromium> {
  if (path === undefined) throw new Error("no Chromium on this machine: put the test in chromiumOrSkip()");
  const profile = mkdtempSync(join(tmpdir(), "linekeeper-chromium-"));
  const flags = [...ownFlags, "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`, ...more];
  const program = await startProgram(path, flags, profile);
  const addressOf = () => /DevTools listening on (ws:\S+)/.exec(program.complaints)?.[1];
  await until(() => addressOf() !== undefined, 30_000);
  const address = addressOf();
  if (address === undefined) throw new Error(`Chromium did not come up: ${program.complaints}`);
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error("Chromium has no context");
  return {
    context,
    async crashAndReload(tab) {
      const { targetInfo } = await (await context.newCDPSession(tab)).send("Target.getTargetInfo");
      const { ask, close } = await speakTo(new URL(`/devtools/page/${targetInfo.targetId}`, address));
      const crashed = tab.waitForEvent("crash");
      // Whoever dies of it answers nothing.
      void ask("Page.crash");
      await crashed;
      await ask("Page.reload");
      const run = async (expression: string) => {
        const told = await ask("Runtime.evaluate", { expression: `page.${expression}`, awaitPromise: true, returnByValue: true });
        return (told as { result: { value: unknown } }).result.value as never;
      };
      return { run, close };
    },
    async close() {
      await browser.close();
      await program.kill();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The Chrome DevTools Protocol, to one tab. */
async function speakTo(address: URL) {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    waiting.get(id ?? 0)?.(result);
  });
  let last = 0;
  const ask = (method: string, params = {}) =>
    new Promise<unknown>((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { ask, close: () => socket.close() };
}

/** A `describe` whose tests are skipped, with the reason in the name, where there is no Chromium. */
export function chromiumOrSkip(name: string, tests: () => void): void {
  const reason = process.env["LINEKEEPER_NO_CHROMIUM"] ?? "no Chromium found; npm test installs one where it can";
  describe.skipIf(path === undefined)(path === undefined ? `${name} (skipped: ${reason})` : name, tests);
}
