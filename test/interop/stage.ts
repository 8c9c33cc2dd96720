/** Two carriers as they are in life: a Kamailio each, SIPp's phones behind them, and the SDK as it ships in front. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFailed, vi } from "vitest";
import { sipjs } from "../../adapters/sipjs/index.ts";
import {
  createLinekeeper,
  noMedia,
  type Call,
  type Entry,
  type FactType,
  type Limits,
  type Linekeeper,
  type LinekeeperConfig,
} from "../../src/index.ts";
import { findInterop } from "../setup/interop.mjs";
import { entriesOf } from "../support/entries.ts";
import { startEdge, type Edge } from "./edge.ts";
import { startNetwork, type Network } from "./network.ts";
import { startCaller, startPhone, type CallToAgent, type Phone } from "./phone.ts";
import type { phones } from "./scenario.ts";

export interface Agent {
  readonly line: Linekeeper;
  readonly user: string;
  entries<T extends FactType>(type: T): readonly Entry<T>[];
  /** Waits until `count` entries of a type that `match` are there; gives the last of them. */
  entry<T extends FactType>(type: T, match?: Partial<Entry<T>>, withinMs?: number): Promise<Entry<T>>;
}

interface AgentOptions extends Partial<Pick<LinekeeperConfig, "clock" | "media" | "transferPolicy">> {
  readonly limits?: Partial<Limits>;
  readonly password?: string;
  /** Whom B connects, where it is not the phone that was dialled. */
  readonly overB?: Phone;
  /** What lies between the agent and A. */
  readonly toA?: Network;
}

export interface Stage {
  /** For the files of what is started on it. */
  readonly folder: string;
  readonly a: Edge;
  readonly b: Edge;
  phone(does: keyof typeof phones, pauseMs?: number): Promise<Phone>;
  /** A customer calls the agent. */
  customer(call: CallToAgent): Promise<Omit<Phone, "number">>;
  /** A network between the agent and A. */
  networkToA(): Promise<Network>;
  /** An agent whose trunks have registered, unless the password is wrong. */
  agent(options?: AgentOptions): Promise<Agent>;
}

const programs = findInterop();
let lastUser = 0;

/**
 * A `describe` on a stage of its own; skipped, with the reason in the name, where there is no Kamailio.
 * @param whyNot there is something else missing that it needs.
 */
