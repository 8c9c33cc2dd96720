/** What a configuration is read by: each check takes where a value stands and the value, and refuses one that does not fit. */
import { errorName, LinekeeperError, whereReadable } from "./errors.ts";
import { wellFormed } from "./excerpt.ts";

/** @throws LinekeeperError `bad-config`, naming the field and what is wrong with it. */
export type Check = (at: string, value: unknown) => void;

export function refuse(field: string, what: string): never {
  throw new LinekeeperError("bad-config", `${field} ${what}`);
}

/** How a refused value is shown; cut short, since it may be anything, and without what a URL may hold of secrets. */
export function show(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  if (typeof value === "function") return "a function";
  const shown = typeof value === "string" ? JSON.stringify(value.replace(/:[^:@]*@/, ":…@").replace(/[?#].+/s, "?…")) : String(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}

/** The same where it may be a proxy that was revoked, of which nothing can be asked. */
export const showSafely = (value: unknown): string => whereReadable(() => show(value)) ?? "an object";

/** @throws LinekeeperError `bad-config` where a getter throws, or a proxy: one that was revoked at whatever is asked of it. */
function readable<T>(at: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    refuse(at, `cannot be read: ${errorName(error)}`);
  }
}

/** A value of which `isFit` holds. */
export const fits =
  (what: string, isFit: (value: unknown) => boolean): Check =>
  (at, value) => {
    const shown = readable(at, () => (isFit(value) ? undefined : show(value)));
    if (shown !== undefined) refuse(at, value === undefined ? "is missing" : `must be ${what}, not ${shown}`);
  };

export const text = fits("a text that is not empty", (value) => typeof value === "string" && value.trim() !== "");

function wholeText(at: string, value: string): void {
  if (wellFormed(value) !== value) refuse(at, `holds half a character: ${show(value)}`);
}

/** What things are told apart by, in a report too: half a character would be read as another one, or not at all (RFC 8259 §8.2). */
export const label: Check = (at, value) => {
  text(at, value);
  wholeText(at, value as string);
};
export const flag = fits("true or false", (value) => typeof value === "boolean");
export const callable = (what: string): Check => fits(`a function ${what}`, (value) => typeof value === "function");
export const matching = (pattern: RegExp, what: string): Check => fits(what, (value) => typeof value === "string" && pattern.test(value));
export const atLeast = (least: number): Check =>
  fits(`a number of ${least} or more`, (value) => Number.isFinite(value) && Number(value) >= least);
/** What is counted. */
export const whole = fits("a whole number of 1 or more", (value) => Number.isSafeInteger(value) && Number(value) >= 1);
export const oneOf = (...allowed: readonly string[]): Check =>
  fits(allowed.map((each) => `"${each}"`).join(" or "), (value) => allowed.includes(value as string));

/** A secret, which is not shown. */
export const hidden =
  (what: string, isFit: (value: unknown) => boolean): Check =>
  (at, value) =>
    isFit(value) || refuse(at, `must be ${what}`);

/** Something of ours, or the integrator's own, by what is called of it. */
export const methods =
  (hint: string, ...names: readonly string[]): Check =>
  (at, value) => {
    if (value === undefined || value === null) refuse(at, `is missing; ${hint}`);
    for (const name of names) if (typeof read(at, value, name) !== "function") refuse(at, `has no ${name}(); ${hint}`);
  };

const isList = fits("a list", Array.isArray);

export const list =
  (check: Check): Check =>
  (at, value) => {
    isList(at, value);
    // Spread, for a hole in it would be passed over.
    [...(value as readonly unknown[])].forEach((each, index) => check(`${at}[${index}]`, each));
  };

/** A list with something in it. */
export const filled =
  (check: Check): Check =>
  (at, value) => {
    list(check)(at, value);
    if ((value as readonly unknown[]).length === 0) refuse(at, "is empty");
  };

/** Those of a list that have a name in `key`: no two the same. */
export function distinct(at: string, list: readonly object[], key: string, why = ""): void {
  const names = list.map((each) => (each as Record<string, unknown>)[key]);
  names.forEach((name, index) => {
    const first = names.indexOf(name);
    if (name !== undefined && first < index) refuse(`${at}[${index}].${key}`, `${show(name)} is taken by ${at}[${first}]${why}`);
  });
}

export const object = fits("an object", (value) => typeof value === "object" && value !== null && !Array.isArray(value));

const read = (at: string, holder: unknown, key: string): unknown => readable(at, () => (holder as Record<string, unknown>)[key]);
const keysOf = (at: string, value: unknown): readonly string[] => readable(at, () => Object.keys(value as object));

/** An object of any fields, each by the same check. */
export const each =
  (check: Check): Check =>
  (at, value) => {
    object(at, value);
    for (const key of keysOf(at, value)) {
      wholeText(`a name in ${at}`, key);
      check(`${at}.${key}`, read(`${at}.${key}`, value, key));
    }
  };

/** An object of these fields and no others. One that is left out is not checked, unless it is `required`. */
export function shape<T>(checks: Readonly<Record<keyof T & string, Check>>, ...required: readonly (keyof T)[]): Check {
  const known = Object.keys(checks) as (keyof T & string)[];
  return (at, value) => {
    object(at, value);
    const path = (key: string) => (at === "config" ? key : at.endsWith("()") ? `${at}: ${key}` : `${at}.${key}`);
    for (const key of keysOf(at, value)) {
      if ((known as string[]).includes(key)) continue;
      const near = known.find((name) => name.toLowerCase().startsWith(key.slice(0, 4).toLowerCase()));
      refuse(path(key), `is not a known field${near ? `; did you mean "${near}"?` : `; known are ${known.join(", ")}`}`);
    }
    for (const key of known) {
      const field = read(path(key), value, key);
      if (field !== undefined || required.includes(key)) checks[key](path(key), field);
    }
  };
}
