/** A carrier's edge: a Kamailio of its own on loopback. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { post } from "./http.ts";
import { freePort, startProgram, type Program, type StartProgram } from "./program.ts";

/** What the edge does with an agent's INVITE; the words of kamailio.cfg. */
export type EdgeFault = "swallow" | "refuse" | "trust" | "late";

export interface Edge {
  readonly domain: string;
  /** SIP over WebSocket. */
  readonly url: string;
  /** SIP over UDP, for phones. */
  readonly address: string;
  /** SIGKILL to every process of it. */
  kill(): Promise<void>;
  /** SIGSTOP to every process of it: its sockets stay open, and nothing is read or said. */
  freeze(): void;
  thaw(): void;
  /** Closes every agent's WebSocket, and lives on. */
  dismiss(): Promise<void>;
  /** Up again on the same port, its memory lost; harmless while it is up. */
  start(): Promise<void>;
  fault(kind: EdgeFault): Promise<void>;
  mend(): Promise<void>;
  /** How many contacts its registrar has for a user. */
  bindings(user: string): Promise<number>;
}

/** Where an edge runs, and what it is told besides (kamailio.cfg's `#!ifdef`). */
export interface Site {
  /** `host:port` */
  readonly address: string;
  readonly defines?: readonly string[];
  readonly start: StartProgram;
  /** An HTTP request to the edge. @returns the body of the response. */
  post(url: string, body: string): Promise<string>;
}

const onLoopback = async (): Promise<Site> => ({ address: `127.0.0.1:${await freePort()}`, start: startProgram, post });

/** Starts one for `domain`; its files go into `folder`. */
export async function startEdge(kamailio: string, domain: string, folder: string, site?: Site): Promise<Edge> {
  const { address, defines = [], start: startHere, post: postHere } = site ?? (await onLoopback());
  const runFolder = join(folder, domain);
  mkdirSync(runFolder);
  let program: Program | undefined;

  async function rpc(method: string, ...params: (string | number)[]): Promise<{ readonly result?: unknown }> {
    const response = await postHere(`http://${address}/rpc`, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    return JSON.parse(response) as { readonly result?: unknown };
  }

  async function start(): Promise<void> {
    if (program) return;
    const started = await startHere(
      kamailio,
      [
        ...defines.flatMap((define) => ["-A", define]),
        ...["-f", join(import.meta.dirname, "kamailio.cfg"), "-l", `udp:${address}`, "-l", `tcp:${address}`],
        // In the foreground, its log on stderr, in little memory.
        ...["-DD", "-E", "-m", "16", "-M", "4", "-w", runFolder, "-Y", runFolder],
      ],
      runFolder,
    );
    program = started;
    await vi
      .waitFor(() => rpc("core.version"), { timeout: 10_000, interval: 20 })
      .catch((error: unknown) => {
        throw new Error(`Kamailio for ${domain} did not come up: ${started.complaints}`, { cause: error });
      });
  }

  await start();
  return {
    domain,
    url: `ws://${address}`,
    address,
    start,
    async kill() {
      await program?.kill();
      program = undefined;
    },
    freeze: () => program?.signal("SIGSTOP"),
    thaw: () => program?.signal("SIGCONT"),
    async dismiss() {
      const { result } = await rpc("ws.dump");
      const { connections } = result as { readonly connections: readonly string[] };
      // "ID: ws:ADDRESS -> …"
      for (const connection of connections) await rpc("ws.close", Number.parseInt(connection));
    },
    fault: async (kind) => void (await rpc("htable.sets", "edge", "fault", kind)),
    mend: async () => void (await rpc("htable.delete", "edge", "fault")),
    async bindings(user) {
      const { result } = await rpc("ul.lookup", "location", user);
      return (result as { readonly Contacts?: readonly unknown[] } | undefined)?.Contacts?.length ?? 0;
    },
  };
}
