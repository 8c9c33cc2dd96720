/**
 * How long a call counts on one INVITE: what `patience.ts` decides, on the clock. One thing is waited for at a time, and what takes too
 * long is given up only for something better.
 */
import { sleptMs, type CancelTimer, type Clock } from "../clock.ts";
import type { Limits } from "../limits.ts";
import type { PostDialDelay } from "../trunk/post-dial-delay.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { patience, type Awaited, type EdgeAlive } from "./patience.ts";

export interface Waiting {
  /** For what comes next, once the INVITE was written, or the carrier has said `code`. */
  expect(code?: number): void;
  /** For something else. */
  until(delayMs: number, fire: () => void): void;
  /** Gives up as soon as there is something better: until then the INVITE stays, for as long as a phone may ring (or Timer B). */
  whenBetter(giveUp: () => void, onKept: () => void): void;
  /** For nothing more. */
  stop(): void;
}

export interface WaitingPorts {
  readonly trunk: Pick<Trunk, "check" | "health">;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Another trunk is fit to take the call now. */
  readonly hasBetter: () => boolean;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
}

export function createWaiting(
  { trunk, clock, limits, hasBetter, onTrunkChange }: WaitingPorts,
  delay: Pick<PostDialDelay, "limitMs">,
  sinceSentMs: () => number,
  overdue: (awaited: Awaited, limitMs: number, edgeAlive: EdgeAlive) => void,
  /** So long nobody waited, for the device slept, ms. */
  slept: (ms: number) => void,
): Waiting {
  let cancelDeadline: CancelTimer = () => {};
  let stopHoping = () => {};

  function stop(): void {
    stopHoping();
    cancelDeadline();
  }

  function until(delayMs: number, fire: () => void): void {
    stop();
    arm(delayMs, fire);
  }

  function arm(delayMs: number, fire: () => void): void {
    const dueMs = clock.nowMs() + delayMs;
    cancelDeadline = clock.setTimer(() => {
      const lateMs = clock.nowMs() - dueMs;
      if (lateMs <= sleptMs) return fire();
      // What came meanwhile is still to be heard: nothing is concluded from a silence that nobody listened to.
      slept(lateMs);
      arm(delayMs, fire);
    }, delayMs);
  }

  /** Silence: the edge is asked on the same flow before anybody is blamed, early enough for its answer to be there when time is up. */
  function expectAnswer(withinMs: number, askMs: number, limitMs: number): void {
    let edgeAlive = false;
    until(withinMs - askMs, () => {
      until(askMs, () => overdue("any-answer", limitMs, edgeAlive));
      // A moment less, so that an unanswered probe is on record before the conclusion that is drawn from it.
      void trunk.check(askMs - 1).then((alive) => (edgeAlive = alive));
    });
  }

  return {
    expect(code) {
      const heard = { sinceSentMs: sinceSentMs(), rttMs: trunk.health.rttMs, pddLimitMs: delay.limitMs };
      const { awaited, withinMs, askMs } = patience(code === undefined ? heard : { ...heard, code }, limits);
      const limitMs = Math.round(heard.sinceSentMs + withinMs);
      if (awaited === "any-answer") expectAnswer(withinMs, askMs, limitMs);
      else until(withinMs, () => overdue(awaited, limitMs, "unknown"));
    },
    until,
    whenBetter(giveUp, onKept) {
      if (hasBetter()) return giveUp();
      const stopAndGiveUp = () => {
        stopHoping();
        giveUp();
      };
      until(limits.ringLimitMs - sinceSentMs(), stopAndGiveUp);
      stopHoping = onTrunkChange(() => hasBetter() && stopAndGiveUp());
      onKept();
    },
    stop,
  };
}
