/**
 * A suspicion is acted on: after a sleep, when the network is said to have gone or come back, at a neighbour's doubt and
 * at a call that nobody answered, every flow is asked at once, and the dead ones are dropped, instead of each waiting
 * for its own idle probe. Only this page asks, and nobody is told to; the way back keeps a fleet's jitter. At the first sign
 * of any other trouble the idle probes are made at once: that drops nothing that would not have been dropped anyway.
 */
import { sleptMs, type CancelTimer } from "../clock.ts";
import type { Settings } from "../config.ts";
import { onFirstSign } from "../first-sign.ts";
import { guarded, type OnListenerError } from "../guarded.ts";
import type { Entry, Journal } from "../journal.ts";
import type { Trunk } from "./trunk.ts";

export interface RollCall {
  /** Somebody suspects. */
  ask(): void;
  close(): void;
}

interface RollCallPorts extends Pick<Settings, "network" | "clock" | "random" | "spreadMs" | "limits"> {
  readonly trunks: () => readonly Trunk[];
  readonly journal: Journal;
  readonly onListenerError: OnListenerError;
}

/** How often it is seen whether the device has slept, ms. Timers do not run in a sleep, and a probe may be far off after it. */
const lookMs = 2_000;

/** An INVITE that fell silent, or whose flow did: what took this flow may have taken the others. */
function isUnheard(entry: Entry): boolean {
  if (entry.type === "attempt:overdue") return entry.awaited === "any-answer" && entry.edgeAlive !== true;
  return entry.type === "attempt:ended" && entry.outcome.class === "network" && entry.answer?.said !== "peer";
}

export function createRollCall(ports: RollCallPorts): RollCall {
  const { trunks, network, clock, spreadMs, journal } = ports;
  const ask = () => {
    for (const { connection } of trunks()) void connection.rollCall();
  };

  /** A site's agents hear of their network at the same moment: their return is spread too, but for a fleet of one. */
  function comeBack(): void {
    for (const { isCold, connection } of trunks()) if (spreadMs === 0 && !isCold) connection.wake();
  }

  let cancelLook: CancelTimer = () => {};
  function look(): void {
    const dueMs = clock.nowMs() + lookMs;
    cancelLook = clock.setTimer(() => {
      journal.compareClocks();
      const lateMs = Math.round(clock.nowMs() - dueMs);
      if (lateMs > sleptMs) {
        journal.append("page:woke", { lateMs });
        woke();
      }
      look();
    }, lookMs);
  }

  function woke(): void {
    ask();
    comeBack();
  }

  const unsubscribe = journal.subscribe((entry) => {
    if (entry.type === "clock:jumped" && entry.byMs > 0) woke();
    else if (isUnheard(entry)) ask();
  });
  const unsign = onFirstSign(ports, journal, () => {
    for (const { connection } of trunks()) connection.hurry();
  });
  const heard = (online: boolean) => {
    journal.append("network:changed", { online });
    ask();
    if (!online) return;
    for (const { connection } of trunks()) connection.forgive();
    comeBack();
  };
  // A hint, which may be missing.
  const unwatch = guarded("network", () => network?.watch(heard), ports.onListenerError);
  look();

  return {
    ask,
    close() {
      cancelLook();
      unsubscribe();
      unsign();
      guarded("network", () => unwatch?.(), ports.onListenerError);
    },
  };
}
