/**
 * Is the edge alive? Only outbound traffic that is answered proves it; inbound bytes alone prove nothing,
 * and an open socket less.
 */
import { factOf } from "../answer-fact.ts";
import type { CancelTimer, SipAnswer } from "../ports.ts";
import type { TrunkShared } from "./shared.ts";

export interface Liveness {
  /** Smoothed round trip of this flow, ms; undefined until measured. */
  readonly rttMs: number | undefined;
  /** Something we sent was answered after `rttMs` (0 when not measured). */
  prove(rttMs?: number): void;
  /** Starts watching a new flow. */
  begin(): void;
  /** Asks now: OPTIONS and a CRLF ping. @returns whether anything came back within `withinMs`. */
  check(withinMs: number): Promise<boolean>;
  /** Whether this page probes for all the pages of this browser; the others only keep their own flow alive. */
  probe(forAll: boolean): void;
  /** A CRLF pong came. */
  ponged(): void;
  end(): void;
}

interface LivenessPorts extends TrunkShared {
  readonly onProven: () => void;
  /** The idle probe went unanswered: once, then again (`dead`). */
  readonly onSilent: (dead: boolean) => void;
}

/** A page that does not probe for the others looks at its own flow this many times more seldom (RFC 5626 §4.4.1 allows 120 s). */
const seldom = 4;
/** Weight of a new sample (RFC 6298 §2.3). */
const rttGain = 1 / 8;

export function createLiveness({ trunkId, edge, clock, random, limits, reasonText, journal, onProven, onSilent }: LivenessPorts): Liveness {
  let rttMs: number | undefined;
  let provenAtMs = 0;
  let pingedAtMs: number | undefined;
  let watching = false;
  let intervalMs = limits.probeIntervalMs;
  let cancelIdle: CancelTimer = () => {};
  /** Those who wait for any sign of life. */
  const waiting = new Set<(alive: boolean) => void>();

  function prove(sampleMs = 0): void {
    provenAtMs = clock.nowMs();
    if (sampleMs > 0) rttMs = rttMs === undefined ? sampleMs : rttMs + rttGain * (sampleMs - rttMs);
    onProven();
    for (const settle of [...waiting]) settle(true);
  }

  function check(withinMs: number): Promise<boolean> {
    // Without a flow there is nobody to ask.
    if (!watching) return Promise.resolve(false);
    const askedMs = clock.nowMs();
    pingedAtMs = askedMs;
    edge.ping();
    void edge.options().then((answer) => answered(answer, askedMs));
    return new Promise((resolve) => {
      const settle = (alive: boolean) => {
        cancelTimer();
        waiting.delete(settle);
        resolve(alive);
      };
      const cancelTimer = clock.setTimer(() => {
        journal.append("probe:unanswered", { trunkId, method: "OPTIONS", waitedMs: Math.round(clock.nowMs() - askedMs) });
        settle(false);
      }, withinMs);
      waiting.add(settle);
    });
  }

  function answered(answer: SipAnswer, askedMs: number): void {
    if (answer.said === "inferred" || !watching) return;
    const tookMs = clock.nowMs() - askedMs;
    journal.append("probe:answered", { trunkId, method: "OPTIONS", rttMs: Math.round(tookMs), answer: factOf(answer, reasonText) });
    prove(tookMs);
  }

  /** Looks again when the flow may have been idle for `probeIntervalMs`; up to a fifth earlier, so that tabs and agents spread. */
  function watch(): void {
    const idleMs = clock.nowMs() - provenAtMs;
    const dueMs = intervalMs * (1 - random() / 5) - idleMs;
    cancelIdle();
    cancelIdle = clock.setTimer(() => void probe(), Math.max(0, dueMs));
  }

  async function probe(): Promise<void> {
    if (clock.nowMs() - provenAtMs >= intervalMs * 0.8) {
      if (!(await check(limits.probeTimeoutMs)) && watching) {
        onSilent(false);
        if (!(await check(limits.probeTimeoutMs)) && watching) return onSilent(true);
      }
    }
    if (watching) watch();
  }

  return {
    get rttMs() {
      return rttMs;
    },
    prove,
    check,
    probe(forAll) {
      intervalMs = limits.probeIntervalMs * (forAll ? 1 : seldom);
      if (watching) watch();
    },
    begin() {
      watching = true;
      rttMs = undefined;
      provenAtMs = clock.nowMs();
      cancelIdle();
      watch();
    },
    ponged() {
      if (pingedAtMs === undefined || !watching) return;
      const tookMs = clock.nowMs() - pingedAtMs;
      pingedAtMs = undefined;
      journal.append("probe:answered", { trunkId, method: "CRLF", rttMs: Math.round(tookMs) });
      prove(tookMs);
    },
    end() {
      watching = false;
      cancelIdle();
      for (const settle of [...waiting]) settle(false);
    },
  };
}
