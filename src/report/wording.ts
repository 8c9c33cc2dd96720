/** What page and text say alike: the verdict's sentence, its actor, and times of day. */
import type { Evidence, FaultDomain, Verdict } from "../diagnosis/model.ts";
import { adviceOf } from "./advice.ts";
import type { CallRecord } from "./calls.ts";
import { isCallees, withoutCallees } from "./callees.ts";
import { endReason } from "./codes.ts";
import type { Moment, ReportDocument } from "./document.ts";
import type { Kpi } from "./kpi.ts";
import { wordOf, type Catalogue, type Params } from "./language.ts";
import type { KnownParty } from "./parties.ts";
import type { Bar } from "./sheet.ts";
import { unheardText, type Unheard } from "./unheard.ts";
import { isUnended } from "./unended.ts";
import { isoOf } from "./wall-clock.ts";

/** A trunk with its carrier. */
const trunkNamed = (id: string | undefined, { trunks }: ReportDocument, { carrierOf }: Catalogue): string | undefined =>
  id === undefined ? undefined : carrierOf(trunks.find((trunk) => trunk.id === id)?.carrier ?? "", id);

/** Names the trunk that stands out. */
const carrierIn = (report: ReportDocument, catalogue: Catalogue) => trunkNamed(report.verdict?.trunkId, report, catalogue);

/** Of a trunk's route: how it was to listen. */
export const audioText = ({ audio }: Kpi, { ticket, labels }: Catalogue): string =>
  audio ? `${ticket.audioFigures(audio)} (${audio.n})` : labels.notMeasured;

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

export const domainName = (domain: string, { domains }: Catalogue): string => wordOf(domains, domain)?.name ?? domain;

/** The verdict in one sentence. */
export function conclusionOf(told: ReportDocument, catalogue: Catalogue): string {
  const report = withoutCallees(told);
  const { verdict } = report;
  if (!verdict) return report.incidentId === undefined ? catalogue.labels.noIncident : catalogue.conclusions.healthy("");
  const at = (domain: string, trunkId = verdict.trunkId) =>
    wordOf(catalogue.domains, domain)?.at(trunkNamed(trunkId, report, catalogue)) ?? domain;
  const candidates = verdict.conclusion === "inconclusive" ? candidatesOf(verdict) : verdict.faults.map(({ domain }) => domain);
  if (verdict.leader === "remote-party" && candidates.every((domain) => domain === "remote-party"))
    return wordOf(catalogue.callees, verdict.conclusion) ?? verdict.conclusion;
  if (verdict.conclusion === "inconclusive") return catalogue.undecided(candidates.map((domain) => at(domain)));
  const where = at(verdict.leader ?? "unknown");
  const others = verdict.faults.slice(1).map(({ domain, trunkId }) => at(domain, trunkId));
  const first = wordOf(catalogue.conclusions, verdict.conclusion)?.(where) ?? `${verdict.conclusion}: ${where}`;
  const callees = report === told ? undefined : wordOf(catalogue.calleesBeside, told.verdict?.conclusion ?? "");
  return [first, ...(others.length > 0 ? [catalogue.alsoAt(others)] : []), ...(callees === undefined ? [] : [callees])].join(" ");
}

/** How a call ended, or why it never left the agent; undefined while it runs. */
export function callEndText({ end, reason, refusal }: CallRecord, catalogue: Catalogue): string | undefined {
  if (refusal !== undefined) return wordOf(catalogue.refusals, refusal) ?? refusal;
  const why = reason ? ` (${endReason(reason, catalogue)})` : "";
  return end && `${wordOf(catalogue.callEnds, end) ?? end}${why}`;
}

/** What the carrier finds a call by that has no attempt on record; empty where it went out in attempts. */
export const callNamesText = ({ sipCallId, fromTag }: CallRecord, { labels, pair }: Catalogue): string =>
  [sipCallId && pair(labels.sipCallId, sipCallId), fromTag && pair(labels.fromTag, fromTag)].filter(Boolean).join(" · ");

