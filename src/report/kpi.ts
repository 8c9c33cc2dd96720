/** The figures that carriers speak in, per trunk and route. */
import type { Entry } from "../journal.ts";
import { forEachSliced, type Sliced } from "../slices.ts";
import type { AttemptRecord } from "./attempts.ts";

/** A median and a 95th percentile, by nearest rank, over `n` values; no percentile without a value. */
export interface Spread {
  /** How many values there were; with few of them a percentile says little. */
  readonly n: number;
  /** The median, ms. */
  readonly p50Ms?: number;
  /** 95 of 100 values are no greater, ms. */
  readonly p95Ms?: number;
}

/** Ratios are 0…1, absent where nothing was counted: 0 of 0 is not 0 %. */
export interface Kpi {
  /** By its configured id. */
  readonly trunkId: string;
  /** A configured route's name, or `national`, `international`, `emergency`, `all`. */
  readonly route: string;
  /** INVITEs that left us, whether or not they have ended. */
  readonly attempts: number;
  /** Never left us: in none of the ratios. */
  readonly unsent: number;
  /** Of those that left, still under way: in none of the ratios. */
  readonly running: number;
  /** Ended with a 2xx. */
  readonly answered: number;
  /** Answer seizure ratio: answered / attempts that ended (ITU-T E.425). */
  readonly asr?: number;
  /** Network effectiveness ratio: reached the callee (answered, busy, declined, rang) / attempts that ended (ITU-T E.425). */
  readonly ner?: number;
  /** Session establishment effectiveness ratio: ended with 200, 480, 486, 600 or 603 / those that did not end with 3xx, 401, 402 or 407 (RFC 6076 §4.7). */
  readonly seer?: number;
  /** Ineffective session attempts: ended with 408, 500, 503 or 504, our own timeouts included / attempts that ended (RFC 6076 §4.8). */
  readonly isa?: number;
  /** Session request delay of attempts that came far enough to have one (RFC 6076 §4.3.1). */
  readonly srd: Spread;
  /** Post-dial delay: INVITE to the first 180 or 183, or to the 2xx where none came before. */
  readonly pdd: Spread;
  /** How good the audio of the answered calls was; absent where none was measured. */
  readonly audio?: AudioKpi;
}

/** Medians, by nearest rank, over `n` calls, of which each counts by the worst that it was rated, of the two ways the worse. */
export interface AudioKpi {
  /** Calls whose audio was rated. */
  readonly n: number;
  /** Mean opinion score 1–4.5 (ITU-T G.107). */
  readonly mos: number;
  /** Of packets, in percent. */
  readonly lossPercent: number;
  /** Interarrival jitter (RFC 3550 §6.4.1), ms. */
  readonly jitterMs: number;
}

/** How a trunk's registrar answered; by trunk, as a registration knows no route. */
export interface RegistrationKpi {
  /** By its configured id. */
  readonly trunkId: string;
  /** Answered by 200 and a binding of ours, refreshes included. */
  readonly confirmed: number;
  /** Refused by the registrar, or not answered in time. */
  readonly failed: number;
  /** Registration request delay: REGISTER, its challenge included, to the 200 that confirms it (RFC 6076 §4.1). */
  readonly rrd: Spread;
}

const established: ReadonlySet<number> = new Set([480, 486, 600, 603]);
const redirectedOrChallenged: ReadonlySet<number> = new Set([401, 402, 407]);
const ineffective: ReadonlySet<number> = new Set([408, 500, 503, 504]);

/** One row per trunk and route, in the order in which they were first used. */
export function kpisOf(attempts: readonly AttemptRecord[]): Kpi[] {
  const rows = new Map<string, AttemptRecord[]>();
  for (const attempt of attempts) {
    const key = JSON.stringify([attempt.trunkId, attempt.route]);
    const row = rows.get(key);
    if (row) row.push(attempt);
    else rows.set(key, [attempt]);
  }
  return [...rows.values()].map(kpiOf);
}

