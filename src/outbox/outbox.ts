/**
 * Reports on their way to one endpoint. What is to be sent lies in the store until the endpoint has confirmed it, so
 * that no crash loses it: it is sent at least once, and told apart by its key.
 */
import { within, type CancelTimer, type Clock, type Random } from "../clock.ts";
import { errorName } from "../errors.ts";
import type { Journal } from "../journal.ts";
import { whenAborted } from "../platform.ts";
import type { Parcel, ReportTransport, TransportAnswer } from "../ports/reports.ts";
import type { GuardedStore } from "../store/guarded.ts";
import { backoffMs } from "../trunk/backoff.ts";
import { outboxBounds } from "./bounds.ts";
import { fateOf, restMsOf, type Fate } from "./fate.ts";

export interface Outbox {
  /**
   * Takes a report; an earlier version of it that still waits is replaced.
   * @param version names it among the versions of the report.
   * @returns once it is kept.
   */
  add(reportId: string, version: string, text: string): Promise<void>;
  /** Hands over what this page has not delivered, as far as that is possible while the page goes away. */
  endPage(): void;
  /** Sends what it can now. Nothing of it is left once `signal` has aborted. */
  flush(): Promise<void>;
}

interface OutboxPorts {
  readonly transport: ReportTransport;
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Pick<Journal, "append">;
  /** Over how long a fleet's first moves are spread, ms. */
  readonly spreadMs: number;
  /** Ends it all. */
  readonly signal: AbortSignal;
}

interface Own {
  readonly text: string;
  /** By the monotonic clock: the time of day in its key may be set right by years afterwards. */
  readonly addedMs: number;
}

/** Until when the endpoint is left alone (ms since 1970), after how many failures in a row. Kept, so that a reload does not ask sooner. */
interface Rest {
  readonly untilMs: number;
  readonly failures: number;
}

const backoffLimits = { reconnectBaseMs: outboxBounds.retryBaseMs, reconnectMaxMs: outboxBounds.retryMaxMs };

