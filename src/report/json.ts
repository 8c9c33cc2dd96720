/** A report as text, the way it leaves; and read again on its way. */
import { forEachSliced, type Sliced } from "../slices.ts";
import type { ReportDocument } from "./document.ts";

/**
 * What is long in a report are its lists. Put end to end as it goes: to join it all takes as long as to write it.
 * @param write what becomes of a value; all of it is what `JSON.stringify` gives, where left out.
 * @param names the fields in their order.
 */
export function* jsonSliced(
  report: Partial<ReportDocument>,
  write: (value: unknown) => string = JSON.stringify,
  names = Object.keys(report),
): Sliced<string> {
  let text = "";
  for (const name of names) {
    const value: unknown = report[name as keyof ReportDocument];
    if (value === undefined) continue;
    text += `${text === "" ? "{" : ","}"${name}":`;
    if (!Array.isArray(value)) text += write(value);
    else {
      let before = "[";
      yield* forEachSliced(value, (item) => {
        text += before + write(item);
        before = ",";
      });
      text += before === "[" ? "[]" : "]";
    }
  }
  return `${text}}`;
}

/** So much of a list is read at once, in characters: a few ms on a slow machine. */
const sliceChars = 128 * 1_024;

/**
 * What `JSON.parse(text)` gives, in slices: the lists of the outermost object are cut between two items, all else is read at the end.
 * @throws SyntaxError where it is no JSON.
 */
export function* parsedSliced(text: string): Sliced<unknown> {
  if (!/^\s*\{/.test(text)) return JSON.parse(text);
  const lists = new Map<string, unknown[]>();
  /** What is left without what is in the lists, and from where on it is not in there yet. */
  let [rest, restFrom] = ["", 0];
  /** The list that we are in, and from where on it is not read yet. */
  let [items, itemsFrom]: [unknown[] | undefined, number] = [undefined, 0];
  let name = "";
  let depth = 0;
  const read = (until: number) => {
    for (const item of JSON.parse(`[${text.slice(itemsFrom, until)}]`) as unknown[]) items?.push(item);
  };
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '"': {
        const end = endOfString(text, at);
        if (depth === 1) name = JSON.parse(text.slice(at, end + 1)) as string;
        at = end;
        break;
      }
      case "{":
        depth++;
        break;
      case "[":
        if (++depth !== 2) break;
        rest += text.slice(restFrom, at + 1);
        items = [];
        itemsFrom = at + 1;
        lists.set(name, items);
        break;
      case "}":
      case "]":
        if (depth-- !== 2 || !items) break;
        read(at);
        items = undefined;
        restFrom = at;
        break;
      case ",":
        if (depth !== 2 || !items || at - itemsFrom < sliceChars) break;
        read(at);
        itemsFrom = at + 1;
        yield;
    }
  }
  const whole = JSON.parse(rest + text.slice(restFrom)) as object;
  for (const [of, value] of lists) Object.defineProperty(whole, of, { value });
  return whole;
}

/** @param at of its opening quote. */
function endOfString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
