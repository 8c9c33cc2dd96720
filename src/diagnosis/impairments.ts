/**
 * What is wrong with the service at each moment, read from the journal entry by entry. Each impairment needs a
 * proof of its own that it is over: a trunk and its flow a registration, a route a call that it carried.
 */
import { everyRoute, type Entry, type Route } from "../journal.ts";
import { isFarEndsOwn, isMalformed, isRinging } from "./answers.ts";
import { createCallBook } from "./call-book.ts";
import { keyOf } from "./keys.ts";
import { causeOfTrunk, createOpenImpairments, type Beginning, type Change, type Trouble } from "./open-impairments.ts";
import { suspicionsOf } from "./suspicions.ts";

export interface Impairments {
  readonly count: number;
  /** True while no call, or none to some route, can be placed. */
  readonly isBlocking: boolean;
  /** Takes an entry into account. */
  read(entry: Entry): readonly Change[];
  /** Time has come to `nowMs`: a trunk may have been away too long, or a doubt have become stale. */
  pass(nowMs: number): readonly Change[];
  /** When `pass` next has something to say, ms since the session's start. */
  readonly dueMs: number;
}

/** A trunk may be without a registration, or a stage stall, for this long before service counts as degraded, ms. */
const graceMs = 5_000;

/** Calls in a row that sound poor, on one trunk, by one carrier or by whichever: service is degraded. */
const poorAtLeast = 2;

/**
 * @param unprovenMs how long a doubt about a route or its audio lasts when nobody calls.
 * @param blockedMs the same of what blocks all calls, or all to a route: minutes are counted by it.
 */