export function createOutbox({ transport, store, clock, random, journal, spreadMs, signal }: OutboxPorts): Outbox {
  const sink = transport.name;
  const place = `outbox/${encodeURIComponent(sink)}`;
  const restKey = `outbox-rest/${encodeURIComponent(sink)}`;
  /** Not delivered as far as this page knows, by its key in the store; for the page's end, when no store can be read any more. */
  const own = new Map<string, Own>();
  /** Of these, what is being written: not in the store yet, and not gone from it. */
  const writing = new Set<string>();
  /** What failed since anything went through: a report that breaks the endpoint must not hold up the others. */
  const failed = new Set<string>();
  let draining: Promise<void> | undefined;
  let cancelTimer: CancelTimer = () => {};
  let dueMs = Infinity;
  let lastMs = 0;

  whenAborted(signal, () => cancelTimer());
  wakeIn(firstTryMs());

  function firstTryMs(): number {
    return random() * Math.max(outboxBounds.firstTryMs, spreadMs);
  }

  function wakeIn(delayMs: number): void {
    const atMs = clock.nowMs() + delayMs;
    if (signal.aborted || atMs >= dueMs) return;
    cancelTimer();
    dueMs = atMs;
    cancelTimer = clock.setTimer(() => {
      dueMs = Infinity;
      void flush();
    }, delayMs);
  }

  /** Never rejects: the store is guarded, and what a transport throws is an answer. */
  function flush(): Promise<void> {
    draining ??= drain().finally(() => (draining = undefined));
    return draining;
  }

  async function drain(): Promise<void> {
    const release = await store.claim(place, "granted");
    if (!release) {
      // Another page sends for all; should it die, what is left is ours.
      if ((await waiting()).length > 0) wakeIn(outboxBounds.otherPageMs * (0.5 + random() / 2));
      return;
    }
    try {
      await sendAll();
    } finally {
      release();
    }
  }

  async function sendAll(): Promise<void> {
    const before = await rest();
    if (before.untilMs > clock.dateMs()) return wakeIn(before.untilMs - clock.dateMs());
    let { failures } = before;
    for (let keys = await waiting(); keys.length > 0 && !signal.aborted; keys = await waiting()) {
      const key = keys.find((each) => !failed.has(each)) ?? keys[0] ?? "";
      const text = (await store.read(key)) ?? own.get(key)?.text;
      if (text === undefined) {
        // Another page let go of it just now; or it cannot be read, and is not thrown away for that.
        if (failed.has(key)) return wakeIn(backoffMs(1, backoffLimits, spreadMs, random));
        failed.add(key);
        continue;
      }
      const answer = await trySending({ key: parcelKeyOf(key), text });
      if (signal.aborted) return;
      const fate = fateOf(answer);
      if (fate === "again") {
        failed.add(key);
        return leaveAlone(failures + 1, answer);
      }
      tell(key, fate, answer);
      if (failures > 0) await store.remove(restKey);
      failures = 0;
      failed.clear();
      await letGo(key);
    }
  }

  function tell(key: string, fate: Exclude<Fate, "again">, { status }: TransportAnswer): void {
    const report = parcelKeyOf(key);
    if (fate === "accepted") journal.append("report:delivered", { sink, report });
    else journal.append("report:given-up", { sink, report, status });
  }

  async function leaveAlone(failures: number, answer: Unanswered): Promise<void> {
    const waitMs = Math.max(
      backoffMs(failures, backoffLimits, spreadMs, random),
      // A fleet that is told the same second must not come in the same second.
      restMsOf(answer, clock.dateMs(), outboxBounds.retryAfterMaxMs) * (1 + random() / 10),
    );
    const { status, error } = answer;
    if (failures === 1) journal.append("report:delayed", { sink, ...(error === undefined ? { status } : { error }), waitMs });
    await store.write(restKey, JSON.stringify({ untilMs: clock.dateMs() + waitMs, failures } satisfies Rest));
    wakeIn(waitMs);
  }

  async function rest(): Promise<Rest> {
    const none: Rest = { untilMs: 0, failures: 0 };
    const text = await store.read(restKey);
    if (text === undefined) return none;
    try {
      const { untilMs, failures } = JSON.parse(text) as Partial<Record<keyof Rest, unknown>>;
      const longestMs = 2 * Math.max(outboxBounds.retryAfterMaxMs, outboxBounds.retryMaxMs, spreadMs);
      // Later than any rest that we would write: the clock was set back since.
      if (!Number.isSafeInteger(failures) || typeof untilMs !== "number" || !(untilMs - clock.dateMs() <= longestMs)) return none;
      return { untilMs, failures: failures as number };
    } catch {
      return none;
    }
  }

  /** Keys of what waits, the oldest first, after what is past the bounds was dropped. */
  async function waiting(): Promise<readonly string[]> {
    const keys = await store.keys(`${place}/`);
    const ageMs = (key: string) => {
      const added = own.get(key);
      return added ? clock.nowMs() - added.addedMs : clock.dateMs() - Number(key.split("/")[2]);
    };
    const isTooOld = (key: string) => ageMs(key) > outboxBounds.maxAgeMs;
    const fresh = keys.filter((key) => !isTooOld(key));
    const kept = fresh.slice(Math.max(0, fresh.length - outboxBounds.maxReports));
    await drop("too-old", keys.filter(isTooOld));
    await drop("too-many", fresh.slice(0, fresh.length - kept.length));
    const left = new Set(kept);
    for (const key of own.keys()) if (!left.has(key) && !writing.has(key)) own.delete(key);
    return kept;
  }

  async function drop(because: "too-old" | "too-many", keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    for (const key of keys) await letGo(key);
    journal.append("report:dropped", { sink, because, count: keys.length });
  }

  async function letGo(key: string): Promise<void> {
    own.delete(key);
    await store.remove(key);
  }

  async function trySending(parcel: Parcel): Promise<Unanswered> {
    const bound = new AbortController();
    try {
      const sent = (async () => transport.send(parcel, { signal: bound.signal, atPageEnd: false }))();
      const answer: unknown = await within(clock, sent, outboxBounds.answerMs, signal);
      // Read once, and here: a transport may be the integrator's, and its answer no more than looks like one.
      const { status, retryAfter, date } = (answer ?? {}) as Partial<Record<keyof TransportAnswer, unknown>>;
      // One that tells no status has confirmed nothing.
      if (!Number.isInteger(status)) throw new TypeError("the transport gave no status");
      return {
        status: Number(status),
        ...((typeof retryAfter === "string" || typeof retryAfter === "number") && { retryAfter: String(retryAfter) }),
        ...(typeof date === "string" && { date }),
      };
    } catch (error) {
      return { status: 0, error: errorName(error) };
    } finally {
      bound.abort();
    }
  }

  return {
    async add(reportId, version, text) {
      // Never the same twice, and never back, whatever the clock does: of two versions it says which is the later.
      lastMs = Math.max(lastMs + 1, Math.floor(clock.dateMs()));
      const key = `${place}/${String(lastMs).padStart(15, "0")}/${encodeURIComponent(reportId)}/${encodeURIComponent(version)}`;
      const ofReport = `/${encodeURIComponent(reportId)}/`;
      own.set(key, { text, addedMs: clock.nowMs() });
      writing.add(key);
      for (const each of own.keys()) if (each !== key && each.includes(ofReport)) own.delete(each);
      await store.write(key, text);
      writing.delete(key);
      // What an earlier page left is the earlier version, though its clock may have been ahead of ours.
      const isEarlier = (each: string) => each < key || (each > key && !own.has(each));
      for (const each of await store.keys(`${place}/`)) if (each.includes(ofReport) && isEarlier(each)) await store.remove(each);
      wakeIn(firstTryMs());
    },
    endPage() {
      for (const [key, { text }] of [...own].reverse()) {
        const heard = (answer: TransportAnswer) => {
          const fate = fateOf(answer);
          if (fate === "again") return undefined;
          // The page may have come back, and a try of before have been heard of first.
          if (own.has(key) && !signal.aborted) tell(key, fate, answer);
          return letGo(key);
        };
        const sent = (async () => transport.send({ key: parcelKeyOf(key), text }, { signal, atPageEnd: true }))();
        sent.then(heard).catch(() => {});
      }
    },
    flush,
  };
}

/** An answer, or that there was none. */
type Unanswered = TransportAnswer & { readonly error?: string };

/** Of `outbox/<name>/<date>/<report>/<version>` the last two: the same wherever and whenever it is queued. */
const parcelKeyOf = (key: string): string => key.split("/").slice(3).map(decodeURIComponent).join("/");
