/**
 * May this trunk carry calls to this route? opossum keeps the window of results and says when to trip; all
 * else (state, ejection time, way back) is ours, since opossum's half-open lets one probe decide, its reset
 * timer is fixed and on the global clock, and its states live in several flags.
 */
import EventEmitter from "eventemitter3";
import Opossum from "opossum";
import type { Limits } from "../limits.ts";
import { step, type OnViolation } from "../machine.ts";
import type { BreakerVote } from "../outcome.ts";
import type { CancelTimer, Clock, Random } from "../ports.ts";
import { breakerTable, type BreakerEvent, type BreakerState } from "../states.ts";

/** What a breaker tells of a change. */
export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** Stable code of the reason: an outcome's row, `ejection-over`, `recovered`, `isolated`. */
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
  /** Hard evidence: opens at once, for at least `atLeastMs`. */
  trip(because: string, atLeastMs?: number): void;
  close(): void;
}

const buckets = 10;

interface BreakerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  readonly onViolation: OnViolation;
  readonly onChange: (change: BreakerChange) => void;
}

export function createBreaker({ clock, random, limits, onViolation, onChange }: BreakerPorts): Breaker {
  let state: BreakerState = "closed";
  let epoch = 0;
  let successes = 0;
  let halfFailures = 0;
  let because = "";
  /** Ejections in a row, less one for each healthy stretch of `ejectionBaseMs` since. */
  let ejections = 0;
  let closedAtMs = clock.nowMs();
  let cancelRelease: CancelTimer = () => {};
  const window = createWindow(clock, limits, () => trip(because, 0));

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

  function trip(why: string, atLeastMs: number): void {
    if (state === "open") return;
    const healthyStretches = state === "closed" ? Math.floor((clock.nowMs() - closedAtMs) / limits.ejectionBaseMs) : 0;
    ejections = Math.max(0, ejections - healthyStretches) + 1;
    const plannedMs = Math.max(atLeastMs, Math.min(limits.ejectionMaxMs, limits.ejectionBaseMs * ejections));
    const ejectionMs = Math.round(plannedMs * (1 + random() / 5));
    window.clear();
    change("trip", why, ejectionMs);
    cancelRelease = clock.setTimer(() => change("release", "ejection-over"), ejectionMs);
  }

  function recover(): void {
    closedAtMs = clock.nowMs();
    window.clear();
    change("recover", "recovered");
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
      if (vote === "half-failure" && ++halfFailures % 2 === 1) return;
      if (state === "probing") {
        if (vote !== "success") trip(why, 0);
        else if (++successes >= limits.recoverySuccesses) recover();
        return;
      }
      because = why;
      window.count(vote === "success");
    },
    trip(why, atLeastMs = 0) {
      trip(why, atLeastMs);
    },
    close() {
      cancelRelease();
      window.close();
    },
  };
}

/**
 * opossum as a window of results. It is fired with results that are known already, so nothing can hang in it
 * or time out, and its buckets are turned by our monotonic clock when a result comes, not by a timer that a
 * hidden tab throttles.
 */
function createWindow(clock: Clock, limits: Limits, onTripped: () => void) {
  const bucketMs = limits.breakerWindowMs / buckets;
  const rotation = new EventEmitter<{ rotate: [] }>();
  let turnedAtMs = clock.nowMs();
  const opossum = new Opossum((ok: boolean) => (ok ? Promise.resolve(true) : Promise.reject(new Error("failed"))), {
    timeout: false,
    enableSnapshots: false,
    rollingPercentilesEnabled: false,
    rollingCountTimeout: limits.breakerWindowMs,
    rollingCountBuckets: buckets,
    volumeThreshold: limits.breakerVolume,
    errorThresholdPercentage: limits.breakerThresholdPercent,
    rotateBucketController: rotation as never, // typed as Node's EventEmitter, used as any emitter
  });
  // Closed again in the same breath: the state is ours, and so opossum's own reset timer never runs.
  opossum.on("open", () => {
    opossum.close();
    onTripped();
  });

  function turn(times: number): void {
    for (let turned = 0; turned < Math.min(times, buckets); turned++) rotation.emit("rotate");
  }

  return {
    count(ok: boolean): void {
      const elapsed = Math.floor((clock.nowMs() - turnedAtMs) / bucketMs);
      turn(elapsed);
      turnedAtMs += elapsed * bucketMs;
      opossum.fire(ok).catch(() => {});
    },
    clear: () => turn(buckets),
    close: () => opossum.shutdown(),
  };
}
