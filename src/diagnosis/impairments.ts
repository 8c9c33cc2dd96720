/**
 * What is wrong with the service at each moment, read from the journal entry by entry. Each impairment needs a
 * proof of its own that it is over: a trunk and its flow a registration, a route a call that it carried.
 */
import { everyRoute, type Entry, type Route } from "../journal.ts";
import { isMalformed } from "./malformed.ts";
import { createUnblamedEnds } from "./unblamed-ends.ts";

/** Where and when an impairment began: an attempt's with the attempt, a trunk's with the loss. */
export interface Beginning {
  readonly seq: number;
  readonly atMs: number;
}

/** What one entry, or the passing of time, changed. */
export interface Change {
  /** A sign of degraded service. */
  readonly began?: Beginning;
  /** Something was proven well again. */
  readonly mended?: Beginning;
  /** A doubt went stale: nothing proved it either way. */
  readonly unproven?: true;
  /** Of what began: the trunk, where it is one's, or what else is wrong. */
  readonly cause?: string;
  /** A call that came to nothing by it, though it was told as the callee's answer. */
  readonly lostCall?: string;
  /** One that met it, and went on over another trunk. */
  readonly savedCall?: string;
}

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

/** Calls in a row that sound poor on one trunk: service is degraded. */
const poorAtLeast = 2;

type Key =
  | "boot"
  | "not-started"
  | "device"
  | "no-trunk"
  | `trunk ${string}`
  | `flow ${string}`
  | `route ${string} ${Route}`
  | `audio ${string} ${Route}`
  | `sound ${string}`
  | `lost ${Route}`;

interface Impairment {
  readonly isBlocking: boolean;
  /** Nothing proves or disproves it after this time; Infinity for what cannot go stale. */
  staleMs: number;
}

/**
 * @param unprovenMs how long a doubt about a route or its audio lasts when nobody calls.
 * @param blockedMs the same of what blocks all calls, or all to a route: minutes are counted by it.
 */
