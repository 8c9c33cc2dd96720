/**
 * What becomes of the line when its page goes away, is put into the browser's cache, or frozen; of the calls that the page before
 * it left; and of those that nobody takes up, for their tab is gone. Not loaded later: it shares so much with any call that a chunk
 * of its own would save nothing, and could be missing.
 */
import type { Switchboard } from "./call/switchboard.ts";
import type { ResumedCall } from "./call/call.ts";
import { createResumedCall } from "./call/resumed-call.ts";
import { departuresOf, type Departure } from "./call/departure.ts";
import { readKept, transferOf, type DatedCall, type Kept, type KeptCall } from "./call/kept-call.ts";
import { sleep } from "./clock.ts";
import type { Settings } from "./config.ts";
import { errorName } from "./errors.ts";
import { onPageChange } from "./host.ts";
import type { FactType, Journal, PageChange } from "./journal.ts";
import type { OnViolation } from "./machine.ts";
import { anyOf } from "./platform.ts";
import type { Heir } from "./ports/resumption.ts";
import type { Telephone } from "./telephone.ts";
import type { Roster } from "./trunk/roster.ts";
import type { Trunk } from "./trunk/trunk.ts";

export interface Page {
  /** Goes on with the calls of the page before. The trunks come up meanwhile. */
  resume(): Promise<void>;
  close(): void;
}

interface PagePorts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly roster: Roster;
  readonly telephone: Pick<Telephone, "show">;
  readonly switchboard: Switchboard;
  readonly onViolation: OnViolation;
  readonly onListenerError: (event: string, error: unknown) => void;
  readonly onResumed: (call: ResumedCall) => void;
}

/** Kept anew this often: who crashes says nothing, and what is older than a minute is not taken up. */
const keepMs = 10_000;

/** Nobody waits in silence any longer, and nothing of the customer stays on the device. */
const forgetMs = 3_600_000;

/** By what a dialog changes, or a call or a goodbye comes or goes. */
const changing: ReadonlySet<FactType> = new Set<FactType>([
  "call:answered",
  "call:resumed",
  "call:replaced",
  "call:cut",
  "call:held",
  "call:muted",
  "call:ended",
  "call:transferring",
  "transfer:progressed",
  "transfer:failed",
  "dialog:refreshed",
  "dialog:ended",
  "attempt:settled",
  "audio:restarted",
  "audio:renewed",
]);

