/** What a dialled number is: its route, and the little that the journal may know of it. */
import type { Party, Route } from "../journal.ts";

/** How numbers are classed; part of the settings. */
export interface NumberPlan {
  readonly country: string | undefined;
  readonly routes: readonly { readonly name: string; readonly prefixes: readonly string[] }[];
  readonly emergencyNumbers: readonly string[];
}

export interface Destination {
  /** Digits as dialled, `+` kept, separators gone. Personal: stays inside the call. */
  readonly number: string;
  /** Whose number it is, however it was dialled: by E.164 where the country is known, else as `number`. Personal too. */
  readonly e164: string;
  readonly route: Route;
  readonly emergency: boolean;
}

/**
 * What people write between digits: spaces of all kinds, dots, dashes, slashes, brackets; and what nobody sees and a copy brings along: marks
 * of direction and joiners. But for the override that shows digits the other way round: it is another number than the one that was read.
 */
const separators = /(?!\u202e)[\s.\-/()\p{Cf}\u2010-\u2015\u2212\uff08\uff09\uff0d]/gu;

/** As keyboards write them in Arabic, Persian and East Asia: 0 to 9 are the last four bits of each. */
const otherDigits = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g;

/**
 * Reads what an agent dialled or pasted.
 * @returns undefined when it is no telephone number.
 */
export function destinationOf(dialled: string, plan: NumberPlan): Destination | undefined {
  const number = dialled
    .replace(separators, "")
    .replace(/^tel:/i, "")
    .replace("\uff0b", "+")
    .replace(otherDigits, (digit) => String(digit.charCodeAt(0) & 15));
  if (!/^\+?[\d*#]{2,32}$/.test(number)) return undefined;
  const emergency = plan.emergencyNumbers.includes(number);
  const e164 = emergency ? number : toE164(number, plan.country);
  return { number, e164, emergency, route: emergency ? "emergency" : routeOf({ number, e164 }, plan) };
}

/** Whether a number of this plan can be of that route; `unknown` is a caller's who hides the number. */
export const isRouteOf = ({ routes }: NumberPlan, route: Route): boolean =>
  ["all", "national", "international", "emergency", "unknown"].includes(route) || routes.some(({ name }) => name === route);

/** The configured route with the longest prefix; else national or international; else `all`. */
function routeOf({ number, e164 }: Pick<Destination, "number" | "e164">, plan: NumberPlan): Route {
  let best: { readonly name: string; readonly length: number } | undefined;
  for (const { name, prefixes } of plan.routes) {
    for (const prefix of prefixes) {
      const length = prefix.length;
      if ((e164.startsWith(prefix) || number.startsWith(prefix)) && length > (best?.length ?? 0)) best = { name, length };
    }
  }
  if (best) return best.name;
  if (plan.country === undefined) return "all";
  return e164.startsWith("+") && !e164.startsWith(`+${plan.country}`) ? "international" : "national";
}

/** `00` is the international prefix that ITU-T E.123 recommends; a bare national number gets the country's code. */
export function toE164(number: string, country: string | undefined): string {
  if (number.startsWith("+")) return number;
  if (number.startsWith("00")) return `+${number.slice(2)}`;
  return country !== undefined && /^\d{5,}$/.test(number) ? `+${country}${number.replace(/^0/, "")}` : number;
}

/** Nobody that we know of. */
export const nowhere: Destination = { number: "", e164: "", route: "unknown", emergency: false };

/**
 * Gives each number an alias (`n1`, `n2`, …) that holds within one session and says nothing outside it.
 * Remembers at most `limit` numbers; the oldest then gets a new alias when it comes again.
 */
export function createAliases(limit = 1_000): (destination: Omit<Destination, "emergency">) => Party {
  const aliases = new Map<string, string>();
  let last = 0;
  return ({ number, e164, route }) => {
    let alias = aliases.get(e164);
    if (alias === undefined) {
      const [oldest] = aliases.keys();
      if (aliases.size >= limit && oldest !== undefined) aliases.delete(oldest);
      alias = `n${++last}`;
      aliases.set(e164, alias);
    }
    return { route, alias, tail: number.slice(-2) };
  };
}