export function createImpairments(unprovenMs: number, blockedMs: number): Impairments {
  const open = new Map<Key, Impairment>();
  const begun = new Map<string, Beginning>();
  const routes = new Map<string, Route>();
  const critical = new Map<string, boolean>();
  /** Trunks that are not registered, and critical stages that stall: since when. */
  const away = new Map<string, Beginning>();
  const stalled = new Map<string, Beginning>();
  const ready = new Set<string>();
  /** Calls on a trunk that sounded poor, since the last one that sounded well. */
  const poorCalls = new Map<string, Set<string>>();
  const openBreakers = new Set<Key>();
  const unblamed = createUnblamedEnds();
  /** Attempts that are kept though they are overdue, for want of something better: what they would be if they came to nothing. */
  const overdue = new Map<string, Key>();
  let everReady = false;
  let changes: Change[] = [];

  function begin(key: Key, entry: Beginning, { isBlocking = false, goesStale = false, since = entry } = {}): void {
    open.set(key, {
      isBlocking: isBlocking || open.get(key)?.isBlocking === true,
      staleMs: goesStale ? entry.atMs + (isBlocking ? blockedMs : unprovenMs) : Infinity,
    });
    changes.push({ began: { seq: since.seq, atMs: since.atMs }, cause: causeOf(key) });
  }

  function mend(key: Key, { seq, atMs }: Beginning): void {
    if (open.delete(key)) changes.push({ mended: { seq, atMs } });
  }

  function carried(entry: Extract<Entry, { attempt: number; callId: string }>): void {
    overdue.delete(`${entry.callId} ${entry.attempt}`);
    mend(`route ${entry.trunkId} ${entry.route}`, entry);
    mend(`route ${entry.trunkId} ${everyRoute}`, entry);
    mend(`flow ${entry.trunkId}`, entry);
    mend(`lost ${entry.route}`, entry);
  }

  /** One call that sounds poor may be the callee's; the next one as well is not. */
  function rate(entry: Entry<"audio:rated">): void {
    const { trunkId, callId, level } = entry;
    if (level === "good") {
      poorCalls.delete(trunkId);
      mend(`sound ${trunkId}`, entry);
      return mend(`audio ${trunkId} ${routes.get(callId) ?? ""}`, entry);
    }
    if (level !== "poor") return;
    const calls = (poorCalls.get(trunkId) ?? new Set()).add(callId);
    poorCalls.set(trunkId, calls);
    if (calls.size >= poorAtLeast) begin(`sound ${trunkId}`, entry, { goesStale: true });
  }

  function leave(trunkId: string, { seq, atMs }: Beginning): void {
    ready.delete(trunkId);
    if (!away.has(trunkId)) away.set(trunkId, { seq, atMs });
  }

  /** Our own end of it: the telephone is in another page, or the trunk is no longer wanted. Nobody proves here what was wrong. */
  function rest(trunkId: string): void {
    ready.delete(trunkId);
    away.delete(trunkId);
    if (open.delete(`trunk ${trunkId}`)) changes.push({ unproven: true });
    if (away.size === 0 && ready.size === 0 && open.delete("no-trunk")) changes.push({ unproven: true });
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
        if (entry.critical && entry.final && entry.fault.kind !== "aborted") begin("boot", entry, { isBlocking: true, since });
        return;
      }
      case "boot:completed":
        return mend("boot", entry);

      case "flow:changed":
        if (entry.to === "closed") rest(entry.trunkId);
        else if (entry.to !== "open" && entry.to !== "doubted" && !ready.has(entry.trunkId)) leave(entry.trunkId, entry);
        if (entry.to !== "waiting") return;
        leave(entry.trunkId, entry);
        if (everReady && ready.size === 0) begin("no-trunk", entry, { isBlocking: true });
        return;
      case "registration:changed":
        if (entry.to === "refreshing") return;
        if (entry.to !== "registered") return leave(entry.trunkId, entry);
        everReady = true;
        ready.add(entry.trunkId);
        away.delete(entry.trunkId);
        mend(`trunk ${entry.trunkId}`, entry);
        mend(`flow ${entry.trunkId}`, entry);
        return mend("no-trunk", entry);

      case "breaker:changed": {
        const key: Key = `${entry.plane === "media" ? "audio" : "route"} ${entry.trunkId} ${entry.route}`;
        if (entry.to === "closed") {
          openBreakers.delete(key);
          return mend(key, entry);
        }
        // While it is open nobody looks; from then on the doubt may go stale.
        if (entry.to === "open") openBreakers.add(key);
        else openBreakers.delete(key);
        return entry.to === "open"
          ? begin(key, entry)
          : void (open.has(key) && open.set(key, { isBlocking: false, staleMs: entry.atMs + unprovenMs }));
      }

      case "attempt:started":
        begun.set(`${entry.callId} ${entry.attempt}`, { seq: entry.seq, atMs: entry.atMs });
        routes.set(entry.callId, entry.route);
        mend("not-started", entry);
        mend("no-trunk", entry);
        return mend("device", entry);
      case "attempt:progressed":
        if (entry.times === undefined && (entry.answer.code === 180 || entry.answer.code === 183)) carried(entry);
        return;
      case "attempt:overdue":
        return void overdue.set(
          `${entry.callId} ${entry.attempt}`,
          entry.edgeAlive === false ? `flow ${entry.trunkId}` : `route ${entry.trunkId} ${entry.route}`,
        );
      case "attempt:abandoned": {
        // The agent's patience was at an end before the line's.
        const key = entry.because === "hung-up" ? overdue.get(`${entry.callId} ${entry.attempt}`) : undefined;
        const since = begun.get(`${entry.callId} ${entry.attempt}`);
        overdue.delete(`${entry.callId} ${entry.attempt}`);
        return key && begin(key, entry, { goesStale: !openBreakers.has(key), ...(since && { since }) });
      }
      case "attempt:answered":
        begun.delete(`${entry.callId} ${entry.attempt}`);
        return carried(entry);
      case "attempt:ended": {
        const { outcome } = entry;
        const since = begun.get(`${entry.callId} ${entry.attempt}`);
        begun.delete(`${entry.callId} ${entry.attempt}`);
        overdue.delete(`${entry.callId} ${entry.attempt}`);
        if (outcome.vote === "success") return carried(entry);
        if (outcome.class !== "carrier" && outcome.class !== "network" && outcome.class !== "caller" && !isMalformed(entry)) return;
        // What the network did under the call says nothing of the route.
        const key: Key = outcome.class === "network" ? `flow ${entry.trunkId}` : `route ${entry.trunkId} ${entry.route}`;
        return begin(key, entry, { goesStale: !openBreakers.has(key), ...(since && { since }) });
      }

      case "call:placed":
      case "call:offered":
      case "call:resumed":
        return void routes.set(entry.callId, entry.party.route);
      case "audio:given-up": {
        const key: Key = entry.isLocal ? "device" : `audio ${entry.trunkId} ${routes.get(entry.callId) ?? ""}`;
        return begin(key, entry, { goesStale: !openBreakers.has(key) });
      }
      case "audio:restored":
        mend("device", entry);
        return mend(`audio ${entry.trunkId} ${routes.get(entry.callId) ?? ""}`, entry);
      case "audio:rated":
        return rate(entry);

      case "call:failed-over":
        changes.push({ began: { seq: entry.seq, atMs: entry.atMs }, cause: `trunk ${entry.from}` });
        return;
      case "call:refused":
        if (entry.because === "boot-incomplete") begin("boot", entry, { isBlocking: true });
        else if (entry.because === "no-trunk") begin("no-trunk", entry, { isBlocking: true });
        else if (entry.because === "not-started") begin("not-started", entry, { isBlocking: true, goesStale: true });
        else if (entry.because === "media-failed") begin("device", entry, { isBlocking: true, goesStale: true });
        return;
      case "call:turned-away":
        if (entry.error !== undefined) begin("device", entry, { isBlocking: true, goesStale: true });
        return;
      case "call:ended":
        if (entry.error !== undefined) begin("device", entry, { isBlocking: true, goesStale: true });
        else if (isLost(entry)) begin(`lost ${routes.get(entry.callId) ?? ""}`, entry, { isBlocking: true, goesStale: true });
        routes.delete(entry.callId);
        return;
      default:
    }
  }

  const told = (): readonly Change[] => {
    const result = changes;
    changes = [];
    return result;
  };

  return {
    get count() {
      return open.size;
    },
    get isBlocking() {
      for (const { isBlocking } of open.values()) if (isBlocking) return true;
      return false;
    },
    read(entry) {
      write(entry);
      for (const end of unblamed.read(entry)) {
        begin(`route ${end.trunkId} ${end.route}`, end, { goesStale: true });
        changes.push(unblamed.wasSaved(end.callId) ? { savedCall: end.callId } : { lostCall: end.callId });
      }
      return told();
    },
    pass(nowMs) {
      for (const [trunkId, since] of away)
        if (since.atMs + graceMs <= nowMs && !open.has(`trunk ${trunkId}`)) begin(`trunk ${trunkId}`, since);
      for (const [stage, since] of stalled) {
        if (since.atMs + graceMs > nowMs) continue;
        stalled.delete(stage);
        begin("boot", since, { isBlocking: true });
      }
      for (const [key, { staleMs }] of open) {
        if (staleMs > nowMs) continue;
        open.delete(key);
        changes.push({ unproven: true });
      }
      return told();
    },
    get dueMs() {
      let dueMs = Infinity;
      for (const [trunkId, { atMs }] of away) if (!open.has(`trunk ${trunkId}`)) dueMs = Math.min(dueMs, atMs + graceMs);
      for (const { atMs } of stalled.values()) dueMs = Math.min(dueMs, atMs + graceMs);
      for (const { staleMs } of open.values()) dueMs = Math.min(dueMs, staleMs);
      return dueMs;
    },
  };
}

/** One trunk's registration, flow and routes fail of one cause; its audio may of another. */
function causeOf(key: Key): string {
  const [kind = "", trunkId = ""] = key.split(" ");
  if (kind === "route" || kind === "flow") return `trunk ${trunkId}`;
  return kind === "sound" || kind === "audio" ? `audio ${trunkId}` : key;
}

/** A fault ended the call; what is ambiguous (no user responding) is not called one. */
export const isLost = ({ end, outcome }: Entry<"call:ended">): boolean =>
  end === "flow-lost" || (end === "failed" && outcome?.class !== "ambiguous" && outcome?.class !== "local");
