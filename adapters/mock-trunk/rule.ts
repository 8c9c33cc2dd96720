import { show } from "../../src/checks.ts";

/** What may be in a field that a test gives us, and the words that say so. */
export interface Rule {
  readonly words: string;
  allows(value: unknown): boolean;
}

export const isNumberIn = (from: number, to: number) => (value: unknown) => typeof value === "number" && value >= from && value <= to;
export const isWholeIn = (from: number, to: number) => (value: unknown) => Number.isSafeInteger(value) && isNumberIn(from, to)(value);

const longestTimerMs = 2 ** 31 - 1;

export const timeMs: Rule = { words: "a time of 0 ms or more", allows: isNumberIn(0, longestTimerMs) };
export const headerText: Rule = { words: "a text on one line", allows: (value) => typeof value === "string" && !/[\r\n]/.test(value) };
export const headerLines: Rule = {
  words: "a list of header lines",
  allows: (value) => Array.isArray(value) && value.every((line) => headerText.allows(line) && /^[\w-]+[ \t]*:/.test(line as string)),
};

/** The same, or left out. */
export const optional = ({ words, allows }: Rule): Rule => ({ words, allows: (value) => value === undefined || allows(value) });

/**
 * Holds each field of what was given against its rule.
 * @param where what the fields are of, for the message
 * @throws TypeError that names the field and what is wrong with it.
 */
export function checkFields(where: string, given: object, rules: Readonly<Record<string, Rule>>): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) throw new TypeError(`${where}.${name} is not known; there are: ${Object.keys(rules).join(", ")}`);
  }
  for (const [name, { words, allows }] of Object.entries(rules)) {
    const value: unknown = given[name as keyof typeof given];
    if (!allows(value)) throw new TypeError(`${where}.${name} must be ${words}, not ${show(value)}`);
  }
}
