/** The faults in force, and which of them a message meets. */
import type { Random } from "../../src/clock.ts";
import { checkFault } from "./fault-fields.ts";
import type { Fault, FaultKind, FaultOf, MessageScope } from "./faults.ts";

/** What a fault may hit. */
export interface Target {
  readonly method?: string | undefined;
  /** The customer's number, where the message belongs to a call. */
  readonly number?: string | undefined;
  /** The Call-ID, where the message belongs to a call. */
  readonly callId?: string | undefined;
}

interface Posted {
  readonly fault: Fault;
  timesLeft: number;
  /** Calls that were drawn already, by Call-ID. */
  readonly drawn: Map<string, boolean>;
}

/** Calls whose draw is remembered, for each fault. */
const drawnLimit = 1_000;

/** Over after one hit unless `times` says otherwise. */
const once: readonly FaultKind[] = ["garbage", "stale-nonce"];

/** A refusal is for what opens something, unless `methods` says otherwise. */
const closingMethods: readonly string[] = ["ACK", "BYE", "CANCEL"];

export class FaultBoard {
  readonly #random: Random;
  readonly #watchers = new Set<() => void>();
  /** Newest first: the last word counts. */
  #posted: readonly Posted[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** @returns what clears it. @throws TypeError that names a wrong field. */
  post(fault: Fault): () => void {
    checkFault(fault);
    const { times = once.includes(fault.kind) ? 1 : Infinity } = fault as MessageScope;
    const posted: Posted = { fault: structuredClone(fault), timesLeft: times, drawn: new Map() };
    this.#change([posted, ...this.#posted]);
    return () => this.#change(this.#posted.filter((each) => each !== posted));
  }

  clear(): void {
    this.#change([]);
  }

  /** Calls `changed` when a fault came or went. @returns what stops it. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /** The fault of that kind that `target` meets, which is then one of its hits. */
  strike<K extends FaultKind>(kind: K, target: Target = {}, suits: (fault: FaultOf<K>) => boolean = () => true): FaultOf<K> | undefined {
    for (const posted of this.#posted) {
      const { fault } = posted;
      if (!isOfKind(fault, kind) || !suits(fault) || !isFor(fault, target) || !this.#draw(posted, target)) continue;
      posted.timesLeft--;
      if (posted.timesLeft === 0) this.#change(this.#posted.filter((each) => each !== posted));
      return fault;
    }
    return undefined;
  }

  /** The newest fault that is of one of these kinds, hit or not. */
  newest<K extends FaultKind>(...kinds: readonly K[]): FaultOf<K> | undefined {
    return this.#posted.map(({ fault }) => fault).find((fault): fault is FaultOf<K> => kinds.some((kind) => kind === fault.kind));
  }

  #draw({ fault, drawn }: Posted, { callId }: Target): boolean {
    const { share } = fault as MessageScope;
    if (share === undefined) return true;
    const known = callId === undefined ? undefined : drawn.get(callId);
    if (known !== undefined) return known;
    const hits = this.#random() < share;
    if (callId !== undefined) drawn.set(callId, hits);
    const [oldest] = drawn.keys();
    if (drawn.size > drawnLimit && oldest !== undefined) drawn.delete(oldest);
    return hits;
  }

  #change(posted: readonly Posted[]): void {
    this.#posted = posted;
    for (const changed of this.#watchers) changed();
  }
}

function isOfKind<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function isFor(fault: Fault, { method, number }: Target): boolean {
  const { methods, prefix }: MessageScope = fault as MessageScope;
  if (methods ? !methods.includes(method ?? "") : fault.kind === "reject" && closingMethods.includes(method ?? "")) return false;
  return prefix === undefined || (number?.startsWith(prefix) ?? false);
}
