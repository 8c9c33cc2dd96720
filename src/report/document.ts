/**
 * An incident, or a whole session, as data: what the page, the text and a support system are made from. It
 * holds figures and stable codes and no sentence, so the SDK's core carries no language.
 */
import type { Incident, Verdict } from "../diagnosis/model.ts";
import type { Entry, FactType } from "../journal.ts";
import { isNetworksEnd } from "../causes.ts";
import { withoutSleep } from "../sleeps.ts";
import { attemptsOf, type AttemptRecord } from "./attempts.ts";
import { callsOf, type CallRecord } from "./calls.ts";
import { environmentOf, type ReportEnvironment } from "./environment.ts";
import { kpisOf, registrationKpisOf, type Kpi, type RegistrationKpi } from "./kpi.ts";
import { partiesOf, redactionsOf, type Redaction } from "./parties.ts";
import { allAtOnce, filterSliced, forEachSliced, type Sliced } from "../slices.ts";
import { bootRunsOf, overlaps, trunkLanesOf, type BootRun, type Stretch, type TrunkLane } from "./spans.ts";
import { isoOf, wallClockOf } from "./wall-clock.ts";

/** Entries that the time line may show. */
const notableTypes = [
  "session:started",
  "session:closed",
  "clock:jumped",
  "clock:skewed",
  "boot:started",
  "boot:completed",
  "stage:stalled",
  "stage:failed",
  "crm:failed",
  "network:changed",
  "control:failed",
  "socket:tried",
  "flow:changed",
  "registration:changed",
  "credentials:failed",
  "server:failed",
  "ice-servers:failed",
  "audio:unwatched",
  "probe:unanswered",
  "frame:discarded",
  "breaker:changed",
  "health:heard",
  "common-mode:suspected",
  "common-mode:ended",
  "trunks:changed",
  "trunk:isolated",
  "trunk:restored",
  "trunk:weighed",
  "policy:failed",
  "page:changed",
  "telephone:moved",
  "call:kept",
  "call:resumed",
  "call:not-resumed",
  "call:turned-away",
  "call:refused",
  "call:cut",
  "call:redialled",
  "call:failed-over",
  "call:held",
  "hold:refused",
  "call:muted",
  "digits:sent",
  "call:referred",
  "call:replaced",
  "notice:received",
  "audio:lost",
  "audio:restarted",
  "audio:renewed",
  "audio:restored",
  "audio:given-up",
  "audio:rated",
  "microphone:changed",
  "playback:changed",
  "dialog:refreshed",
  "dialog:ended",
  "call:ended",
  "attempt:redirected",
  "attempt:overdue",
  "attempt:ended",
  "diagnosis:missing",
  "listener:failed",
  "sink:failed",
  "transition:violated",
] as const satisfies readonly FactType[];
const notable: ReadonlySet<FactType> = new Set(notableTypes);
/** The types of journal entries that a report's time line may show; the rest is in the journal alone. */
export type NotableType = (typeof notableTypes)[number];
/** A journal entry of a notable type, with that type's own fields. */
export type NotableEntry<T extends NotableType = NotableType> = Entry<T>;

/** A journal entry with its UTC time. */
export type Moment = { readonly time: string } & NotableEntry;

/** What shows that a report was not changed since it was signed; `linekeeper/seal` makes it and checks it. */
export interface ReportSignature {
  /** JOSE's names for ECDSA on P-256 with SHA-256, and for Ed25519. */
  readonly algorithm: "ES256" | "EdDSA";
  /** Base64, over the canonical JSON (RFC 8785) of the report without its signature. */
  readonly value: string;
  /** By which key, where the integrator named it; only a hint for who checks, as it is his own list that counts. */
  readonly keyId?: string;
}

