/** One agent's softphone, built on Linekeeper as a CRM vendor would, and the agent who dials with it. */
import { setTimeout as pause } from "node:timers/promises";
import { createLinekeeper, noMedia, type CallSummary, type Linekeeper } from "linekeeper";
import { sipjs } from "linekeeper/sipjs";
import { createCable, type Cable } from "./cable.ts";
import type { CrmServer } from "./crm.ts";

/** What the drill remembers of a call. */
export interface PlacedCall {
  readonly number: string;
  readonly kind: "local" | "international";
  /** Could anything have carried it? The CRM was up and the cable was in, from dial to end. */
  saveable: boolean;
  answeredBy?: string;
  summary?: CallSummary;
}

export interface Agent {
  readonly name: string;
  readonly line: Linekeeper;
  readonly cable: Cable;
  readonly calls: readonly PlacedCall[];
  /** The CRM's own start-up: may be run again. Resolves to whether it came through. */
  initialise(): Promise<boolean>;
  /** Dials one call after the other until `stop()`. */
  work(): void;
  stop(): Promise<void>;
}

interface AgentPorts {
  readonly name: string;
  readonly place: number;
  readonly crm: CrmServer;
  readonly carriers: readonly { readonly id: string; readonly carrier: string; readonly server: string; readonly domain: string }[];
  readonly password: string;
  readonly random: () => number;
}

/** How long a stage of this CRM may take, ms: long enough for a slow machine. */
const stageMs = 3_000;

/** Real deployments keep the defaults; the drill has a minute, not a morning. */
const drillLimits = {
  // A trunk comes back only to a line on which no given-up INVITE is followed any more.
  ledgerMs: 3_000,
  ejectionBaseMs: 1_500,
  ejectionMaxMs: 2_500,
  recoverySuccesses: 3,
  probeIntervalMs: 1_500,
  probeTimeoutMs: 1_000,
  reconnectMaxMs: 1_000,
  registerTimeoutMs: 1_000,
  controlIntervalMs: 500,
  controlTimeoutMs: 1_500,
  calmMs: 2_000,
};

export function createAgent({ name, place, crm, carriers, password, random }: AgentPorts): Agent {
  const cable = createCable();
  const line = createLinekeeper({
    crm: { vendor: "Drill CRM", version: "1.0", site: "loopback" },
    country: "216",
    routes: [{ name: "local", prefixes: ["+21671"] }],
    trunks: carriers.map(({ id, carrier, server, domain }) => ({
      id,
      carrier,
      server,
      aor: `sip:${name}@${domain}`,
      credentials: () => ({ password }),
    })),
    stack: sipjs({ webSocket: cable.WebSocket, connectTimeoutMs: 1_000 }),
    media: noMedia(),
    controls: { crm: ({ signal }) => cable.fetch(`${crm.url}/health`, { signal }) },
    limits: drillLimits,
    random,
  });
  const calls: PlacedCall[] = [];
  const working = new AbortController();
  let ready = false;
  let done: Promise<void> = Promise.resolve();

  async function get(path: string, signal: AbortSignal): Promise<unknown> {
    const response = await cable.fetch(`${crm.url}${path}`, { signal });
    if (!response.ok) throw Object.assign(new Error(`${path} answered ${response.status}`), { status: response.status });
    return response.json();
  }

  async function initialise(): Promise<boolean> {
    if (calls.length > 0) line.boot.restart();
    ready = false;
    try {
      await line.boot.stage("settings", ({ signal }) => get("/settings", signal), { timeoutMs: stageMs, retries: 1 });
      await line.boot.stage("session", ({ signal }) => get("/session", signal), { timeoutMs: stageMs, dependsOn: ["settings"] });
      ready = true;
    } catch {
      // On record already: the softphone stays up, the verdict says why no call can be placed.
    }
    return ready;
  }

  async function dial(kind: PlacedCall["kind"]): Promise<void> {
    // Every call goes to a number of its own, so that the carriers' logs tell which phone rang how often.
    const serial = String(place * 1_000 + calls.length).padStart(6, "0");
    const placed: PlacedCall = {
      number: kind === "local" ? `+21671${serial}` : `+3312345${serial}`,
      kind,
      saveable: ready && cable.connected,
    };
    calls.push(placed);
    const { pulls } = cable;
    const call = line.call(placed.number);
    call.on("answered", ({ trunkId }) => {
      placed.answeredBy = trunkId;
      void pause(100 + 150 * random()).then(() => call.hangUp());
    });
    placed.summary = await call.ended;
    // Pulled and plugged in again meanwhile is out as well: whether that phone rang nobody knows, and the agent alone may dial again.
    placed.saveable &&= cable.pulls === pulls;
  }

  return {
    name,
    line,
    cable,
    calls,
    initialise,
    work() {
      done = (async () => {
        await pause(400 * random());
        while (!working.signal.aborted) {
          await dial(random() < 0.6 ? "local" : "international");
          await pause(150 + 250 * random());
        }
      })();
    },
    async stop() {
      working.abort();
      await done;
      await line.close();
    },
  };
}