export function createImpairments(unprovenMs: number, blockedMs: number): Impairments {
  const open = createOpenImpairments(unprovenMs, blockedMs);
  const { begin, mend } = open;
  const begun = new Map<string, Beginning>();
  const routes = new Map<string, Route>();
  const critical = new Map<string, boolean>();
  /** Trunks that are not registered, and critical stages that stall: since when. */
  const away = new Map<string, Beginning>();
  const stalled = new Map<string, Beginning>();
  const ready = new Set<string>();
  /** Calls that sounded poor since the last one that sounded well: of each trunk, of each carrier, and of all. */
  const poorCalls = new Map<string, Set<string>>();
  const openBreakers = new Set<string>();
  const book = createCallBook();
  const suspicions = suspicionsOf(book);
  /** Attempts that are kept though they are overdue, for want of something better: what they would be if they came to nothing. */
  const overdue = new Map<string, Trouble>();
  /** Calls whose last attempt the callee's own side ended. */
  const ofCallees = new Set<string>();
  let everReady = false;

  /** While its breaker is open nobody looks. */
  const isRested = (trouble: Trouble) => openBreakers.has(keyOf(...trouble));

  function carried(entry: Extract<Entry, { attempt: number; callId: string }>): void {
    overdue.delete(keyOf(entry.callId, entry.attempt));
    mend(["route", entry.trunkId, entry.route], entry);
    mend(["route", entry.trunkId, everyRoute], entry);
    mend(["flow", entry.trunkId], entry);
    mend(["lost", entry.route], entry);
  }

  const rowsOf = (trunkId: string) => [keyOf("trunk", trunkId), keyOf("carrier", book.carrierOf(trunkId)), "all"];

  /** One call that sounds poor may be the callee's; the next one as well is not. */
  function rate(entry: Entry<"audio:rated">): void {
    const { trunkId, callId, level } = entry;
    if (level === "good") {
      for (const row of rowsOf(trunkId)) poorCalls.delete(row);
      mend(["sound", trunkId], entry);
      return mend(["audio", trunkId, routes.get(callId) ?? ""], entry);
    }
    if (level !== "poor") return;
    const rows = rowsOf(trunkId).map((row) => {
      const calls = (poorCalls.get(row) ?? new Set()).add(callId);
      poorCalls.set(row, calls);
      return calls;
    });
    if (rows.some((calls) => calls.size >= poorAtLeast)) begin(["sound", trunkId], entry, { goesStale: true });
  }

  function leave(trunkId: string, { seq, atMs }: Beginning): void {
    ready.delete(trunkId);
    if (!away.has(trunkId)) away.set(trunkId, { seq, atMs });
  }

  /** Our own end of it: the telephone is in another page, or the trunk is no longer wanted. Nobody proves here what was wrong. */
  function rest(trunkId: string): void {
    ready.delete(trunkId);
    away.delete(trunkId);
    open.drop(["trunk", trunkId]);
    if (away.size === 0 && ready.size === 0) open.drop(["no-trunk"]);
  }

  function write(entry: Entry): void {
    switch (entry.type) {
      case "stage:started":
        return void critical.set(entry.stage, entry.critical);
      case "stage:stalled":
        if (critical.get(entry.stage) !== false) stalled.set(entry.stage, { seq: entry.seq, atMs: entry.atMs });
        return;
      case "stage:passed":
        return void stalled.delete(entry.stage);
      case "stage:failed": {
        const since = stalled.get(entry.stage) ?? entry;
        stalled.delete(entry.stage);
        if (entry.critical && entry.final && entry.fault.kind !== "aborted") begin(["boot"], entry, { isBlocking: true, since });
        return;
      }
      case "boot:completed":
        return mend(["boot"], entry);

      case "flow:changed":
        if (entry.to === "closed") rest(entry.trunkId);
        else if (entry.to !== "open" && entry.to !== "doubted" && !ready.has(entry.trunkId)) leave(entry.trunkId, entry);
        if (entry.to !== "waiting") return;
        leave(entry.trunkId, entry);
        if (everReady && ready.size === 0) begin(["no-trunk"], entry, { isBlocking: true });
        return;
      case "registration:changed":
        if (entry.to === "refreshing") return;
        if (entry.to !== "registered") return leave(entry.trunkId, entry);
        everReady = true;
        ready.add(entry.trunkId);
        away.delete(entry.trunkId);
        mend(["trunk", entry.trunkId], entry);
        mend(["flow", entry.trunkId], entry);
        return mend(["no-trunk"], entry);

      case "breaker:changed": {
        const trouble: Trouble = [entry.plane === "media" ? "audio" : "route", entry.trunkId, entry.route];
        if (entry.to === "closed") {
          openBreakers.delete(keyOf(...trouble));
          return mend(trouble, entry);
        }
        // From then on the doubt may go stale.
        if (entry.to === "open") openBreakers.add(keyOf(...trouble));
        else openBreakers.delete(keyOf(...trouble));
        return entry.to === "open" ? begin(trouble, entry) : open.doubt(trouble, entry.atMs);
      }

      case "attempt:started":
        begun.set(keyOf(entry.callId, entry.attempt), { seq: entry.seq, atMs: entry.atMs });
        ofCallees.delete(entry.callId);
        routes.set(entry.callId, entry.route);
        mend(["not-started"], entry);
        mend(["no-trunk"], entry);
        return mend(["device"], entry);
      case "attempt:progressed":
        if (entry.times === undefined && isRinging(entry.answer)) carried(entry);
        return;
      case "attempt:overdue":
        return void overdue.set(
          keyOf(entry.callId, entry.attempt),
          entry.edgeAlive === false ? ["flow", entry.trunkId] : ["route", entry.trunkId, entry.route],
        );
      case "attempt:abandoned": {
        // The agent's patience was at an end before the line's.
        const trouble = entry.because === "hung-up" ? overdue.get(keyOf(entry.callId, entry.attempt)) : undefined;
        const since = begun.get(keyOf(entry.callId, entry.attempt));
        overdue.delete(keyOf(entry.callId, entry.attempt));
        return trouble && begin(trouble, entry, { goesStale: !isRested(trouble), ...(since && { since }) });
      }
      case "attempt:answered":
        begun.delete(keyOf(entry.callId, entry.attempt));
        return carried(entry);
      case "attempt:ended": {
        const { outcome } = entry;
        const since = begun.get(keyOf(entry.callId, entry.attempt));
        begun.delete(keyOf(entry.callId, entry.attempt));
        overdue.delete(keyOf(entry.callId, entry.attempt));
        if (outcome.vote === "success") return carried(entry);
        if (isFarEndsOwn(entry)) return void ofCallees.add(entry.callId);
        if (outcome.class !== "carrier" && outcome.class !== "network" && outcome.class !== "caller" && !isMalformed(entry)) return;
        // What the network did under the call says nothing of the route.
        const trouble: Trouble = outcome.class === "network" ? ["flow", entry.trunkId] : ["route", entry.trunkId, entry.route];
        return begin(trouble, entry, { goesStale: !isRested(trouble), ...(since && { since }) });
      }

      case "call:placed":
      case "call:offered":
      case "call:resumed":
        return void routes.set(entry.callId, entry.party.route);
      case "audio:given-up": {
        const trouble: Trouble = entry.isLocal ? ["device"] : ["audio", entry.trunkId, routes.get(entry.callId) ?? ""];
        return begin(trouble, entry, { goesStale: !isRested(trouble) });
      }
      case "audio:restored":
        mend(["device"], entry);
        return mend(["audio", entry.trunkId, routes.get(entry.callId) ?? ""], entry);
      case "audio:rated":
        return rate(entry);

      case "call:failed-over":
        return open.note({ began: { seq: entry.seq, atMs: entry.atMs }, cause: causeOfTrunk(entry.from) });
      case "call:refused":
        if (entry.because === "boot-incomplete") begin(["boot"], entry, { isBlocking: true });
        else if (entry.because === "no-trunk" || entry.because === "trunks-missing") begin(["no-trunk"], entry, { isBlocking: true });
        else if (entry.because === "not-started") begin(["not-started"], entry, { isBlocking: true, goesStale: true });
        else if (entry.because === "media-failed") begin(["device"], entry, { isBlocking: true, goesStale: true });
        return;
      case "call:turned-away":
        if (entry.error !== undefined) begin(["device"], entry, { isBlocking: true, goesStale: true });
        return;
      case "call:ended":
        if (entry.error !== undefined) begin(["device"], entry, { isBlocking: true, goesStale: true });
        else if (isLost(entry) && !ofCallees.has(entry.callId))
          begin(["lost", routes.get(entry.callId) ?? ""], entry, { isBlocking: true, goesStale: true });
        routes.delete(entry.callId);
        ofCallees.delete(entry.callId);
        return;
      default:
    }
  }

  return {
    get count() {
      return open.count;
    },
    get isBlocking() {
      return open.isBlocking;
    },
    read(entry) {
      write(entry);
      book.read(entry);
      for (const { mended, told } of suspicions.map((read) => read(entry))) {
        for (const trouble of mended) mend(trouble, entry);
        for (const { trouble, at, change } of told) {
          begin(trouble, at, { goesStale: true });
          open.note(change);
        }
      }
      return open.news();
    },
    pass(nowMs) {
      for (const [trunkId, since] of away)
        if (since.atMs + graceMs <= nowMs && !open.has(["trunk", trunkId])) begin(["trunk", trunkId], since);
      for (const [stage, since] of stalled) {
        if (since.atMs + graceMs > nowMs) continue;
        stalled.delete(stage);
        begin(["boot"], since, { isBlocking: true });
      }
      open.pass(nowMs);
      return open.news();
    },
    get dueMs() {
      let { dueMs } = open;
      for (const [trunkId, { atMs }] of away) if (!open.has(["trunk", trunkId])) dueMs = Math.min(dueMs, atMs + graceMs);
      for (const { atMs } of stalled.values()) dueMs = Math.min(dueMs, atMs + graceMs);
      return dueMs;
    },
  };
}

/** A fault ended the call; what is ambiguous (no user responding) is not called one. */
export const isLost = ({ end, outcome }: Entry<"call:ended">): boolean =>
  end === "flow-lost" || (end === "failed" && outcome?.class !== "ambiguous" && outcome?.class !== "local");