/** An incident, or a whole session, as figures and stable codes; its sentences come from a report's language. */
export interface ReportDocument {
  /** Name of this format, the same as long as no field changes its meaning or goes; new fields may come. */
  readonly version: "linekeeper-report/1";
  /** The same in every version of this report: a later one replaces an earlier. */
  readonly reportId: string;
  /** `closed`: no later version follows, unless the same trouble opens the incident again. With `span.ongoing` then, the page ended before the incident did. */
  readonly status: "ongoing" | "closed";
  /** Of sessions without an incident this share sends its report; present in theirs only. */
  readonly sampledShare?: number;
  /** UTC, ISO 8601, as all times of the report that are not `…Ms`; those are ms since the session's start. */
  readonly generatedAt: string;
  /** What the report is about: one incident, or a whole session. */
  readonly subject: "incident" | "session";
  /** The incident's number within the session. */
  readonly incidentId?: number;
  /** From the beginning to the end of the subject; `ongoing`: the incident lasts still, and `to` is when the last entry was written. */
  readonly span: Stretch & { readonly from: string; readonly to: string; readonly ongoing: boolean };
  /** What the picture shows: the span and a little of what was before and after. */
  readonly window: Stretch & { readonly from: string; readonly to: string };
  /** Absent where nothing points to a fault. */
  readonly verdict?: Verdict;
  /** Service came back right after a re-initialisation of the CRM, while trunks were healthy throughout. False for a session. */
  readonly endedByReinitialisation: boolean;
  /** Minutes in which a call could not be placed on some route or not at all. 0 for a session. */
  readonly minutesLost: number;
  /** `placed`: all calls of the span. `affected`: those that met a fault, and those that never left the agent. */
  readonly callCounts: {
    readonly placed: number;
    readonly affected: number;
    readonly saved: number;
    readonly lost: number;
    readonly refused: number;
  };
  /** What happened within the span, oldest first; routine is left out. */
  readonly timeline: readonly Moment[];
  /** Of the attempts that were under way within the span. */
  readonly kpis: readonly Kpi[];
  /** Of the registrations that ended within the span. */
  readonly registrations: readonly RegistrationKpi[];
  /** Of the calls below, all of them: a call of the span may have been answered before it. */
  readonly attempts: readonly AttemptRecord[];
  /** Calls that were under way within the span, in the order in which they began; checks are not among them. */
  readonly calls: readonly CallRecord[];
  /** Initialisations of the CRM within the window, with each try of their stages. */
  readonly bootRuns: readonly BootRun[];
  /** The states of each trunk within the window, in the order of the configuration. */
  readonly trunks: readonly TrunkLane[];
  /** Where it happened; absent where the journal's first entry is missing. */
  readonly environment?: ReportEnvironment;
  /** Peers' clocks against ours, the last word of each; > 0 means that ours is ahead. */
  readonly clockSkews: readonly { readonly by: string; readonly byMs: number }[];
  /** What was left out of this report on purpose, by code. */
  readonly redacted: readonly Redaction[];
  /**
   * Of the journal behind the report: how many entries lie in the span, and which. `unreadable`: so many lines of the whole journal were
   * damaged where a page had left it, and what they told is missing here.
   */
  readonly journal: {
    readonly entries: number;
    readonly firstSeq?: number;
    readonly lastSeq?: number;
    readonly unreadable?: number;
  };
  /** Of the whole journal that the report was made of: SHA-256 over its hash chain, in hex. */
  readonly journalDigest?: { readonly value: string; readonly entries: number; readonly lastSeq: number };
  /** By the deployment's key; absent where it signs none. */
  readonly signature?: ReportSignature;
}

/** The picture shows this much of the span's length before and after it, and at least so many ms. */
const contextShare = 0.12;
const contextMinMs = 5_000;

/** When a report is written, and what is known beside its entries. */
export interface ReportOptions {
  /** Now, ms since 1970; `buildReport()` takes the journal's last moment if it is left out. */
  readonly generatedAtMs: number;
  /** The incident's if left out. Of a session without one: what its journal points to, such as a microphone that a check found missing. */
  readonly verdict?: Verdict;
  /** Nothing more will be known of it: its page is gone. */
  readonly isFinal?: boolean;
  /** Of a healthy session that was drawn by lot: the share of such sessions that is reported, 0 to 1. */
  readonly sampledShare?: number;
  /** So many lines of the journal could not be read, and are not among the entries. 0 if left out. */
  readonly unreadable?: number;
}

/**
 * Puts the report together, of the journal alone: the same entries give the same report anywhere.
 * @param entries the journal, oldest first.
 * @param incident the one to report on, of `incidentsOf()` (`linekeeper/diagnosis`); the whole session if left out, on which `diagnose()`
 * gives the `verdict`.
 */
export function buildReport(entries: readonly Entry[], incident?: Incident, options: Partial<ReportOptions> = {}): ReportDocument {
  const { generatedAtMs = lastDateMs(entries) } = options;
  return allAtOnce(buildReportSliced(entries, incident, { ...options, generatedAtMs }));
}

/** When the last entry was written, by the journal's own clock, ms since 1970. */
const lastDateMs = (entries: readonly Entry[]) => Date.parse(allAtOnce(wallClockOf(entries, 0))(entries.at(-1)?.atMs ?? 0));

