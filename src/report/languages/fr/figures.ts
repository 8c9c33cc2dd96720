/** Figures and names, as every sentence of this language writes them. */
import { everyRoute } from "../../../journal.ts";
import type { AudioQuality } from "../../../ports/audio.ts";
import { figuresOf, unit } from "../figures.ts";

const { decimal, ...figures } = figuresOf("fr");
export const { number, percent, duration } = figures;

/** The first of a month is an ordinal; `Intl` knows none of them. */
const ordinal = (date: string): string => date.replace(/^1(?=\s)/, "1er");

export const moment = (time: string): string => ordinal(figures.moment(time));

/** A span with its day told once, where it is of one. */
export function period(from: string, to: string): string {
  const { day, minutes: [first, last] = [] } = figures.ofOneDay(from, to) ?? {};
  if (day === undefined) return `du ${moment(from)} au ${moment(to)}`;
  return first === last ? `le ${moment(from)}` : `le ${ordinal(day)} de ${first} à ${last}\u00a0UTC`;
}

/** None and one are singular. */
export const plural = (count: number | string, one: string, many = `${one}s`) => `${count} ${Number(count) < 2 ? one : many}`;

/** Calls with what is said of them. @param rest what one call does. @param rests what several do. */
export const calls = (count: number | string | undefined, rest: string, rests: string) =>
  count === undefined ? `Des appels ${rests}` : Number(count) < 2 ? `${count} appel ${rest}` : `${count} appels ${rests}`;
/** The same within a sentence. */
export const someCalls = (count: number | string | undefined) => (count === undefined ? "des appels" : plural(count, "appel"));

export const routeOf = (name: string) => (name === everyRoute ? "toutes les routes" : name);

/** With its article, as it stands in a sentence. */
export const carrierOf = (carrier: string, trunkId: string) =>
  carrier === "" || carrier === trunkId ? `la ligne\u00a0${trunkId}` : `${carrier} (ligne\u00a0${trunkId})`;

/** `d’Orange`, `de Sahel Voice` */
export const de = (name: string) => (/^[aeiouyàâéèêëîïôöùûü]/iu.test(name) ? `d’${name}` : `de ${name}`);

export const atStart = (text: string) => text.charAt(0).toLocaleUpperCase("fr") + text.slice(1);

/** ICD 203's scale: a word stands for a fixed range of probability. */
const confidenceScale: readonly (readonly [atLeast: number, word: string])[] = [
  [0.95, "quasi certain"],
  [0.8, "très probable"],
  [0.55, "probable"],
  [0.45, "une chance sur deux"],
  [0.2, "peu probable"],
  [0.05, "très peu probable"],
  [0, "quasi exclu"],
];

export const confidence = (probability: number) => confidenceScale.find(([atLeast]) => probability >= atLeast)?.[1] ?? "inconnu";

/** Of a call's audio, as it was rated. */
export const audioFigures = ({ mos, lossPercent, jitterMs, rttMs, uplink }: AudioQuality) =>
  `MOS ${decimal(mos)}, pertes ${unit(number(lossPercent), "%")}, gigue ${duration(jitterMs)}${uplink === undefined ? "" : ` ; vers le correspondant MOS ${decimal(uplink.mos)}, pertes ${unit(number(uplink.lossPercent), "%")}`}${rttMs === undefined ? "" : `, aller-retour ${duration(rttMs)}`}`;
