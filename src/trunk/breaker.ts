/**
 * May this trunk carry calls to this route? Hard evidence trips it at once. Soft evidence does in two ways:
 * opossum's window of results sees an outage in two calls, the sequential test sees a brown-out that no
 * window of so few calls would. All else (state, ejection time, way back) is ours, since opossum's half-open
 * lets one probe decide, its reset timer is fixed and on the global clock, and its states live in several flags.
 */
import type { CancelTimer, Clock, Random } from "../clock.ts";
import type { Limits } from "../limits.ts";
import { step, type OnViolation } from "../machine.ts";
import type { BreakerVote } from "../outcome.ts";
import type { HealthSnapshot } from "../ports/shared-health.ts";
import { breakerTable, type BreakerEvent, type BreakerState } from "../states.ts";
import { createSequentialTest } from "./sequential-test.ts";
import type { createWindow } from "./window.ts";

/** What a breaker tells of a change. */
export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** Stable code of the reason: an outcome's row, `ejection-over`, `recovered`, `common-mode`, `restored`. */
  readonly because: string;
  readonly ejectionMs?: number;
}

export interface Breaker {
  readonly state: BreakerState;
  /** Share of calls it may carry while probing: grows with each success. */
  readonly trust: number;
  /** Changes with each change of state: a result of an attempt begun under another epoch is stale and not counted. */
  readonly epoch: number;
  /** Soft evidence: one attempt's vote. */
  record(vote: BreakerVote, epoch: number, because: string): void;
  /**
   * Hard evidence: opens at once, for at least `atLeastMs` and at most `atMostMs`. An open one rests longer where
   * `atLeastMs` asks for more than is left.
   */
  trip(because: string, atLeastMs?: number, atMostMs?: number): void;
  /** Closes it. With `sinceMs`, only if it opened then or later, and not because the edge asked for rest. */
  absolve(because: string, sinceMs?: number): void;
  /** What the next page should know. */
  readonly memory: BreakerMemory;
  /** Begins with what an earlier page knew `ageMs` ago. */
  restore(memory: BreakerMemory, ageMs: number): void;
  close(): void;
}

/** See `HealthSnapshot`. */
export type BreakerMemory = Omit<HealthSnapshot["breakers"][number], "trunkId" | "route" | "plane">;

/** opossum is loaded beside the softphone, not before it; until it is there the sequential test judges alone. */
export type LoadedWindow = () => typeof createWindow | undefined;

interface BreakerPorts {
  readonly loadedWindow: LoadedWindow;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  readonly onViolation: OnViolation;
  readonly onChange: (change: BreakerChange) => void;
  /** Runs `action` once no call is up; the way back is not tried under the agent's feet. @returns what calls it off. */
  readonly whenIdle: (action: () => void) => CancelTimer;
}

export function createBreaker(ports: BreakerPorts): Breaker {
  const { clock, random, limits, onViolation, onChange, whenIdle } = ports;
  let state: BreakerState = "closed";
  let epoch = 0;
  let successes = 0;
  let halfFailures = 0;
  let because = "";
  /** Ejections in a row, less one for each healthy stretch of `ejectionBaseMs` since. */
  let ejections = 0;
  let closedAtMs = clock.nowMs();
  let openedAtMs = -Infinity;
  let releaseAtMs = 0;
  /** The edge asked for it. */
  let rests = false;
  let cancelRelease: CancelTimer = () => {};
  const test = createSequentialTest(clock, limits);
  let window: ReturnType<typeof createWindow> | undefined;

  function change(event: BreakerEvent, why: string, ejectionMs?: number): boolean {
    const next = step("breaker", breakerTable, state, event, onViolation);
    if (next === undefined) return false;
    const from = state;
    state = next;
    epoch += 1;
    successes = 0;
    onChange({ from, to: next, because: why, ...(ejectionMs !== undefined && { ejectionMs }) });
    return true;
  }

  function trip(why: string, atLeastMs = 0, atMostMs = Infinity): void {
    const isOpen = state === "open";
    if (isOpen && atLeastMs <= releaseAtMs - clock.nowMs()) return;
    const healthyStretches = state === "closed" ? Math.floor((clock.nowMs() - closedAtMs) / limits.ejectionBaseMs) : 0;
    if (!isOpen) ejections = Math.max(0, ejections - healthyStretches) + 1;
    const plannedMs = Math.max(atLeastMs, isOpen ? 0 : Math.min(limits.ejectionMaxMs, limits.ejectionBaseMs * ejections));
    rests = atLeastMs > 0;
    open(why, Math.min(atMostMs, Math.round(plannedMs * (1 + random() / 5))));
  }

  function open(why: string, ejectionMs: number): void {
    cancelRelease();
    window?.clear();
    test.clear();
    openedAtMs = clock.nowMs();
    releaseAtMs = openedAtMs + ejectionMs;
    change("trip", why, ejectionMs);
    cancelRelease = clock.setTimer(() => (cancelRelease = whenIdle(() => change("release", "ejection-over"))), ejectionMs);
  }

  function recover(why: string): void {
    cancelRelease();
    closedAtMs = clock.nowMs();
    window?.clear();
    change("recover", why);
  }

  return {
    get state() {
      return state;
    },
    get trust() {
      return state === "closed" ? 1 : state === "open" ? 0 : (successes + 1) / (limits.recoverySuccesses + 1);
    },
    get epoch() {
      return epoch;
    },
    record(vote, startedIn, why) {
      if (vote === "ignored" || startedIn !== epoch || state === "open") return;
      const half = vote === "half-failure";
      if (state === "probing") {
        if (half && ++halfFailures % 2 === 1) return;
        if (vote !== "success") trip(why);
        else if (++successes >= limits.recoverySuccesses) recover("recovered");
        return;
      }
      because = why;
      const ok = vote === "success";
      if (test.count(ok, half ? 0.5 : 1)) return trip(why);
      // The window knows no halves: every second one is counted.
      window ??= ports.loadedWindow()?.(clock, limits, () => trip(because));
      if (!half || ++halfFailures % 2 === 0) window?.count(ok);
    },
    trip,
    absolve(why, sinceMs) {
      if (state === "closed" || (sinceMs !== undefined && (openedAtMs < sinceMs || rests))) return;
      ejections = Math.max(0, ejections - 1);
      recover(why);
    },
    get memory() {
      const restMs = state === "open" ? Math.max(0, Math.round(releaseAtMs - clock.nowMs())) : 0;
      return { state, restMs, ejections, logOdds: Math.round(test.logOdds * 1e3) / 1e3 };
    },
    restore(memory, ageMs) {
      // Each healthy stretch since takes one ejection off, as it would have here. Whoever wrote it, it weighs no more
      // than what could have been learnt here.
      const most = Math.ceil(limits.ejectionMaxMs / limits.ejectionBaseMs);
      ejections = Math.max(0, Math.min(memory.ejections, most) - Math.floor(ageMs / limits.ejectionBaseMs));
      test.clear(memory.logOdds * 0.5 ** (ageMs / limits.evidenceHalfLifeMs));
      const restMs = Math.min(memory.restMs, Math.max(limits.ejectionMaxMs, limits.retryAfterMaxMs)) - ageMs;
      if (memory.state !== "closed" && state === "closed" && restMs > -limits.ejectionMaxMs) open("restored", Math.max(0, restMs));
    },
    close() {
      cancelRelease();
      window?.close();
    },
  };
}
