/** Figures, durations and names, as every sentence of this language writes them. */
import { everyRoute } from "../../../journal.ts";

/** A figure and its unit stay on one line. */
export const unit = (value: number | string, name: string) => `${value}\u00a0${name}`;
export const number = (value: number) => (Number.isInteger(value) ? `${value}` : `${Math.round(value * 10) / 10}`);
export const plural = (count: number | string, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
export const someCalls = (count: number | string | undefined, unknown = "Calls") => (count === undefined ? unknown : plural(count, "call"));

export const routeOf = (name: string) => (name === everyRoute ? "every route" : name);

export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 0) return `−${duration(-ms)}`;
  if (Math.round(ms) < 1_000) return unit(Math.round(ms), "ms");
  if (ms < 9_950) return unit((ms / 1_000).toFixed(1), "s");
  const s = Math.round(ms / 1_000);
  if (s < 60) return unit(s, "s");
  const [min, h] = [Math.floor(s / 60), Math.floor(s / 3_600)];
  if (h === 0) return s % 60 === 0 ? unit(min, "min") : `${unit(min, "min")} ${unit(s % 60, "s")}`;
  return min % 60 === 0 ? unit(h, "h") : `${unit(h, "h")} ${unit(min % 60, "min")}`;
}

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

export const percent = (share: number | undefined) =>
  share === undefined
    ? "–"
    : share > 0 && share < 0.005
      ? unit("<\u00a01", "%")
      : share > 0.995 && share < 1
        ? unit(">\u00a099", "%")
        : unit(Math.round(share * 100), "%");