function kpiOf(all: readonly AttemptRecord[]): Kpi {
  const sent = all.filter((attempt) => attempt.sent);
  const ended = sent.filter((attempt) => attempt.class !== undefined);
  const finals = ended.map(finalCodeOf);
  const answered = count(ended, (attempt) => attempt.class === "answered");
  const seizures = ended.length;
  const sessions = count(finals, (code) => !(Math.floor(code / 100) === 3 || redirectedOrChallenged.has(code)));
  return {
    trunkId: all[0]?.trunkId ?? "",
    route: all[0]?.route ?? "",
    attempts: sent.length,
    unsent: all.length - sent.length,
    running: sent.length - seizures,
    answered,
    ...ratio("asr", answered, seizures),
    ...ratio("ner", count(ended, reachedCallee), seizures),
    ...ratio(
      "seer",
      count(finals, (code) => Math.floor(code / 100) === 2 || established.has(code)),
      sessions,
    ),
    ...ratio(
      "isa",
      count(finals, (code) => ineffective.has(code)),
      seizures,
    ),
    srd: spreadOf(sent.map(({ srdMs }) => srdMs)),
    pdd: spreadOf(sent.map(({ pddMs }) => pddMs)),
    ...audioOf(sent),
  };
}

function audioOf(sent: readonly AttemptRecord[]): Pick<Kpi, "audio"> {
  const rated = sent.flatMap(({ worstAudio }) => worstAudio ?? []);
  const medianOf = (figure: keyof (typeof rated)[number]) => percentileOf(Float64Array.from(rated, (each) => each[figure]).sort(), 50);
  const [mos, lossPercent, jitterMs] = [medianOf("mos"), medianOf("lossPercent"), medianOf("jitterMs")];
  if (mos === undefined || lossPercent === undefined || jitterMs === undefined) return {};
  return { audio: { n: rated.length, mos, lossPercent, jitterMs } };
}

/** A timeout counts as 408, a lost transport as 503 (RFC 3261 §8.1.3.1); an end of our own making as none. */
function finalCodeOf({ class: class_, codes, row }: AttemptRecord): number {
  const last = codes.at(-1) ?? 0;
  if (last >= 200) return last;
  if (class_ === "local") return 0;
  return row === "flow-lost" ? 503 : 408;
}

/** E.425 counts user busy, no answer and terminal rejection as effective: the network did its part. */
export function reachedCallee({ class: class_, codes }: AttemptRecord): boolean {
  return class_ === "answered" || class_ === "callee" || codes.includes(180);
}

/** One row per trunk that tried to register, in the order in which they first ended a try. */
export function* registrationKpisOf(entries: readonly Entry[]): Sliced<RegistrationKpi[]> {
  const rows = new Map<string, { readonly delays: (number | undefined)[]; failed: number }>();
  yield* forEachSliced(entries, (entry) => {
    if (entry.type !== "registration:changed" || (entry.to !== "registered" && entry.to !== "refused")) return;
    const row = rows.get(entry.trunkId) ?? { delays: [], failed: 0 };
    rows.set(entry.trunkId, row);
    if (entry.to === "registered" && !((entry.answer?.code ?? 0) >= 300)) row.delays.push(entry.tookMs);
    else row.failed += 1;
  });
  return [...rows].map(([trunkId, { delays, failed }]) => ({ trunkId, confirmed: delays.length, failed, rrd: spreadOf(delays) }));
}

/** By nearest rank: a value that was measured, never one between two. */
const percentileOf = (sorted: Float64Array, percent: number): number | undefined => sorted[Math.ceil((percent / 100) * sorted.length) - 1];

export function spreadOf(values: readonly (number | undefined)[]): Spread {
  const measured = Float64Array.from(values.filter((value) => value !== undefined)).sort();
  const [p50Ms, p95Ms] = [percentileOf(measured, 50), percentileOf(measured, 95)];
  return { n: measured.length, ...(p50Ms !== undefined && { p50Ms }), ...(p95Ms !== undefined && { p95Ms }) };
}

function count<T>(values: readonly T[], matches: (value: T) => boolean): number {
  return values.filter(matches).length;
}

function ratio<K extends string>(name: K, part: number, whole: number): { readonly [P in K]?: number } {
  return whole === 0 ? {} : ({ [name]: part / whole } as { readonly [P in K]: number });
}
