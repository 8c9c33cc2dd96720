/** The journal as JSON Lines: one entry per line, oldest first. */
import type { Entry } from "./journal.ts";

/** A line that is no journal entry. */
export class JournalSyntaxError extends Error {
  /** The same for all of them: tells them from other errors where `instanceof` cannot. */
  override readonly name = "JournalSyntaxError";
  /** Counts from 1. */
  readonly line: number;
  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
    this.line = line;
  }
}

/** The last line of a sealed journal (`src/seal/`); no entry. */
export const sealedType = "journal:sealed";

/** Writes a journal as JSON Lines, which `parseJournal` reads. @returns the text, with a line feed after each entry. */
export const journalText = (entries: readonly Entry[]): string => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");

/**
 * Reads what `journalText` or `sealJournal` wrote, of this version or another: entries of a type that is not known here are kept.
 * @throws JournalSyntaxError that names the first line that is no entry, or that comes before its time.
 */
export function parseJournal(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  let lastSeq = -1;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const { seal: _, ...sealless } = entryOf(line, index + 1) as Entry & { readonly seal?: string };
    const entry = sealless as Entry;
    if ((entry.type as string) === sealedType) continue;
    if (entry.seq <= lastSeq) throw new JournalSyntaxError(index + 1, `entry ${entry.seq} comes after entry ${lastSeq}`);
    lastSeq = entry.seq;
    entries.push(entry);
  }
  return entries;
}

/** Without a last line that was not written to its end, as a crash leaves it; what else is wrong stays. */
export function withoutTornEnd(text: string): string {
  const at = text.lastIndexOf("\n") + 1;
  const last = text.slice(at);
  if (at === 0 || last.trim() === "") return text;
  try {
    JSON.parse(last);
    return text;
  } catch {
    return text.slice(0, at);
  }
}

function entryOf(line: string, number: number): Entry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new JournalSyntaxError(number, "no JSON");
  }
  if (typeof value !== "object" || value === null) throw new JournalSyntaxError(number, "no journal entry: an object was expected");
  const { seq, atMs, type } = value as Record<string, unknown>;
  if (!Number.isInteger(seq)) throw new JournalSyntaxError(number, "no journal entry: `seq` must be a whole number");
  if (typeof atMs !== "number") throw new JournalSyntaxError(number, "no journal entry: `atMs` must be a number of ms");
  if (typeof type !== "string") throw new JournalSyntaxError(number, "no journal entry: `type` must be a text");
  return value as Entry;
}