/** What is to be said of a call beside what it came to. */
export const callRemarks = (call: CallRecord, unheard: Unheard, catalogue: Catalogue): readonly string[] =>
  [
    call.direction === "in" ? catalogue.labels.incoming : "",
    unheardText(call.callId, unheard, catalogue),
    callEndText(call, catalogue) ?? "",
    call.possibleDuplicate ? catalogue.labels.possibleDuplicate : "",
    callNamesText(call, catalogue),
  ].filter((remark) => remark !== "");

/** What else is at fault beside what leads, each with its place, and what speaks for it. */
export const otherFaultsOf = (
  report: ReportDocument,
  catalogue: Catalogue,
): readonly { readonly title: string; readonly domain: FaultDomain; readonly reasonsFor: readonly Evidence[] }[] =>
  (report.verdict?.faults ?? []).slice(1).map(({ domain, trunkId, route, probability, reasonsFor }) => {
    const where = [trunkNamed(trunkId, report, catalogue), route && catalogue.routeOf(route), catalogue.percent(probability)];
    const name = `${domainName(domain, catalogue)} (${where.filter((part) => part !== undefined).join(", ")})`;
    return { title: catalogue.pair(catalogue.labels.alsoAtFault, name), domain, reasonsFor };
  });

/** Domains that are no more than this apart tie: which of them is first is chance. */
const tieMargin = 0.1;

/** The leader and those that tie with it; none where what leads is that nothing fits. */
function candidatesOf({ leader, probabilities }: Verdict): readonly string[] {
  if (leader === undefined || leader === "unknown") return [];
  const led = wordOf(probabilities, leader) ?? 0;
  const tied = Object.entries<number>(probabilities)
    .filter(([domain, probability]) => domain !== leader && domain !== "unknown" && led - probability <= tieMargin)
    .sort(([, a], [, b]) => b - a);
  return [leader, ...tied.map(([domain]) => domain)];
}

export interface Instruction {
  /** Who does it; absent where it is for whoever reads. */
  readonly who?: string;
  readonly what: string;
}

const carrierNamed = ({ carrier, trunk }: Params, { carrierOf }: Catalogue) =>
  trunk === undefined || trunk === "" ? undefined : carrierOf(`${carrier ?? ""}`, `${trunk}`);

/** What to do now: the steps, or the test that would settle it, and what to send to whom. */
export function instructionsOf(told: ReportDocument, catalogue: Catalogue): readonly Instruction[] {
  const report = withoutCallees(told);
  const { verdict } = report;
  if (!verdict) return [];
  const { steps, sendTo } = adviceOf(report);
  const carrier = carrierIn(report, catalogue);
  const test = steps.length === 0 ? nextTestOf(report, catalogue) : undefined;
  const send = verdict.leader === "remote-party" && verdict.conclusion !== "inconclusive" ? catalogue.nothingToSend : undefined;
  const others = sendTo === "nobody" ? [] : verdict.faults.slice(1).filter(({ actor }) => actor !== "nobody");
  const withoutTicket = others.some(({ actor }) => actor === "carrier") ? undefined : wordOf(catalogue.withoutTicket, sendTo);
  return [
    ...steps.map(({ code, who, params }) => ({
      ...(who !== "nobody" && { who: wordOf(catalogue.actors, who)?.(carrierNamed(params, catalogue) ?? carrier) ?? who }),
      what: wordOf(catalogue.steps, code)?.(params) ?? code,
    })),
    ...(test === undefined ? [] : [{ what: test }]),
    ...distinct([
      send ?? [wordOf(catalogue.sends, sendTo)?.(carrier) ?? sendTo, ...(withoutTicket ? [withoutTicket] : [])].join(" "),
      // Whoever is to act on another fault gets it too, and each carrier a ticket of its own.
      ...others.map(({ actor, trunkId }) => wordOf(catalogue.sends, actor)?.(trunkNamed(trunkId, report, catalogue)) ?? actor),
    ]).map((what) => ({ what })),
  ];
}