export function onStage(name: string, tests: (stage: Stage) => void, whyNot?: string): void {
  const noStage = process.env["LINEKEEPER_NO_INTEROP"] ?? "no usable Kamailio or SIPp found; npm test installs them where it can";
  const reason = programs ? whyNot : noStage;
  // What is skipped is declared all the same, so that it is counted.
  if (reason !== undefined || !programs) return void describe.skip(`${name} (skipped: ${reason})`, () => tests({} as Stage));
  const { kamailio, sipp } = programs;
  describe(name, () => {
    let folder = "";
    const phonesUp: { kill(): Promise<void> }[] = [];
    const networks: Network[] = [];
    const lines: Linekeeper[] = [];
    let edges: readonly [Edge, Edge] | undefined;
    const edge = (index: 0 | 1): Edge => {
      if (!edges) throw new Error("the edges are not up");
      return edges[index];
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "linekeeper-interop-"));
      edges = await Promise.all([startEdge(kamailio, "a.example", folder), startEdge(kamailio, "b.example", folder)]);
    });
    afterEach(async () => {
      for (const each of edges ?? []) each.thaw();
      const closed = lines.splice(0);
      await Promise.all(closed.map((line) => line.close()));
      await Promise.all(phonesUp.splice(0).map((phone) => phone.kill()));
      await Promise.all(networks.splice(0).map((network) => network.close()));
      for (const each of edges ?? []) {
        await each.start();
        await each.mend();
      }
      expect(closed.flatMap(({ journal }) => journal.filter(({ type }) => type === "transition:violated"))).toEqual([]);
    });
    afterAll(async () => {
      await Promise.all((edges ?? []).map((each) => each.kill()));
      rmSync(folder, { recursive: true });
      if (figures.length > 0) console.log(figures.splice(0).join("\n"));
    });

    tests({
      get folder() {
        return folder;
      },
      get a() {
        return edge(0);
      },
      get b() {
        return edge(1);
      },
      async phone(does, pauseMs) {
        const phone = await startPhone(sipp, does, folder, pauseMs);
        phonesUp.push(phone);
        return phone;
      },
      async networkToA() {
        const network = await startNetwork(edge(0));
        networks.push(network);
        return network;
      },
      async customer(call) {
        const customer = await startCaller(sipp, call, folder);
        phonesUp.push(customer);
        return customer;
      },
      async agent({ limits = {}, password = "secret", overB, toA, media = noMedia(), ...config } = {}) {
        const user = `agent${++lastUser}`;
        const credentials = { password };
        const line = createLinekeeper({
          crm: { vendor: "Interop CRM" },
          country: "216",
          trunks: [
            { id: "A", carrier: "Carrier A", server: (toA ?? edge(0)).url, aor: `sip:${user}@a.example`, credentials },
            {
              ...{ id: "B", carrier: "Carrier B", server: edge(1).url, aor: `sip:${user}@b.example`, credentials },
              ...(overB && { target: () => `sip:${overB.number}@b.example` }),
            },
          ],
          stack: sipjs(),
          media,
          limits,
          ...config,
        });
        lines.push(line);
        onTestFailed(({ task }) => {
          if (!task.fails) console.log(line.journal.map((entry) => JSON.stringify(entry)).join("\n"));
        });
        void line.start();
        if (password === "secret") await vi.waitFor(() => expect(line.trunks.map(({ ready }) => ready)).toEqual([true, true]), bound());
        return agentOf(line, user);
      },
    });
  });
}

const bound = (timeout = 5_000) => ({ timeout, interval: 5 });

function agentOf(line: Linekeeper, user: string): Agent {
  const entries: Agent["entries"] = (type) => entriesOf(line.journal, type);
  return {
    line,
    user,
    entries,
    entry: (type, match = {}, withinMs) =>
      vi.waitFor(() => {
        const found = entries(type).find((entry) => Object.entries(match).every(([key, value]) => Reflect.get(entry, key) === value));
        if (!found) throw new Error(`no ${type} ${JSON.stringify(match)} in the journal`);
        return found;
      }, bound(withinMs)),
  };
}

/** Dials; `events` is what the call tells its user interface, in order. */
export function dial({ line }: Agent, phone: Phone): { readonly call: Call; readonly events: readonly string[] } {
  const call = line.call(phone.number);
  const events: string[] = [];
  call.on("ringing", ({ trunkId }) => events.push(`ringing ${trunkId}`));
  call.on("answered", ({ trunkId }) => events.push(`answered ${trunkId}`));
  call.on("failed-over", ({ from, to, because }) => events.push(`${from}→${to} ${because}`));
  call.on("choice-needed", ({ trunkId }) => events.push(`choice ${trunkId}`));
  call.on("ended", ({ end }) => events.push(`ended ${end}`));
  return { call, events };
}

/** Dials, and waits until the phone has our ACK: before that the call is up for us alone. */
export async function talk(agent: Agent, phone: Phone): Promise<Call> {
  const { call, events } = dial(agent, phone);
  await becomes(() => events, ["ringing A", "answered A"]);
  await becomes(() => phone.heard, [["INVITE", "ACK"]]);
  return call;
}

/** Waits until trunk A is ready. */
export const isBack = ({ line }: Agent): Promise<void> => becomes(() => line.trunks[0]?.ready, true, 10_000);

/** Waits until `read` gives `wanted`. */
export const becomes = (read: () => unknown, wanted: unknown, withinMs?: number): Promise<void> =>
  vi.waitFor(async () => expect(await read()).toEqual(wanted), bound(withinMs));

const figures: string[] = [];

/** A time that was measured, printed at the end. */
export function figure(what: string, ms: number): void {
  figures.push(`${what}: ${Math.round(ms)} ms`);
}
