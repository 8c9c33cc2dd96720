/** Figures, durations and names, as every sentence of this language writes them. */
import { everyRoute } from "../../../journal.ts";
import type { AudioQuality } from "../../../ports/audio.ts";
import { figuresOf, unit } from "../figures.ts";

/** 24 hours, and the day before the month: read alike on both sides of the ocean. */
const { decimal, ...figures } = figuresOf("en-GB");
export const { number, percent, duration, moment } = figures;

export const atStart = (text: string) => text.charAt(0).toLocaleUpperCase("en") + text.slice(1);

/** A span with its day told once, where it is of one. */
export function period(from: string, to: string): string {
  const { day, minutes: [first, last] = [] } = figures.ofOneDay(from, to) ?? {};
  if (day === undefined) return `from ${moment(from)} to ${moment(to)}`;
  return first === last ? `on ${moment(from)}` : `on ${day} from ${first} to ${last}\u00a0UTC`;
}

export const plural = (count: number | string, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
export const someCalls = (count: number | string | undefined, unknown = "Calls") => (count === undefined ? unknown : plural(count, "call"));

export const routeOf = (name: string) => (name === everyRoute ? "every route" : name);

/** ICD 203's scale: a word stands for a fixed range of probability. */
const confidenceScale: readonly (readonly [atLeast: number, word: string])[] = [
  [0.95, "almost certain"],
  [0.8, "very likely"],
  [0.55, "likely"],
  [0.45, "about even"],
  [0.2, "unlikely"],
  [0.05, "very unlikely"],
  [0, "almost ruled out"],
];

export const carrierOf = (carrier: string, trunkId: string) =>
  carrier === "" || carrier === trunkId ? `trunk ${trunkId}` : `${carrier} (trunk ${trunkId})`;

export const confidence = (probability: number) => confidenceScale.find(([atLeast]) => probability >= atLeast)?.[1] ?? "unknown";

/** Of a call's audio, as it was rated. */
export const audioFigures = ({ mos, lossPercent, jitterMs, rttMs, uplink }: AudioQuality) =>
  `MOS ${decimal(mos)}, loss ${unit(number(lossPercent), "%")}, jitter ${duration(jitterMs)}${uplink === undefined ? "" : `; to the other party MOS ${decimal(uplink.mos)}, loss ${unit(number(uplink.lossPercent), "%")}`}${rttMs === undefined ? "" : `, round trip ${duration(rttMs)}`}`;
