/** One agent at work, on the real SDK and mock carriers, in surroundings that can be broken. */
import { createMockTrunk, memorySocket, seededRandom, type DialectName, type MockTrunk } from "../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import type { TrunkConfig } from "../../src/config.ts";
import type { Entry } from "../../src/journal.ts";
import type { Linekeeper } from "../../src/line.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import type { Call } from "../../src/call/call.ts";
import { ask, scriptedAudio, type Endpoint, type ScriptedAudio } from "./surroundings.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What differs from office to office. */
export interface Conditions {
  readonly trunks: readonly {
    readonly id: string;
    readonly carrier: string;
    /** The edge that it leads to, where trunks share one: the site's own border controller. */
    readonly host?: string;
  }[];
  /** One way, ms. */
  readonly latencyMs: number;
  readonly hasControl: boolean;
  /** The browser tells when it is offline. */
  readonly tellsOffline: boolean;
  /** Mean time between an agent's calls, ms. */
  readonly pauseMs: number;
  /** Share of customers who are busy, do not answer, decline, or whose number is no more. */
  readonly absent: number;
  /** Steps of the CRM's start-up; the last depend on those before. */
  readonly steps: readonly string[];
  /** Steps that the CRM can do without; nothing depends on them. Default: none. */
  readonly extras?: readonly string[];
  /** How the carriers' equipment may write SIP: each edge draws its own. Default: all plain. */
  readonly dialects?: readonly DialectName[];
}

/** The CRM's own side. */
export interface Crm {
  /** What each step of the start-up meets; `health` is the control's. */
  readonly endpoints: Record<string, Endpoint>;
  /** Runs the start-up. @returns whether it came through. */
  boot(): Promise<boolean>;
}

/** The network between the agent and everything else. */
export interface Network {
  /** Gone, and every socket with it. */
  cut(): void;
  /** Nothing passes, and nobody says so. */
  blackHole(): void;
  mend(): void;
}

export interface Shift {
  readonly conditions: Conditions;
  readonly line: Linekeeper;
  /** What the CRM's settings said of the trunks as it started. */
  readonly accounts: readonly TrunkConfig[];
  readonly carriers: ReadonlyMap<string, MockTrunk>;
  readonly crm: Crm;
  readonly network: Network;
  readonly audio: ScriptedAudio;
  /** The call under way, or the last one. */
  readonly call: Call | undefined;
  readonly random: () => number;
  between(from: number, to: number): number;
  chance(share: number): boolean;
  one<T>(of: readonly T[]): T;
  pass(ms: number): Promise<void>;
  /** The agent dials one customer after the other for so long. */
  work(ms: number): Promise<void>;
  /** Dials one customer, and ends the call as people do. */
  dial(number?: string): Promise<void>;
  sleep(ms: number): Promise<void>;
  /** Ends the shift. @returns the journal. */
  end(): Promise<readonly Entry[]>;
}

export const prefixes = { local: "+21671", mobile: "+21698", international: "+331" } as const;
export type { Audio, Endpoint, Microphone } from "./surroundings.ts";

const password = "not-in-any-journal";
/** How long an agent lets it ring, ms. */
const patienceMs = [15_000, 30_000] as const;

