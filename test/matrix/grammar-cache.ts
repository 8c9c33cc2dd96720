/**
 * sip.js unpacks its whole grammar anew for every header that it reads: two thirds of the matrix's time. What it reads
 * depends on the text alone, and a thousand seeded cells hold the same texts, so here each is read once.
 */
import { Grammar, NameAddrHeader, URI } from "sip.js/lib/grammar/index.js";

/** A value of its own for each reader; undefined for what has none (lists of headers). */
function copyOf(value: unknown): (() => unknown) | undefined {
  if (value instanceof NameAddrHeader || value instanceof URI) return () => value.clone();
  return typeof value === "object" ? undefined : () => value;
}

export function cacheGrammar(): void {
  const read = Grammar.parse;
  const known = new Map<string, () => unknown>();
  Grammar.parse = (text, rule) => {
    const key = `${rule} ${text}`;
    const again = known.get(key);
    if (again) return again();
    const value: unknown = read(text, rule);
    const copy = copyOf(value);
    if (copy) known.set(key, copy);
    return copy ? copy() : value;
  };
}