export function createPage(ports: PagePorts): Page {
  const { settings, journal, roster, switchboard } = ports;
  const { clock, limits, resumption } = settings;
  const closing = new AbortController();
  const { signal } = closing;
  let cancelNext = () => {};
  let isKept = false;
  /** What is kept now outlives the line. */
  let isOver = false;
  /** Of the page before, while their trunk is not there: they stay what they were kept as. */
  const awaited = new Set<DatedCall>();
  let stopInheriting: (() => void) | undefined;

  // ── Keeping ───────────────────────────────────────────────────────────────────────────────────

  /** @returns the calls of this page that the next may take up. */
  function keep(isLeaving = false): readonly KeptCall[] {
    cancelNext();
    if (isOver) return [];
    const own = resumption ? switchboard.kept(isLeaving) : [];
    const isDue = ({ dateMs }: KeptCall) => dateMs === undefined || Math.abs(clock.dateMs() - dateMs) < forgetMs;
    const calls = [...own, ...awaited].filter(isDue);
    if (calls.length > 0) {
      const kept: Kept = { dateMs: clock.dateMs(), calls };
      heed(JSON.stringify(kept), isLeaving);
      if (!isLeaving && !signal.aborted) cancelNext = clock.setTimer(keep, keepMs);
    } else if (isKept) heed(undefined, isLeaving);
    isKept = calls.length > 0;
    return own.filter(({ ended }) => !ended);
  }

  /** The integrator's own may throw, and costs nothing but itself. */
  function heed(text: string | undefined, isLeaving: boolean): void {
    try {
      resumption?.keep(text, isLeaving);
    } catch (error) {
      ports.onListenerError("resumption", error);
    }
  }

  async function taken(): Promise<string | undefined> {
    try {
      return await resumption?.take(clock);
    } catch (error) {
      ports.onListenerError("resumption", error);
      return undefined;
    }
  }

  // What changes it is on record before it is so.
  const stopReading = journal.subscribe(({ type }) => {
    if (resumption && changing.has(type)) queueMicrotask(keep);
    if (type === "session:closed") isOver = true;
    if (isOver) stopReading();
  });

  // ── Leaving, and coming back ──────────────────────────────────────────────────────────────────

  /** A page that is loaded again takes its calls up; any other leaves nobody in silence. */
  function leave(mayBeFollowed: boolean): void {
    const kept = mayBeFollowed ? keep(true) : [];
    for (const { callId, trunkId } of kept) journal.append("call:kept", { callId, trunkId });
    for (const call of switchboard.calls) if (kept.every(({ callId }) => callId !== call.id)) call.hangUp();
    // Nobody will hear here whether those goodbyes arrive.
    if (mayBeFollowed) keep(true);
  }

  function changed(to: PageChange): void {
    journal.append("page:changed", { to });
    if (to === "shown" || to === "resumed") return ports.telephone.show();
    // A page that waits in the cache can be neither followed nor rung: its own calls it would not hear any more.
    if (to !== "frozen") leave(to === "hidden");
    const isIdle = switchboard.calls.length === 0;
    if (to === "cached" || (to === "frozen" && isIdle)) roster.hide();
  }

  const stopWatching = onPageChange(changed);

  // ── Resuming ──────────────────────────────────────────────────────────────────────────────────

  async function resume(): Promise<void> {
    const calls = readKept(await taken());
    // What is this tab's own has its lock by now.
    inherit();
    const departures = departuresOf(calls);
    for (const kept of calls) awaited.add(kept);
    await Promise.all(calls.map((kept) => take(kept, departures.get(kept))));
  }

  async function take(kept: DatedCall, departure?: Departure): Promise<void> {
    const trunk = await trunkOf(kept);
    if (signal.aborted) return;
    awaited.delete(kept);
    if (!trunk) notResumed(kept, "trunk-missing");
    const isTaken = trunk !== undefined && adopt(kept, trunk, departure);
    // Nobody hears what came of it.
    if (!isTaken && transferOf(kept)) departure?.settle(false);
    // From now on it is kept with what this page sends; its end is the end of that.
    isKept ||= isTaken;
    if (trunk) keep();
  }

  /** @param onEnded its page is gone for good: it is only ended, and nothing of it left then. @returns false where it cannot be read. */
  function adopt(kept: DatedCall, trunk: Trunk, departure?: Departure, onEnded?: () => void): boolean {
    try {
      const dialog = trunk.resume(kept.dialog);
      const isAbandoned = onEnded !== undefined;
      const make: Parameters<Switchboard["adopt"]>[1] = (given) => {
        const onDone = () => {
          given.onDone();
          onEnded?.();
        };
        return createResumedCall({ ...ports, ...given, kept, departure, isAbandoned, trunk, dialog, onDone });
      };
      switchboard.adopt(kept, make, isAbandoned || kept.ended === true);
      return true;
    } catch (error) {
      notResumed(kept, "unreadable", error);
      return false;
    }
  }

  function notResumed({ callId, trunkId }: KeptCall, because: "trunk-missing" | "unreadable", error?: unknown): void {
    journal.append("call:not-resumed", { callId, trunkId, because, ...(error !== undefined && { error: errorName(error) }) });
  }

  /** The trunks may be the CRM's to set, and come later. */
  async function trunkOf({ trunkId, dateMs }: DatedCall): Promise<Trunk | undefined> {
    const find = () => roster.trunks.find(({ id }) => id === trunkId);
    const found = new AbortController();
    const stop = roster.onChange(() => find() && found.abort());
    if (!find()) await sleep(clock, dateMs + limits.resumeMs - clock.dateMs(), anyOf(found.signal, signal)).catch(() => {});
    stop();
    return find();
  }

  // ── Ending what nobody takes up ───────────────────────────────────────────────────────────────

  const ownTrunk = ({ trunkId, aor }: KeptCall) => roster.trunks.find(({ id, account }) => id === trunkId && account.aor === aor);

  const heir: Heir = {
    /** Not before its own tab would end it as too old, where there is anything that it might take up. */
    dueMs(text) {
      const calls = readKept(text);
      const ageMs = Math.min(...calls.map(({ dateMs }) => Math.abs(clock.dateMs() - dateMs)));
      const own = calls.flatMap((kept) => ownTrunk(kept) ?? []);
      const isAwaited = own.length > 0 && calls.some(({ ended }) => !ended);
      if (isAwaited && ageMs < limits.resumeMs) return limits.resumeMs - ageMs;
      return own.some(({ health }) => health.ready) || ageMs > forgetMs ? 0 : undefined;
    },
    async end(text) {
      const calls = readKept(text);
      const departures = departuresOf(calls);
      const end = (kept: DatedCall) =>
        new Promise<void>((ended) => {
          const trunk = ownTrunk(kept);
          if (!trunk || !adopt(kept, trunk, departures.get(kept), ended)) ended();
        });
      await Promise.all(calls.map(end));
    },
  };

  function inherit(): void {
    try {
      if (!signal.aborted) stopInheriting = resumption?.inherit?.(heir, clock);
    } catch (error) {
      ports.onListenerError("resumption", error);
    }
  }

  return {
    resume,
    close() {
      closing.abort();
      stopInheriting?.();
      keep();
      stopWatching();
    },
  };
}