export function beginShift(conditions: Conditions, time: VirtualTime, random: () => number): Shift {
  const { trunks, latencyMs, hasControl, tellsOffline, pauseMs, absent, steps, extras = [], dialects = ["plain"] } = conditions;
  const between = (from: number, to: number) => from + (to - from) * random();
  const chance = (share: number) => random() < share;
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const seed = () => Math.floor(between(1, 1_000_000));
  /** What the SDK draws and asks, another version draws and asks at other times: the day is to stay the same. */
  const apart = () => seededRandom(seed());
  const [sdkRandom, controlRandom] = [apart(), apart()];
  const hostOf = ({ id, host = `${id.toLowerCase()}.example` }: Conditions["trunks"][number]) => host;
  /** The dialect comes of the edge's own seed: nothing more is drawn from the shift's chance. */
  const edgeOf = (id: string, domain: string, seed: number) =>
    createMockTrunk({
      name: `Edge ${id}`,
      domain,
      users: { agent7: password },
      seed,
      dialect: dialects[seed % dialects.length] as DialectName,
      // Of how it speaks; what it asks for besides would be another day.
      reliability: "never",
    });
  const edges = new Map<string, MockTrunk>();
  const carriers = new Map(
    trunks.map((trunk) => {
      const domain = hostOf(trunk);
      const edge = edges.get(domain) ?? edgeOf(trunk.id, domain, seed());
      edges.set(domain, edge);
      return [trunk.id, edge];
    }),
  );
  const audio = scriptedAudio();
  const endpoints: Record<string, Endpoint> = Object.fromEntries([...steps, ...extras, "health"].map((name) => [name, "well" as const]));
  let isCut: "cut" | "black-hole" | undefined;
  let tellNetwork = (_online: boolean) => {};
  let call: Call | undefined;
  const met = (name: string): Endpoint =>
    isCut === "cut" ? "unreachable" : isCut === "black-hole" ? "hangs" : (endpoints[name] ?? "well");

  const accounts = trunks.map((trunk) => ({
    id: trunk.id,
    carrier: trunk.carrier,
    server: `wss://${hostOf(trunk)}`,
    aor: `sip:agent7@${hostOf(trunk)}`,
    credentials: { password },
  }));
  const line = createLinekeeper({
    crm: { vendor: "Corpus CRM", version: "1.0", site: "office" },
    country: "216",
    routes: [
      { name: "local", prefixes: [prefixes.local] },
      { name: "mobile", prefixes: [prefixes.mobile] },
    ],
    trunks: accounts,
    stack: sipjs({ webSocket: memorySocket(Object.fromEntries(edges), { latencyMs }) }),
    media: audio,
    ...(hasControl && { controls: { crm: ({ signal }) => ask(met("health"), 2 * latencyMs + 5 + 75 * controlRandom(), signal) } }),
    ...(tellsOffline && {
      network: {
        watch(changed) {
          tellNetwork = changed;
          return () => (tellNetwork = () => {});
        },
      },
    }),
    random: sdkRandom,
  });

  let runs = 0;
  const crm: Crm = {
    endpoints,
    async boot() {
      if (runs++ > 0) line.boot.restart();
      // A CRM that does without them hears of no failure.
      for (const extra of extras)
        line.boot
          .stage(extra, ({ signal }) => ask(met(extra), 2 * latencyMs + between(50, 400), signal), { timeoutMs: 8_000, critical: false })
          .catch(() => {});
      const passed = steps.map((step, index) =>
        line.boot
          .stage(step, ({ signal }) => ask(met(step), 2 * latencyMs + between(50, 400), signal), {
            timeoutMs: 8_000,
            retries: index % 2,
            dependsOn: steps.slice(0, index).slice(-1),
          })
          .then(
            () => true,
            () => false,
          ),
      );
      return (await Promise.all(passed)).every(Boolean);
    },
  };

  const mends: (() => void)[] = [];
  const network: Network = {
    cut() {
      isCut = "cut";
      for (const carrier of carriers.values()) {
        mends.push(carrier.fault({ kind: "refuse" }));
        carrier.resetAll();
      }
      tellNetwork(false);
    },
    blackHole() {
      isCut = "black-hole";
      for (const carrier of carriers.values()) mends.push(carrier.fault({ kind: "freeze" }));
    },
    mend() {
      isCut = undefined;
      for (const mend of mends.splice(0)) mend();
      tellNetwork(true);
    },
  };

  let serial = 0;
  function customer(): string {
    const prefix = prefixes[one(["local", "local", "local", "mobile", "international"] as const)];
    const number = `${prefix}${String(Math.floor(between(100_000, 999_999)))}${String(serial++ % 10)}`;
    const kind = random() / absent;
    const answers = { ringAfterMs: between(300, 2_500), answerAfterMs: between(1_500, 9_000) };
    for (const carrier of carriers.values()) {
      const phone = carrier.phone(number);
      if (kind < 0.45) phone.isBusy();
      else if (kind < 0.8) phone.doesNotAnswer();
      else if (kind < 0.93) phone.declines({ ringAfterMs: 1_200, afterMs: 4_000 });
      else if (kind < 1) phone.isUnallocated();
      else phone.answers(answers);
    }
    return number;
  }

  async function dial(number = customer()): Promise<void> {
    const placed = (call = line.call(number));
    let isOver = false;
    let isAnswered = false;
    void placed.ended.then(() => (isOver = true));
    placed.on("answered", () => (isAnswered = true));
    placed.on("choice-needed", () => placed.redial());
    const gaveUpMs = between(...patienceMs);
    for (let waitedMs = 0; !isOver && !isAnswered && waitedMs < gaveUpMs; waitedMs += 500) await time.pass(500);
    if (isAnswered) {
      const talkMs = between(8_000, 35_000);
      for (let talkedMs = 0; !isOver && talkedMs < talkMs; talkedMs += 2_000) await time.pass(2_000);
    }
    placed.hangUp();
    await time.pass(200);
  }

  return {
    conditions,
    line,
    accounts,
    carriers,
    crm,
    network,
    audio,
    get call() {
      return call;
    },
    random,
    between,
    chance,
    one,
    pass: (ms) => time.pass(ms),
    dial,
    async work(ms) {
      const untilMs = performance.now() + ms;
      while (performance.now() < untilMs) {
        await time.pass(between(0.5, 1.5) * pauseMs);
        await dial();
      }
    },
    async sleep(ms) {
      for (const carrier of carriers.values()) carrier.resetAll();
      time.sleep(ms);
      await time.pass(50);
    },
    async end() {
      const closed = line.close();
      await time.pass(1_000);
      await closed;
      for (const edge of edges.values()) edge.close();
      await time.pass(100);
      return line.journal;
    },
  };
}
