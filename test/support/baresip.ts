/** A baresip: a phone that others wrote, driven by its control interface (module `ctrl_tcp`). */
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { vi } from "vitest";
import { startProgram, type StartProgram } from "../interop/program.ts";

/** What it tells by itself. */
export interface BaresipEvent {
  readonly type: string;
  readonly peerdisplayname?: string;
  readonly param?: string;
}

export interface Baresip {
  readonly events: readonly BaresipEvent[];
  /** @throws where the phone says that it cannot. */
  tell(command: string, params?: string): Promise<void>;
  close(): Promise<void>;
}

export interface BaresipOptions {
  readonly baresip: string;
  /** A folder of its own, which is made. */
  readonly home: string;
  /** Of SIP over UDP, on 127.0.0.1; the next is SIP's over TLS. */
  readonly port: number;
  readonly controlPort: number;
  /** Lines of its file `config`, besides those that every one has. */
  readonly settings: readonly string[];
  readonly modules: readonly string[];
  /** A line of its file `accounts`. */
  readonly account: string;
}

/** Where it runs. */
export interface BaresipSite {
  readonly start: StartProgram;
  tcp(address: string, port: number): Promise<Socket>;
}

const here: BaresipSite = {
  start: startProgram,
  tcp: (host, port) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port }, () => resolve(socket)).once("error", reject);
    }),
};

type Message = ({ readonly event: true } & BaresipEvent) | { readonly response: true; readonly ok: boolean; readonly data: string };

export async function startBaresip(options: BaresipOptions, site: BaresipSite = here): Promise<Baresip> {
  const { home, port, controlPort } = options;
  mkdirSync(home);
  writeFileSync(
    join(home, "config"),
    [
      `sip_listen 127.0.0.1:${port}`,
      `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
      ...options.settings,
      "module_path /usr/lib/baresip/modules",
      ...options.modules.map((name) => `module ${name}.so`),
      "module_tmp account.so",
      ...["menu", "ctrl_tcp"].map((name) => `module_app ${name}.so`),
      "",
    ].join("\n"),
  );
  writeFileSync(join(home, "accounts"), `${options.account}\n`);
  writeFileSync(join(home, "contacts"), "");
  const program = await site.start(options.baresip, ["-f", home], home);
  const control = await vi
    .waitFor(() => site.tcp("127.0.0.1", controlPort), { timeout: 5_000, interval: 20 })
    .catch((error: unknown) => {
      throw new Error(`baresip did not come up: ${program.complaints}`, { cause: error });
    });
  const events: BaresipEvent[] = [];
  /** It answers commands one after the other. */
  const waiting: ((ok: boolean, data: string) => void)[] = [];
  control.on("error", () => {});
  control.on(
    "data",
    netstrings((text) => {
      const message = JSON.parse(text) as Message;
      if ("event" in message) events.push(message);
      else waiting.shift()?.(message.ok, message.data);
    }),
  );
  return {
    events,
    tell(command, params = "") {
      const message = JSON.stringify({ command, params });
      control.write(`${Buffer.byteLength(message)}:${message},`);
      return new Promise((resolve, reject) => {
        waiting.push((ok, data) => (ok ? resolve() : reject(new Error(`baresip: ${command}: ${data}`))));
      });
    },
    async close() {
      control.destroy();
      await program.kill();
    },
  };
}

/** Takes a stream apart: `5:hello,` for each text. */
function netstrings(heard: (text: string) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const colon = rest.indexOf(":");
      const end = colon + 1 + Number(rest.subarray(0, colon).toString());
      // Of the last one the comma is awaited too.
      if (colon < 0 || rest.length <= end) return;
      heard(rest.subarray(colon + 1, end).toString());
      rest = rest.subarray(end + 1);
    }
  };
}
