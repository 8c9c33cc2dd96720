/**
 * A real Firefox for the tests, driven by WebDriver BiDi (W3C) from here: playwright-core asks it for more than its ESR knows
 * (`emulation.setMediaFeaturesOverride`).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, vi } from "vitest";
import { WebSocket } from "ws";
import { startProgram } from "../interop/program.ts";
import { findFirefox } from "../setup/firefox.mjs";
import { bundle, type OpenPage } from "./page.ts";

/** A microphone that hums and never asks, sound without a click, and calls within this machine. */
const preferencesOf = (microphoneHz: number) => ({
  "media.navigator.streams.fake": true,
  "media.navigator.audio.fake_frequency": microphoneHz,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
});

interface LaunchOptions {
  /** The network that it is in, by the command that runs another one inside, and a connection made inside; default: ours. */
  readonly network?: { readonly entrance: readonly string[]; tcp(address: string, port: number): Promise<Socket> };
  /** The address of a PulseAudio; without one it plays nothing. */
  readonly soundCard?: string;
  /** What its microphone hears. */
  readonly microphoneHz?: number;
}

/** A page of it: what a test can ask of it as of one in Chromium. */
export interface FirefoxPage extends Omit<OpenPage, "tab"> {
  /** It comes before the others. */
  show(): Promise<void>;
}

export interface Firefox {
  readonly version: string;
  /**
   * Opens `pages/<name>.ts` in a window of its own.
   * @param options `isHidden`: another tab of the window is before it.
   */
  open(name: string, options?: { readonly isHidden?: boolean }): Promise<FirefoxPage>;
  close(): Promise<void>;
}