/** The same for a page that shall not stand still meanwhile. */
export function* buildReportSliced(
  journal: readonly Entry[],
  incident: Incident | undefined,
  { generatedAtMs, verdict = incident?.verdict, isFinal = false, sampledShare, unreadable = 0 }: ReportOptions,
): Sliced<ReportDocument> {
  const entries = yield* withoutSleep(journal);
  const utc = yield* wallClockOf(entries, generatedAtMs);
  const span = spanOf(entries, incident);
  const window = windowOf(entries, span, incident !== undefined);
  const within: Entry[] = [];
  const timeline: Moment[] = [];
  yield* forEachSliced(entries, (entry) => {
    if (entry.atMs < span.fromMs || entry.atMs > span.toMs) return;
    within.push(entry);
    if (isNotable(entry)) timeline.push({ time: utc(entry.atMs), ...entry });
  });
  const started = entries.find((entry) => entry.type === "session:started");
  const environment = yield* environmentOf(entries);

  const isWithin = (life: Life) => overlaps(lifeOf(life, span), span);
  const parties = yield* partiesOf(entries);
  const calls = yield* filterSliced(yield* callsOf(entries, parties, utc), isWithin);
  const callIds = new Set(calls.map(({ callId }) => callId));
  const attempts = yield* filterSliced(yield* attemptsOf(entries, parties, utc), ({ callId }) => callIds.has(callId));
  const fates = (fate: CallRecord["fate"]) => calls.filter((call) => call.fate === fate).length;
  const counted = { saved: fates("saved"), lost: fates("lost"), refused: fates("refused") };

  return {
    version: "linekeeper-report/1",
    reportId: reportIdOf(started, incident),
    status: isFinal || incident?.closedMs !== undefined || entries.at(-1)?.type === "session:closed" ? "closed" : "ongoing",
    ...(sampledShare !== undefined && { sampledShare }),
    generatedAt: isoOf(generatedAtMs),
    subject: incident ? "incident" : "session",
    ...(incident && { incidentId: incident.id }),
    ...(verdict && verdict.conclusion !== "healthy" && { verdict }),
    span: { ...span, from: utc(span.fromMs), to: utc(span.toMs), ongoing: incident !== undefined && incident.closedMs === undefined },
    window: { ...window, from: utc(window.fromMs), to: utc(window.toMs) },
    endedByReinitialisation: incident?.endedByReinitialisation ?? false,
    minutesLost: incident?.minutesLost ?? 0,
    callCounts: incident
      ? {
          placed: calls.length,
          affected: incident.callsAffected + incident.callsRefused,
          saved: incident.callsSaved,
          lost: incident.callsLost,
          refused: incident.callsRefused,
        }
      : { placed: calls.length, affected: counted.saved + counted.lost + counted.refused, ...counted },
    timeline,
    kpis: kpisOf(attempts.filter(isWithin)),
    registrations: yield* registrationKpisOf(within),
    attempts,
    calls,
    bootRuns: yield* bootRunsOf(entries, window),
    trunks: yield* trunkLanesOf(entries, window),
    ...(environment && { environment }),
    clockSkews: yield* skewsOf(entries),
    redacted: yield* redactionsOf(entries),
    journal: {
      entries: within.length,
      ...(within[0] && { firstSeq: within[0].seq }),
      ...(within.length > 0 && { lastSeq: within[within.length - 1]?.seq ?? 0 }),
      ...(unreadable > 0 && { unreadable }),
    },
  };
}

/** By what does not change while the incident lasts, and is in what a page leaves behind. A session without an id has its first moment. */
function reportIdOf(started: Entry<"session:started"> | undefined, incident: Incident | undefined): string {
  const session = started?.sessionId ?? `at-${(started?.dateMs ?? 0).toString(36)}`;
  return incident ? `${session}-${incident.firstSeq}` : session;
}

function spanOf(entries: readonly Entry[], incident: Incident | undefined): Stretch {
  const lastMs = entries.at(-1)?.atMs ?? 0;
  if (!incident) return { fromMs: entries[0]?.atMs ?? 0, toMs: lastMs };
  const { openedMs, closedMs } = incident;
  return { fromMs: openedMs, toMs: Math.max(openedMs, closedMs ?? lastMs) };
}

function windowOf(entries: readonly Entry[], { fromMs, toMs }: Stretch, isIncident: boolean): Stretch {
  if (!isIncident) return { fromMs, toMs };
  const contextMs = Math.max(contextMinMs, (toMs - fromMs) * contextShare);
  return {
    fromMs: Math.max(entries[0]?.atMs ?? 0, fromMs - contextMs),
    toMs: Math.max(toMs, Math.min(entries.at(-1)?.atMs ?? 0, toMs + contextMs)),
  };
}

interface Life {
  readonly startedMs: number;
  readonly endedMs?: number;
}

function lifeOf({ startedMs, endedMs }: Life, span: Stretch): Stretch {
  return { fromMs: startedMs, toMs: endedMs ?? Math.max(startedMs, span.toMs) };
}

/** Routine is left out: a socket that connects, a registration that is refreshed, an end that is nobody's fault. */
function isNotable(entry: Entry): entry is NotableEntry {
  switch (entry.type) {
    case "flow:changed":
      return entry.to !== "connecting";
    case "registration:changed":
      return (
        entry.to === "refused" ||
        (entry.answer?.code ?? 0) >= 300 ||
        (entry.to === "registered" && entry.from !== "refreshing") ||
        (entry.to === "none" && entry.from !== "registering")
      );
    case "audio:rated":
      return entry.level === "poor";
    case "dialog:ended":
      return entry.answer.said === "inferred" || entry.tries > 1;
    case "call:ended":
      return entry.end === "failed" || entry.end === "flow-lost" || (entry.reason !== undefined && isNetworksEnd(entry.reason));
    case "attempt:ended":
      return entry.outcome.class !== "callee" && entry.outcome.class !== "local" && entry.outcome.class !== "answered";
    default:
      return notable.has(entry.type);
  }
}

function* skewsOf(entries: readonly Entry[]): Sliced<ReportDocument["clockSkews"]> {
  const last = new Map<string, number>();
  yield* forEachSliced(entries, (entry) => {
    if (entry.type === "clock:skewed") last.set(entry.by, entry.byMs);
  });
  return [...last].map(([by, byMs]) => ({ by, byMs }));
}
