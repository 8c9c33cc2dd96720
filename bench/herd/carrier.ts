import type { Clock } from "../../src/clock.ts";

/**
 * What reaches an edge. `admitted`: a REGISTER that made a binding. `rejected`: one that was not taken, or with it the
 * connection. `refreshed`: a REGISTER of an agent who is bound. `knocked`: a connection to a dead edge.
 */
const demands = ["admitted", "rejected", "refreshed", "removed", "knocked", "options", "invited"] as const;
export type Demand = (typeof demands)[number];

/** What an edge must be able to tell its carrier's outage. */
export interface Resettable {
  reset(): void;
}

/** What an edge does with more than it can take: says 503 to the REGISTER, or refuses the connection. */
export type Excess = "503" | "refused";

interface CarrierOptions {
  readonly clock: Clock;
  readonly excess: Excess;
  readonly agents: number;
  /** For how long it counts, in s. */
  readonly lengthS: number;
}

/**
 * A carrier's edge as a model: it takes so many registrations in one second (a token bucket, one second deep) and turns
 * the rest away. Doing so costs it nothing, which favours those who ask often.
 */
export class ModelCarrier {
  isUp = true;
  readonly excess: Excess;
  /** Open flows. */
  readonly flows = new Set<Resettable>();
  /** Agents who are bound here. */
  readonly isBound: Uint8Array;
  /** When each agent was first bound here since `watch()`; NaN for never. */
  readonly firstBoundMs: Float64Array;
  readonly #clock: Clock;
  readonly #counts: Readonly<Record<Demand, Uint32Array>>;
  /** Registrations in one second; more than ever come, until it is bounded. */
  #capacityPerS = Number.MAX_SAFE_INTEGER;
  #tokens = this.#capacityPerS;
  #filledMs = 0;

  constructor({ clock, excess, agents, lengthS }: CarrierOptions) {
    this.#clock = clock;
    this.excess = excess;
    this.isBound = new Uint8Array(agents);
    this.firstBoundMs = new Float64Array(agents).fill(NaN);
    this.#counts = Object.fromEntries(demands.map((demand) => [demand, new Uint32Array(lengthS + 1)])) as Record<Demand, Uint32Array>;
  }

  count(demand: Demand): void {
    const counts = this.#counts[demand];
    const second = Math.min(counts.length - 1, Math.floor(this.#clock.nowMs() / 1_000));
    counts[second] = (counts[second] ?? 0) + 1;
  }

  /** How often it was asked in each second of `[fromS, untilS)`. */
  perSecond(asked: readonly Demand[], fromS: number, untilS: number): number[] {
    return Array.from({ length: untilS - fromS }, (_, second) =>
      asked.reduce((sum, demand) => sum + (this.#counts[demand][fromS + second] ?? 0), 0),
    );
  }

  /** A new connection: is there room for the registration that it is for? */
  accepts(): boolean {
    if (!this.isUp) this.count("knocked");
    else if (this.excess === "503" || this.#hasRoom()) return true;
    else this.count("rejected");
    return false;
  }

  /** A REGISTER: is there room? A connection that was let in is its own permission. */
  admits(agent: number): boolean {
    const admitted = this.excess === "refused" || this.#hasRoom();
    this.count(!admitted ? "rejected" : this.isBound[agent] ? "refreshed" : "admitted");
    return admitted;
  }

  #hasRoom(): boolean {
    const nowMs = this.#clock.nowMs();
    this.#tokens = Math.min(this.#capacityPerS, this.#tokens + ((nowMs - this.#filledMs) * this.#capacityPerS) / 1_000);
    this.#filledMs = nowMs;
    const has = this.#tokens >= 1;
    if (has) this.#tokens -= 1;
    return has;
  }

  bind(agent: number): void {
    this.isBound[agent] = 1;
    if (Number.isNaN(this.firstBoundMs[agent])) this.firstBoundMs[agent] = this.#clock.nowMs();
  }

  unbind(agent: number): void {
    this.isBound[agent] = 0;
  }

  /** From now on it takes so many registrations in one second. */
  bound(perS: number): void {
    this.#capacityPerS = perS;
    this.#tokens = Math.min(this.#tokens, perS);
  }

  /** From now on: who is bound, and since when. */
  watch(): void {
    this.firstBoundMs.forEach((_, agent) => (this.firstBoundMs[agent] = this.isBound[agent] ? this.#clock.nowMs() : NaN));
  }

  /** Dies: nothing is read any more, new connections are refused, and each open socket is reset after `resetMs()`. */
  fail(resetMs: () => number): void {
    this.isUp = false;
    this.isBound.fill(0);
    for (const flow of this.flows) this.#clock.setTimer(() => flow.reset(), resetMs());
  }

  recover(): void {
    this.isUp = true;
  }
}
