/** A carrier as it is in life: an edge, and a media relay of its own. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { startEdge, type Edge } from "../interop/edge.ts";
import type { Program } from "../interop/program.ts";
import type { Namespace } from "./namespace.ts";

export interface Carrier extends Edge {
  readonly relay: Relay;
  /** As it was at first. */
  recover(): Promise<void>;
}

/** rtpengine: WebRTC towards the agent, plain RTP towards the phones. */
export interface Relay {
  readonly isUp: boolean;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: its ports stay open, and nothing is read or sent. */
  freeze(): void;
  thaw(): void;
  /** Up again, its memory lost; harmless while it is up. */
  start(): Promise<void>;
}

interface CarrierOptions {
  readonly kamailio: string;
  readonly rtpengine: string;
  readonly namespace: Namespace;
  readonly folder: string;
  readonly domain: string;
  /** IP address of its own. */
  readonly address: string;
  /** Counts from 0: the relays share the machine, so each has a control port and RTP ports of its own. */
  readonly index: number;
}

export async function startCarrier({ kamailio, rtpengine, namespace, folder, domain, address, index }: CarrierOptions): Promise<Carrier> {
  const controlPort = 12_000 + index;
  const relay = await startRelay(rtpengine, namespace, join(folder, `relay-${domain}`), controlPort, [
    // Without a configuration file, and without the kernel's help.
    ...["--config-file=none", "--table=-1", "--foreground", "--log-stderr", "--log-level=3", "--num-threads=2"],
    ...[`--interface=${address}`, `--listen-ng=127.0.0.1:${controlPort}`],
    ...[`--port-min=${40_000 + 1_000 * index}`, `--port-max=${40_999 + 1_000 * index}`],
  ]);
  const edge = await startEdge(kamailio, domain, folder, {
    ...namespace,
    // Browsers refuse to connect to 5060 (fetch standard, bad ports).
    address: `${address}:8088`,
    defines: [`RELAY="udp:127.0.0.1:${controlPort}"`],
  });
  return {
    ...edge,
    relay,
    async recover() {
      relay.thaw();
      edge.thaw();
      // An edge that found no relay does not ask it again at once.
      if (!relay.isUp) await edge.kill();
      await relay.start();
      await edge.start();
      await edge.mend();
    },
  };
}

async function startRelay(
  rtpengine: string,
  namespace: Namespace,
  folder: string,
  controlPort: number,
  args: readonly string[],
): Promise<Relay> {
  mkdirSync(folder);
  let program: Program | undefined;
  async function start(): Promise<void> {
    if (program) return;
    const started = await namespace.start(rtpengine, args, folder);
    program = started;
    const asker = await namespace.udp("127.0.0.1", 0);
    let isUp = false;
    asker.on("message", () => (isUp = true)).on("error", () => {});
    await vi
      .waitFor(
        () => {
          // The edge would not ask it again for a while, were it not there yet.
          asker.send("1 d7:command4:pinge", controlPort, "127.0.0.1");
          if (!isUp) throw new Error(`rtpengine did not come up: ${started.complaints}`);
        },
        { timeout: 10_000, interval: 20 },
      )
      .finally(() => asker.close());
  }
  await start();
  return {
    get isUp() {
      return program !== undefined;
    },
    start,
    async kill() {
      await program?.kill();
      program = undefined;
    },
    freeze: () => program?.signal("SIGSTOP"),
    thaw: () => program?.signal("SIGCONT"),
  };
}
