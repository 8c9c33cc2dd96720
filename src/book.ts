/** The book that a session's entries are written into: in order, told to whoever reads it, and cut where it grows too long. */
import type { Clock } from "./clock.ts";
import { errorName } from "./errors.ts";
import type { Entry, Facts, FactType, Journal, JournalListener } from "./journal.ts";

/** Wall and monotonic clock may drift apart by this much, in ms, before a `clock:jumped` is written. */
const CLOCK_JUMP_MS = 2_000;

/** What an incident can be told without: it says that all goes on as before, and comes again. */
const isRoutine = (entry: Entry): boolean =>
  entry.type === "probe:answered" ||
  entry.type === "control:answered" ||
  (entry.type === "socket:tried" && entry.opened) ||
  entry.type === "audio:rated" ||
  (entry.type === "flow:changed" && entry.to === "connecting") ||
  (entry.type === "registration:changed" && entry.to === "refreshing");

/**
 * Makes a journal on `clock`.
 * @param limit how many entries are kept; past it a tenth goes at a time, the first never: the oldest that are not
 * held, then what is held but routine, then the oldest of all.
 */
export function createJournal(clock: Clock, limit: number): Journal {
  const originMs = clock.nowMs();
  let dateOffsetMs = clock.dateMs() - originMs;
  let seq = 0;
  let heldFromMs = Infinity;
  const entries: Entry[] = [];
  const listeners = new Set<JournalListener>();
  /** Written, and not told yet: a listener that writes is told of that after all have heard of this. */
  const untold: Entry[] = [];
  /** Of these it is on record that they threw: once, or each entry would make another. */
  const failed = new WeakSet<JournalListener>();
  let isTelling = false;

  /** To the microsecond: who asks for the time is told it as the entries do. */
  const sinceStartMs = (nowMs: number) => Math.round((nowMs - originMs) * 1_000) / 1_000;

  function write<T extends FactType>(type: T, fact: Facts[T], nowMs: number): Entry<T> {
    // TypeScript cannot see that { seq, atMs, type } & Facts[T] is the T member of the union.
    const entry = Object.freeze({ seq: seq++, atMs: sinceStartMs(nowMs), type, ...fact }) as unknown as Entry<T>;
    entries.push(entry as Entry);
    if (entries.length > limit) trim();
    untold.push(entry as Entry);
    if (!isTelling) tell();
    return entry;
  }

  function tell(): void {
    isTelling = true;
    for (let entry = untold.shift(); entry; entry = untold.shift()) for (const listener of [...listeners]) tellOne(listener, entry);
    isTelling = false;
  }

  /** Nobody who listens can break what is written, or keep it from the others. */
  function tellOne(listener: JournalListener, entry: Entry): void {
    try {
      listener(entry);
    } catch (error) {
      if (failed.has(listener)) return;
      failed.add(listener);
      write("listener:failed", { event: "journal", error: errorName(error) }, clock.nowMs());
    }
  }

  function trim(): void {
    // As the first entry tells of the trunks at the start, this one tells of those now.
    const setAt = entries.findLastIndex(({ type }) => type === "trunks:changed");
    const standing = setAt > 0 ? entries.splice(setAt, 1) : [];
    cut();
    entries.splice(entries.findLastIndex(({ seq: each }) => each < (standing[0]?.seq ?? 0)) + 1, 0, ...standing);
  }

  function cut(): void {
    let surplus = Math.max(1, Math.floor(limit / 10));
    const heldAt = entries.findIndex(({ atMs }, index) => index > 0 && atMs >= heldFromMs);
    surplus -= entries.splice(1, Math.min(surplus, (heldAt < 0 ? entries.length : heldAt) - 1)).length;
    if (surplus === 0) return;
    const kept = entries.filter((entry, index) => index === 0 || surplus === 0 || !isRoutine(entry) || surplus-- === 0);
    entries.splice(0, entries.length, ...kept);
    entries.splice(1, surplus);
  }

  function compareClocks(nowMs = clock.nowMs()): void {
    const offsetMs = clock.dateMs() - nowMs;
    const byMs = offsetMs - dateOffsetMs;
    if (Math.abs(byMs) <= CLOCK_JUMP_MS) return;
    dateOffsetMs = offsetMs;
    write("clock:jumped", { byMs: Math.round(byMs), dateMs: clock.dateMs() }, nowMs);
  }

  return {
    entries,
    nowMs: () => sinceStartMs(clock.nowMs()),
    compareClocks: () => compareClocks(),
    hold: (fromMs) => void (heldFromMs = fromMs ?? Infinity),
    append(type, fact) {
      const nowMs = clock.nowMs();
      compareClocks(nowMs);
      return write(type, fact, nowMs);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
