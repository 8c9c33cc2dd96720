/**
 * A real Firefox for the tests, driven by WebDriver BiDi (W3C) from here: playwright-core asks it for more than its ESR knows
 * (`emulation.setMediaFeaturesOverride`).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, vi } from "vitest";
import { WebSocket } from "ws";
import { startProgram } from "../interop/program.ts";
import { findFirefox } from "../setup/firefox.mjs";
import { bundle, type OpenPage } from "./page.ts";

/** A microphone that hums and never asks, sound without a click, and calls within this machine. */
const preferences = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
};

export interface Firefox {
  readonly version: string;
  /**
   * Opens `pages/<name>.ts` in a window of its own.
   * @param options `isHidden`: another tab of the window is before it.
   */
  open(name: string, options?: { readonly isHidden?: boolean }): Promise<Pick<OpenPage, "run" | "errors">>;
  close(): Promise<void>;
}

/** Starts the one that test/setup found; whoever calls closes it. */
export async function launchFirefox(): Promise<Firefox> {
  const path = findFirefox();
  if (path === undefined) throw new Error("no Firefox on this machine: put the test in firefoxOrSkip()");
  const folder = mkdtempSync(join(tmpdir(), "linekeeper-firefox-"));
  const profile = join(folder, "profile");
  mkdirSync(profile);
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const program = await startProgram(
    "env",
    [`HOME=${folder}`, path, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile],
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
  const driver = await connect(`${address}/session`);
  const { capabilities } = await driver.ask<{ capabilities: { browserVersion: string } }>("session.new", { capabilities: {} });
  await driver.ask("session.subscribe", { events: ["log.entryAdded"] });
  const servers: Server[] = [];

  return {
    version: capabilities.browserVersion,
    async open(name, { isHidden = false } = {}) {
      const server = await serve(await bundle(name));
      servers.push(server);
      const { context } = await driver.ask<{ context: string }>("browsingContext.create", { type: "window" });
      // On localhost, which is secure without TLS.
      const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
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
      };
    },
    async close() {
      driver.close();
      await program.kill();
      for (const server of servers) server.close();
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
  | { readonly type: "event"; readonly method: string; readonly params: LogEntry };

interface LogEntry {
  readonly type: string;
  readonly level: string;
  readonly text: string;
  readonly source: { readonly context?: string };
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (message: Message) => void>();
  const errors = new Map<string, string[]>();
  const errorsOf = (context: string): string[] => {
    const known = errors.get(context) ?? [];
    errors.set(context, known);
    return known;
  };
  let lastId = 0;
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    if (message.type !== "event") return waiting.get(message.id)?.(message);
    const { type, level, text, source } = message.params;
    // What the page did not catch; what it writes to the console itself is of type "console".
    if (type === "javascript" && level === "error") errorsOf(source.context ?? "").push(text);
  });
  await new Promise<void>((resolve, reject) => socket.once("open", () => resolve()).once("error", reject));
  return {
    errorsOf,
    ask<T>(method: string, params: object): Promise<T> {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, (message) => {
          waiting.delete(id);
          if (message.type === "success") resolve(message.result as T);
          else if (message.type === "error") reject(new Error(`${method}: ${message.error}: ${message.message}`));
        });
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    close: () => socket.terminate(),
  };
}

/** A page that consists of a script. */
async function serve(script: string): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : `<!doctype html><title>test</title><body><script src="/page.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}

/** A `describe` whose tests are skipped, with the reason in the name, where there is no Firefox. */
export function firefoxOrSkip(name: string, tests: () => void): void {
  const isThere = findFirefox() !== undefined;
  const reason = process.env["LINEKEEPER_NO_FIREFOX"] ?? "no Firefox found; npm run soak installs one where it can";
  describe.skipIf(!isThere)(isThere ? name : `${name} (skipped: ${reason})`, tests);
}