/** Who acts; absent where there is no verdict. */
export function actorOf(told: ReportDocument, catalogue: Catalogue): string | undefined {
  const report = withoutCallees(told);
  const { verdict } = report;
  if (!verdict) return undefined;
  if (verdict.conclusion === "inconclusive" && verdict.actor === "nobody") return catalogue.nobodyYet;
  const named = (actor: string, trunkId: string | undefined) =>
    wordOf(catalogue.actors, actor)?.(trunkNamed(trunkId, report, catalogue)) ?? actor;
  const others = verdict.faults.slice(1).map(({ actor, trunkId }) => named(actor, trunkId));
  return distinct([named(verdict.actor, verdict.trunkId), ...others]).join(" · ");
}

/** The sentence for a piece of evidence; its code where a newer document holds one without a sentence. */
export function evidenceSentence(
  { code, params }: { readonly code: string; readonly params: Readonly<Record<string, string | number>> },
  catalogue: Catalogue,
): string {
  return wordOf(catalogue.evidence, code)?.(params) ?? code;
}

/** When it was seen, which may be from before the incident: what made it one. */
export function evidenceTimes({ firstMs, lastMs }: Evidence, report: ReportDocument): string {
  const utc = (atMs: number) => clockTimeOf(atMs, report).slice(0, -4);
  const [first, last] = [utc(firstMs), utc(lastMs)];
  return first === last ? first : `${first} – ${last}`;
}

/** The same in a line, with who said it, how often and when. */
export const evidenceLine = (item: Evidence, report: ReportDocument, catalogue: Catalogue): string => {
  const said = wordOf(catalogue.evidenceSaid, item.said) ?? item.said;
  return `${evidenceSentence(item, catalogue)} (${said}, ${catalogue.seen(item.count)}, ${evidenceTimes(item, report)})`;
};

/** It is counted of incidents: of a whole session a zero would say that none was lost. */
export const minutesLostText = ({ subject, minutesLost }: ReportDocument, { number }: Catalogue): string =>
  subject === "session" ? "–" : number(minutesLost);

/** The key figures, each with its name. */
export function figureRows(report: ReportDocument, catalogue: Catalogue): readonly (readonly [label: string, figure: string])[] {
  const { placed, affected, saved, lost, refused } = report.callCounts;
  const { labels, number } = catalogue;
  return [
    [labels.minutesLost, minutesLostText(report, catalogue)],
    [labels.callsPlaced, number(placed)],
    [labels.callsAffected, number(affected)],
    [labels.callsSaved, number(saved)],
    [labels.callsLost, number(lost)],
    [labels.callsRefused, number(refused)],
  ];
}

/** The same thing seen on several routes is one reason, and read once: as strong as the strongest, which comes first. */
export function toldOnce(evidence: readonly Evidence[], catalogue: Catalogue): readonly Evidence[] {
  const told = new Map<string, Evidence>();
  for (const item of evidence) {
    const key = `${item.said} ${evidenceSentence(item, catalogue)}`;
    const known = told.get(key);
    told.set(key, known ? bothOf(known, item) : item);
  }
  return [...told.values()];
}

const bothOf = (one: Evidence, other: Evidence): Evidence => ({
  ...one,
  firstMs: Math.min(one.firstMs, other.firstMs),
  lastMs: Math.max(one.lastMs, other.lastMs),
  count: one.count + other.count,
  seqs: [...new Set([...one.seqs, ...other.seqs])].sort((a, b) => a - b),
});

