/** The time line as it is read: what repeats is counted, and a long one keeps its beginning and its end. */
import type { Moment, ReportDocument } from "./document.ts";
import type { Catalogue } from "./language.ts";
import { clockTime, sentenceOf } from "./wording.ts";

/** Moments that say the same: in a row of one call after the other, or of several trunks that try by turns. */
type Run = readonly [first: Moment, ...others: Moment[]];

export interface ToldMoments {
  readonly lines: readonly { readonly time: string; readonly text: string; readonly seq: string }[];
  /** Where lines were left out. */
  readonly note?: string;
}

/** Two are read as quickly as their count. */
const mostAlike = 2;

/** Of so many kinds one may come between two that are told together, where they are no call's. */
const mostBetween = 8;

/** What tells one of a kind from the next, and says nothing else. */
const own: ReadonlySet<string> = new Set(["time", "seq", "atMs", "callId", "tookMs"]);
const kindOf = (moment: Moment) => JSON.stringify(moment, (key, value: unknown) => (own.has(key) ? undefined : value));

/** @param most lines; a longer time line is cut in the middle. */
export function toldMoments(report: ReportDocument, catalogue: Catalogue, most = Infinity): ToldMoments {
  const { timeline } = report;
  // Its own order, which is that of time: the entries of many agents have numbers of their own.
  const places = new Map(timeline.map((moment, index) => [moment, index]));
  const placeOf = ([first]: Run) => places.get(first) ?? 0;
  const runs = runsOf(timeline)
    .flatMap((run): readonly Run[] => (run.length > mostAlike ? [run] : run.map((moment): Run => [moment])))
    .sort((one, other) => placeOf(one) - placeOf(other));
  const isCut = runs.length > most;
  const shown = isCut ? [...runs.slice(0, most / 2), ...runs.slice(-most / 2)] : runs;
  const count = shown.reduce((sum, run) => sum + run.length, 0);
  return {
    lines: shown.map((run) => {
      const [first] = run;
      const last = run.at(-1) ?? first;
      const text = sentenceOf(first, catalogue);
      return {
        time: clockTime(first.time, report),
        text: last === first ? text : `${text} ${catalogue.sameAgain(run.length - 1, clockTime(last.time, report))}`,
        seq: last === first ? `${first.seq}` : `${first.seq}–${last.seq}`,
      };
    }),
    ...(isCut && { note: catalogue.someMoments(count, timeline.length) }),
  };
}

function runsOf(timeline: readonly Moment[]): Run[] {
  const runs: { readonly kind: string; readonly run: [Moment, ...Moment[]] }[] = [];
  for (const moment of timeline) {
    const kind = kindOf(moment);
    const near = runs.slice("callId" in moment ? -1 : -mostBetween);
    const same = near.findLast((each) => each.kind === kind);
    if (same) same.run.push(moment);
    else runs.push({ kind, run: [moment] });
  }
  return runs.map(({ run }) => run);
}
