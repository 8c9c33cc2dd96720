/**
 * Controls: what is not SIP, asked at the same moment, tells a carrier's fault from our own network's or the
 * CRM's. Asked once at the start, at once at the first sign of trouble, and again whenever something fails, until it is well: before
 * `start()` too, where a stage of the CRM's hangs or fails before any trunk was tried.
 */
import { sleep } from "./clock.ts";
import type { Settings } from "./config.ts";
import { faultOf } from "./boot/fault.ts";
import { jitterMs, onFirstSign } from "./first-sign.ts";
import type { Journal } from "./journal.ts";
import { anyOf } from "./platform.ts";
import { isTrouble } from "./trouble.ts";

export interface Controls {
  /** The line starts: they are asked once, whether or not anything is wrong. */
  start(): void;
  close(): void;
}

export function createControls(settings: Settings, journal: Journal): Controls {
  const { controls, clock, limits, privacy } = settings;
  const over = new AbortController();
  const names = Object.keys(controls);
  let askedMs = -Infinity;
  let again = false;
  let cancelAgain = () => {};

  function ask(): void {
    if (over.signal.aborted || again) return;
    const waitMs = Math.max(askedMs + limits.controlIntervalMs - clock.nowMs(), jitterMs(settings));
    if (waitMs <= 0) return askAll();
    again = true;
    cancelAgain = clock.setTimer(askAll, waitMs);
  }

  function askAll(): void {
    cancelAgain();
    again = false;
    askedMs = clock.nowMs();
    for (const name of names) void askOne(name);
  }

  async function askOne(name: string): Promise<void> {
    const startedMs = clock.nowMs();
    const bound = new AbortController();
    const signal = anyOf(bound.signal, over.signal);
    const tookMs = () => Math.round(clock.nowMs() - startedMs);
    try {
      await Promise.race([
        // Called inside the race, so that a control that throws at once is a failed control too.
        Promise.resolve({ signal }).then(controls[name]),
        sleep(clock, limits.controlTimeoutMs, signal).then(() => {
          throw new DOMException("overdue", "TimeoutError");
        }),
      ]);
      if (!over.signal.aborted) journal.append("control:answered", { control: name, tookMs: tookMs() });
    } catch (error) {
      if (over.signal.aborted) return;
      journal.append("control:failed", { control: name, tookMs: tookMs(), fault: faultOf(error, privacy) });
      ask();
    } finally {
      bound.abort();
    }
  }

  const follow = () => {
    const unsubscribe = journal.subscribe((entry) => isTrouble(entry) && ask());
    const unsign = onFirstSign(settings, journal, (sinceMs) => askedMs < sinceMs && askAll());
    return () => [unsubscribe, unsign].forEach((end) => end());
  };
  const unfollow = names.length === 0 ? () => {} : follow();

  return {
    start: askAll,
    close() {
      over.abort();
      unfollow();
      cancelAgain();
    },
  };
}