/** What would settle the rest, if anything would; nothing is left to settle where it is clear that nothing is wrong. */
export function nextTestOf({ verdict }: ReportDocument, { nextTests }: Catalogue): string | undefined {
  if (verdict?.conclusion === "clear" && isCallees(verdict)) return undefined;
  const test = verdict?.nextTest;
  return test && (wordOf(nextTests, test.code)?.(test.params) ?? test.code);
}

/** Domains worth a line of their own, the most probable first, and what is left for the others together. */
export function oddsOf({ verdict }: ReportDocument): {
  readonly named: readonly { readonly domain: string; readonly probability: number }[];
  readonly rest: number;
} {
  // How probable another fault is beside what leads, its own evidence says: as one cause of all it would seem ruled out.
  const others = (verdict?.faults ?? []).slice(1).map(({ domain }) => domain as string);
  const all = Object.entries<number>(verdict?.probabilities ?? ({} as Record<FaultDomain, number>))
    .filter(([domain]) => domain === verdict?.leader || !others.includes(domain))
    .sort(([, a], [, b]) => b - a);
  const named = all
    .filter(([, probability], index) => index < 2 || probability >= 0.02)
    .map(([domain, probability]) => ({ domain, probability }));
  return { named, rest: all.slice(named.length).reduce((sum, [, probability]) => sum + probability, 0) };
}

/** The same as bars. */
export function oddsBars(report: ReportDocument, catalogue: Catalogue): readonly Bar[] {
  const { named, rest } = oddsOf(report);
  const { percent, confidence, labels } = catalogue;
  return [
    ...named.map(({ domain, probability }, index) => ({
      name: domainName(domain, catalogue),
      share: probability,
      figure: percent(probability),
      words: confidence(probability),
      isLeader: index === 0,
    })),
    ...(rest > 0 ? [{ name: labels.otherDomains, share: rest, figure: percent(rest), words: "" }] : []),
  ];
}

/** `14:03:07.120`, with the date where the span crosses midnight. */
export function clockTime(time: string, { span }: ReportDocument): string {
  const isOneDay = span.from.slice(0, 10) === span.to.slice(0, 10);
  return isOneDay ? time.slice(11, -1) : `${time.slice(0, 10)} ${time.slice(11, -1)}`;
}

/** The same for a moment in ms since the session's start: the window says what that is in UTC. */
export function clockTimeOf(atMs: number, report: ReportDocument): string {
  const { fromMs, from } = report.window;
  return clockTime(isoOf(Date.parse(from) + atMs - fromMs), report);
}

/** `2026-02-03 14:03:07 – 14:09:51` */
export function spanText({ span: { from, to } }: ReportDocument): string {
  const isOneDay = from.slice(0, 10) === to.slice(0, 10);
  return `${from.slice(0, 10)} ${from.slice(11, 19)} – ${isOneDay ? "" : `${to.slice(0, 10)} `}${to.slice(11, 19)}`;
}

/** How long it lasted, and whether that was all. */
export function lengthText(report: ReportDocument, { duration, labels }: Catalogue): string {
  const { span } = report;
  const more = isUnended(report) ? labels.unended : labels.ongoing;
  return `${duration(span.toMs - span.fromMs)}${span.ongoing ? `, ${more}` : ""}`;
}

/** TypeScript cannot see that each type's own sentence gets an entry of that type. */
export function sentenceOf(moment: Moment, { timeline }: Catalogue): string {
  const say = wordOf(timeline as Readonly<Record<string, (entry: Moment) => string>>, moment.type);
  return say?.(moment) ?? moment.type;
}

/** A number in the form that the integrator allowed. */
export const numberText = ({ route, tail, number }: Pick<KnownParty, "route" | "tail" | "number">): string =>
  number ?? `${route}\u00a0…${tail}`;

/** All that may be known of whom a call is with; the hash says which calls of other agents were with the same. */
export const partyText = (party: KnownParty): string =>
  [party.name, numberText(party), party.hash === undefined ? undefined : `#${party.hash}`].filter((part) => part !== undefined).join(" · ");
