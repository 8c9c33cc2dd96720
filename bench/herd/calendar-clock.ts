import { setImmediate as hostIdle } from "node:timers/promises";
import type { Clock } from "../../src/clock.ts";

/** A clock that moves only when told to, and lets every promise of the host settle before it moves on. */
export interface CalendarClock extends Clock {
  /** Moves on to `untilMs`, firing what falls due in order, timers set meanwhile too. */
  runUntil(untilMs: number): Promise<void>;
}

/**
 * One page for each millisecond, as coarse as a browser's timers: setting and cancelling cost the same with
 * a hundred thousand timers as with one.
 */
export function createCalendarClock(): CalendarClock {
  let nowMs = 0;
  const pages = new Map<number, { fire: (() => void) | undefined }[]>();
  const dateOffsetMs = Date.UTC(2026, 0, 1);
  return {
    nowMs: () => nowMs,
    dateMs: () => nowMs + dateOffsetMs,
    setTimer(fire, delayMs) {
      const dueMs = Math.ceil(nowMs + Math.max(0, delayMs));
      const timer: { fire: (() => void) | undefined } = { fire };
      const page = pages.get(dueMs);
      if (page) page.push(timer);
      else pages.set(dueMs, [timer]);
      return () => (timer.fire = undefined);
    },
    async runUntil(untilMs) {
      for (; ; nowMs += 1) {
        for (let page = pages.get(nowMs); page; page = pages.get(nowMs)) {
          pages.delete(nowMs);
          let fired = false;
          for (const timer of page) {
            if (!timer.fire) continue;
            timer.fire();
            timer.fire = undefined;
            fired = true;
          }
          if (fired) await hostIdle();
        }
        if (nowMs >= untilMs) return;
      }
    },
  };
}