/** Starts the one that test/setup found; whoever calls closes it. */
export async function launchFirefox({ network, soundCard, microphoneHz = 440 }: LaunchOptions = {}): Promise<Firefox> {
  const path = findFirefox();
  if (path === undefined) throw new Error("no Firefox on this machine: put the test in firefoxOrSkip()");
  const folder = mkdtempSync(join(tmpdir(), "linekeeper-firefox-"));
  const profile = join(folder, "profile");
  mkdirSync(profile);
  const lines = Object.entries(preferencesOf(microphoneHz)).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const program = await startProgram(
    "env",
    [
      `HOME=${folder}`,
      ...(soundCard ? [`PULSE_SERVER=${soundCard}`] : []),
      ...(network?.entrance ?? []),
      path,
      "--headless",
      "--no-remote",
      "--remote-debugging-port=0",
      "--profile",
      profile,
    ],
    folder,
  );
  const address = await vi.waitFor(
    () => {
      const [, found] = /WebDriver BiDi listening on (ws:\S+)/.exec(program.complaints) ?? [];
      if (found === undefined) throw new Error(`Firefox did not come up: ${program.complaints}`);
      return found;
    },
    { timeout: 60_000, interval: 50 },
  );
  const { hostname, port } = new URL(address);
  let pages = 0;
  const driver = await connect(`${address}/session`, await network?.tcp(hostname, Number(port)));
  const { capabilities } = await driver.ask<{ capabilities: { browserVersion: string } }>("session.new", { capabilities: {} });
  await driver.ask("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
  const urlPatterns = [{ type: "pattern", protocol: "http", hostname: "localhost" }];
  await driver.ask("network.addIntercept", { phases: ["beforeRequestSent"], urlPatterns });

  return {
    version: capabilities.browserVersion,
    async open(name, { isHidden = false } = {}) {
      const script = await bundle(name);
      // On localhost, which is secure without TLS; a name of its own, so that no two pages meet.
      const url = `http://localhost/${++pages}/`;
      driver.serve(url, script);
      const { context } = await driver.ask<{ context: string }>("browsingContext.create", { type: "window" });
      await driver.ask("browsingContext.navigate", { context, url, wait: "complete" });
      if (isHidden) await driver.ask("browsingContext.create", { type: "tab", referenceContext: context, background: false });
      return {
        errors: driver.errorsOf(context),
        async run(expression) {
          const evaluated = await driver.ask<Evaluated>("script.evaluate", {
            expression: `Promise.resolve(page.${expression}).then((value) => JSON.stringify(value ?? null))`,
            target: { context },
            awaitPromise: true,
            userActivation: true,
          });
          if (evaluated.type === "exception") throw new Error(evaluated.exceptionDetails.text);
          return JSON.parse(evaluated.result.value);
        },
        show: () => driver.ask("browsingContext.activate", { context }),
        reload: () => driver.ask("browsingContext.reload", { context, wait: "complete" }),
        close: () => driver.ask("browsingContext.close", { context }),
      };
    },
    async close() {
      driver.close();
      await program.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

/** `script.EvaluateResult`, of an expression that gives a text. */
type Evaluated =
  | { readonly type: "success"; readonly result: { readonly value: string } }
  | { readonly type: "exception"; readonly exceptionDetails: { readonly text: string } };

type Message =
  | { readonly type: "success"; readonly id: number; readonly result: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: string; readonly message: string }
  | { readonly type: "event"; readonly method: "log.entryAdded"; readonly params: LogEntry }
  | { readonly type: "event"; readonly method: "network.beforeRequestSent"; readonly params: BlockedRequest };

interface LogEntry {
  readonly type: string;
  readonly level: string;
  readonly text: string;
  readonly source: { readonly context?: string };
}

/** `network.BeforeRequestSentParameters` */
interface BlockedRequest {
  readonly isBlocked: boolean;
  readonly request: { readonly request: string; readonly url: string };
}

/** Firefox says of every socket that is lost or refused what Chromium says nowhere: it is no error that a script could catch. */
const lostSocket = /^(The connection to|Firefox can.t establish a connection to the server at) wss?:/;

async function connect(url: string, over?: Socket) {
  const socket = new WebSocket(url, over && { createConnection: () => over });
  const waiting = new Map<number, (message: Message) => void>();
  const errors = new Map<string, string[]>();
  const scripts = new Map<string, string>();
  const errorsOf = (context: string): string[] => {
    const known = errors.get(context) ?? [];
    errors.set(context, known);
    return known;
  };
  let lastId = 0;
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    if (message.type !== "event") return waiting.get(message.id)?.(message);
    if (message.method === "network.beforeRequestSent") return answer(message.params);
    const { type, level, text, source } = message.params;
    // What the page did not catch; what it writes to the console itself is of type "console".
    if (type === "javascript" && level === "error" && !lostSocket.test(text)) errorsOf(source.context ?? "").push(text);
  });
  /** No server is asked: a page that consists of a script. */
  function answer({ isBlocked, request: { request, url } }: BlockedRequest): void {
    if (!isBlocked) return;
    const script = scripts.get(url);
    const value =
      script === undefined ? "" : `<!doctype html><title>test</title><body><script>${script.replaceAll("</script", "<\\/script")}</script>`;
    const headers = [{ name: "content-type", value: { type: "string", value: "text/html; charset=utf-8" } }];
    const statusCode = script === undefined ? 404 : 200;
    void ask("network.provideResponse", { request, statusCode, headers, body: { type: "string", value } });
  }
  function ask<T>(method: string, params: object): Promise<T> {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, (message) => {
        waiting.delete(id);
        if (message.type === "success") resolve(message.result as T);
        else if (message.type === "error") reject(new Error(`${method}: ${message.error}: ${message.message}`));
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  }
  await new Promise<void>((resolve, reject) => socket.once("open", () => resolve()).once("error", reject));
  return {
    errorsOf,
    ask,
    /** What `url` is answered with. */
    serve: (url: string, script: string) => void scripts.set(url, script),
    close: () => socket.terminate(),
  };
}

/** A `describe` whose tests are skipped, with the reason in the name, where there is no Firefox. */
export function firefoxOrSkip(name: string, tests: () => void): void {
  const isThere = findFirefox() !== undefined;
  const reason = process.env["LINEKEEPER_NO_FIREFOX"] ?? "no Firefox found; npm run soak installs one where it can";
  describe.skipIf(!isThere)(isThere ? name : `${name} (skipped: ${reason})`, tests);
}
