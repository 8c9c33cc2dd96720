/**
 * The first words on a fault are the worst, for nobody has been asked yet who is well. So what would be asked next anyway,
 * and is cheap and harmless, is asked at the first sign of trouble: the trunks that are idle (`roll-call.ts`), and what is
 * not SIP (`controls.ts`). No herd: one round in ten seconds for each page, and agents spread theirs, told of a fleet or not.
 */
import type { CancelTimer } from "./clock.ts";
import type { Settings } from "./config.ts";
import type { Journal } from "./journal.ts";
import { asksWhoIsWell } from "./trouble.ts";

/** One round at most in this time, ms. */
const roundMs = 10_000;

/**
 * Over how long agents spread a round where nobody told of their fleet, ms: an edge that falls is a first sign to all of them at one moment.
 * With a probe that nobody answers, which takes `probeTimeoutMs`, what was asked is known within two seconds still.
 */
export const untoldSpreadMs = 500;

type Spread = Pick<Settings, "random" | "spreadMs" | "limits">;

/** How long an agent waits with a question that all agents have: no longer than an idle probe would take to come, ms. */
export const jitterMs = ({ random, spreadMs, limits }: Spread): number =>
  random() * Math.min(spreadMs || untoldSpreadMs, limits.probeIntervalMs);

/**
 * Calls `ask` at each first sign, with its time: not in the same breath, for what is lost together is lost one after the other.
 * @returns what ends it.
 */
export function onFirstSign(settings: Spread & Pick<Settings, "clock">, journal: Journal, ask: (sinceMs: number) => void): () => void {
  const { clock } = settings;
  let sinceMs = -Infinity;
  /** A round that waits for its turn: a fleet's may be longer than a round. */
  let cancel: CancelTimer | undefined;
  const unsubscribe = journal.subscribe((entry) => {
    if (cancel || !asksWhoIsWell(entry) || clock.nowMs() - sinceMs < roundMs) return;
    sinceMs = clock.nowMs();
    cancel = clock.setTimer(() => {
      cancel = undefined;
      ask(sinceMs);
    }, jitterMs(settings));
  });
  return () => {
    unsubscribe();
    cancel?.();
  };
}
