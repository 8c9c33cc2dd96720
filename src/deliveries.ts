/**
 * What is reported, when and to whom; and what a page that is gone has left to be reported. Loaded only where there is
 * somebody to report to, or a store to keep the journal in.
 */
import { sleep } from "./clock.ts";
import type { Settings } from "./config.ts";
import { incidentsOf } from "./diagnosis/incident.ts";
import type { Incident } from "./diagnosis/model.ts";
import { errorName } from "./errors.ts";
import { onPageEnd } from "./host.ts";
import type { Diagnostician } from "./insight.ts";
import type { Entry, Journal } from "./journal.ts";
import { createOutbox } from "./outbox/outbox.ts";
import { buildReportSliced, type ReportDocument, type ReportOptions } from "./report/document.ts";
import { jsonSliced } from "./report/json.ts";
import { createRunningDigest } from "./seal/running-digest.ts";
import { allAtOnce, type Sliced } from "./slices.ts";
import { guardStore } from "./store/guarded.ts";
import { memoryStore } from "./store/memory.ts";
import { createTail, readTail, type LeftJournal } from "./store/tail.ts";
import { inTurns } from "./turns.ts";

export interface Deliveries {
  incidentChanged(change: "opened" | "updated" | "closed", incident: Incident): void;
  /** Reports what is open as it stands, and sends what it can in the little time there is. The rest is the next page's. */
  close(): Promise<void>;
}

interface DeliveriesPorts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly diagnostician: Pick<Diagnostician, "incidents" | "verdict">;
}

/** A report, and its text. */
interface Made {
  readonly report: ReportDocument;
  readonly text: string;
}

/** One that is being made. */
interface Making {
  readonly work: Sliced<Made>;
  readonly incident: Incident | undefined;
  /** Once it is, and only its signature is waited for. */
  made?: Made;
}

/** Somebody who gets reports. Neither rejects nor throws. */
interface Recipient {
  /** Resolves when it has the report, or keeps it until it has. */
  take(made: Made, version: string): Promise<void>;
  endPage(): void;
  flush(): Promise<void>;
}

/** How long `close()` may take for it, ms: as long as it waits for the registrars. */
const closeMs = 450;
/** When what other pages left is looked at, ms: this page's own start goes first. */
const recoverMs = 3_000;

const sessionsPlace = "sessions/";

export function createDeliveries({ settings, journal, diagnostician }: DeliveriesPorts): Deliveries {
  const { clock, random, spreadMs, reporting, sessionId = "" } = settings;
  const closing = new AbortController();
  const { signal } = closing;
  const store = guardStore(settings.store ?? memoryStore(), {
    clock,
    signal,
    onFailed: (error) => void journal.append("store:failed", { store: String(settings.store?.name), error: errorName(error) }),
  });
  const recipients = settings.reports.map(recipientOf);
  const own = `${sessionsPlace}${sessionId}`;
  const tail = settings.store && createTail({ place: `${own}/journal`, store, journal, clock });
  /** Other pages must not take this one for dead; held until it closes, or is gone. */
  const claimed = settings.store ? store.claim(own, "granted") : undefined;
  const stopWatching = onPageEnd(endPage);
  const digestOf = createRunningDigest();
  let revision = 0;
  /** One after the other: an earlier version must not come after a later one. */
  let queue: Promise<unknown> = Promise.resolve();
  const making = new Set<Making>();
  let isForgotten = false;
  /** How far the journal was when something ongoing was last told. */
  let toldSeq = -1;

  if (settings.store)
    void sleep(clock, recoverMs, signal)
      .then(recover)
      .catch(() => {});

  function recipientOf(sink: Settings["reports"][number]): Recipient {
    if (!("send" in sink)) return { take: ({ report }) => deliver(sink, report), endPage: () => {}, flush: () => Promise.resolve() };
    const outbox = createOutbox({ transport: sink, store, clock, random, journal, spreadMs, signal });
    return { ...outbox, take: ({ report, text }, version) => outbox.add(report.reportId, version, text) };
  }

  async function deliver(sink: Exclude<Settings["reports"][number], { send: unknown }>, report: ReportDocument): Promise<void> {
    try {
      await sink.deliver(report);
    } catch (error) {
      journal.append("sink:failed", { sink: sink.name, error: errorName(error) });
    }
  }

  function failed(error: unknown): void {
    if (!signal.aborted) journal.append("sink:failed", { sink: "report", error: errorName(error) });
  }

  function* makeOf(entries: readonly Entry[], incident: Incident | undefined, options: ReportOptions): Sliced<Made> {
    const built = yield* buildReportSliced(entries, incident, options);
    const report = { ...built, journalDigest: yield* digestOf(entries) };
    return { report, text: yield* jsonSliced(report) };
  }

  /** To everybody, of what is known now; with `isEnding` before it returns, and unsigned: a page that ends does not wait. */
  async function report(
    entries: readonly Entry[],
    incident: Incident | undefined,
    options: Omit<ReportOptions, "generatedAtMs">,
    isEnding = false,
  ): Promise<void> {
    const work = makeOf([...entries], incident, { generatedAtMs: clock.dateMs(), ...options });
    if (isEnding) return hand(allAtOnce(work), incident);
    const own: Making = { work, incident };
    making.add(own);
    const done = queue.then(async () => {
      own.made = await inTurns(work, clock, signal);
      const made = await sign(own.made);
      // Else the page seemed to end meanwhile, and it went then.
      return making.delete(own) ? made : undefined;
    });
    queue = done.catch(() => making.delete(own));
    const made = await done;
    if (made) await hand(made, incident);
  }

  async function hand(made: Made, incident: Incident | undefined): Promise<void> {
    const version = made.report.status === "closed" ? lastVersionOf(incident) : String(++revision);
    await Promise.all(recipients.map(({ take }) => take(made, version)));
  }

  /** Unsigned where it cannot be: that it arrives counts more. */
  async function sign(made: Made): Promise<Made> {
    if (!reporting.signing) return made;
    try {
      const { signatureOf, signedText } = await import("./seal/signature.ts");
      const signed = await inTurns(signedText(made.report), clock, signal);
      const signature = await signatureOf(signed, reporting.signing.key, reporting.signing.keyId);
      return { report: { ...made.report, signature }, text: `${made.text.slice(0, -1)},"signature":${JSON.stringify(signature)}}` };
    } catch (error) {
      journal.append("sink:failed", { sink: "signing", error: errorName(error) });
      return made;
    }
  }

  async function reportClosed(incident: Incident): Promise<void> {
    await report(journal.entries, incident, {});
    if (settings.store && !isForgotten) await store.write(doneKey(own, incident), "");
  }

  /** What is open, as it stands: an incident; or a healthy session that was drawn, and that is over with `isFinal`. */
  async function reportOpen(isFinal: boolean, isEnding = false): Promise<void> {
    const lastSeq = journal.entries.at(-1)?.seq ?? -1;
    if (lastSeq === toldSeq) return;
    toldSeq = lastSeq;
    const { incidents, verdict } = diagnostician;
    const open = openOf(incidents);
    if (open) await report(journal.entries, open, {}, isEnding);
    else if (incidents.length === 0 && isDrawn(sessionId, reporting.sample))
      await report(journal.entries, undefined, { verdict, isFinal, sampledShare: reporting.sample }, isEnding);
  }

  function endPage(): void {
    for (const { work, incident, made } of making) hand(made ?? allAtOnce(work), incident).catch(failed);
    making.clear();
    reportOpen(false, true).catch(failed);
    void tail?.flush();
    for (const recipient of recipients) recipient.endPage();
  }

  /** Reports what pages that are gone could not. */
  async function recover(): Promise<void> {
    const keys = await store.keys(sessionsPlace);
    for (const id of new Set(keys.map((key) => key.split("/")[1] ?? ""))) {
      const release = id === sessionId || signal.aborted ? undefined : await store.claim(`${sessionsPlace}${id}`, "refused");
      if (!release) continue;
      try {
        await complete(id);
      } finally {
        release();
      }
    }
  }

  async function complete(id: string): Promise<void> {
    const place = `${sessionsPlace}${id}`;
    try {
      const left = await readTail(store, `${place}/journal`);
      const { entries, unreadable } = left;
      // It began, and was gone before anything came of it.
      const isBlank = unreadable === 0 && entries.every(({ type }) => type === "session:started");
      if (!isBlank) {
        const reports = await reportLeft(left, new Set(await store.keys(`${place}/done/`)), place, id);
        journal.append("session:recovered", { sessionId: id, entries: entries.length, reports, ...(unreadable > 0 && { unreadable }) });
      }
    } catch (error) {
      journal.append("session:recovered", { sessionId: id, entries: 0, reports: 0, error: errorName(error) });
    }
    if (!signal.aborted) await forget(place);
  }

  /** @returns how many reports there were. */
  async function reportLeft({ entries, unreadable }: LeftJournal, done: ReadonlySet<string>, place: string, id: string): Promise<number> {
    const started = entries.find((entry) => entry.type === "session:started");
    if (!started) return 0;
    const { calmMs, priors = settings.priors } = started.diagnosis ?? { calmMs: settings.limits.calmMs };
    const incidents = incidentsOf(entries, { calmMs, priors });
    const left = incidents.filter((incident) => !done.has(doneKey(place, incident)));
    for (const incident of left) await report(entries, incident, { isFinal: true, unreadable });
    if (incidents.length > 0 || !isDrawn(id, reporting.sample)) return left.length;
    await report(entries, undefined, { isFinal: true, sampledShare: reporting.sample, unreadable });
    return 1;
  }

  async function forget(place: string): Promise<void> {
    for (const key of await store.keys(`${place}/`)) await store.remove(key);
  }

  async function finish(): Promise<void> {
    const isOpen = openOf(diagnostician.incidents) !== undefined;
    await reportOpen(true).catch(failed);
    await queue;
    await tail?.flush();
    tail?.close();
    // What is open is completed by the next page, which needs the journal for it.
    isForgotten = !isOpen;
    if (tail && isForgotten) await forget(own);
    await Promise.all(recipients.map(({ flush }) => flush()));
  }

  return {
    incidentChanged(change, incident) {
      if (signal.aborted) return;
      if (change === "closed") reportClosed(incident).catch(failed);
      else if (reporting.incidents === "at-once") report(journal.entries, incident, {}).catch(failed);
    },
    async close() {
      await Promise.race([finish(), sleep(clock, closeMs, signal).catch(() => {})]);
      closing.abort();
      stopWatching();
      tail?.close();
      (await claimed)?.();
    },
  };
}

const openOf = (incidents: readonly Incident[]): Incident | undefined => incidents.find(({ closedMs }) => closedMs === undefined);

/** What comes back after it was closed is closed once more, as another version: the next page's to report, if this one is gone. */
const lastVersionOf = (incident: Incident | undefined): string =>
  incident?.reopened === undefined ? "closed" : `closed-${incident.reopened + 1}`;

const doneKey = (place: string, incident: Incident): string => `${place}/done/${incident.firstSeq}/${lastVersionOf(incident)}`;

/** The same on every page that asks: the id is random, so its beginning draws the lot. */
const isDrawn = (sessionId: string, share: number): boolean => Number.parseInt(sessionId.slice(0, 8), 16) / 2 ** 32 < share;
