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

/** A journal on its way in, line by line, oldest first. */
export interface JournalReader {
  /** So far; none where another keeps them. */
  readonly entries: readonly Entry[];
  /**
   * The next line; a blank one counts, and is none.
   * @throws JournalSyntaxError where it is no entry, or comes before its time; the next may be one all the same.
   */
  read(line: string): void;
}

/**
 * Nothing of a line is kept but its entry.
 * @param keep takes each entry; if left out they are the reader's `entries`.
 */
export function createJournalReader(keep?: (entry: Entry) => void): JournalReader {
  const entries: Entry[] = [];
  const keepOne = keep ?? ((entry: Entry) => void entries.push(entry));
  /** Types, trunks and calls are the same few words in thousands of entries: each is held once. */
  const words = new Map<string, string>();
  let [lines, lastSeq] = [0, -1];

  function wordOnce(word: string): string {
    const known = words.get(word);
    if (known === undefined) words.set(word, word);
    return known ?? word;
  }

  return {
    entries,
    read(line) {
      lines++;
      if (line.trim() === "") return;
      const entry = entryOf(line, lines);
      if (entry["type"] === sealedType) return;
      const seq = entry["seq"] as number;
      if (seq <= lastSeq) throw new JournalSyntaxError(lines, `entry ${seq} comes after entry ${lastSeq}`);
      lastSeq = seq;
      delete entry["seal"];
      for (const name in entry) if (typeof entry[name] === "string") entry[name] = wordOnce(entry[name]);
      keepOne(entry as unknown as Entry);
    },
  };
}

/**
 * Reads what `journalText` or `sealJournal` wrote, of this version or another: entries of a type that is not known here are kept.
 * @throws JournalSyntaxError that names the first line that is no entry, or that comes before its time.
 */
export function parseJournal(text: string): readonly Entry[] {
  const reader = createJournalReader();
  for (const line of text.split("\n")) reader.read(line);
  return reader.entries;
}

/** Without a last line that was not written to its end, as a crash leaves it; what else is wrong stays. */
export function withoutTornEnd(text: string): string {
  const at = text.lastIndexOf("\n") + 1;
  return at > 0 && isTorn(text.slice(at)) ? text.slice(0, at) : text;
}

/** Was it not written to its end? @param last what stands after the last line feed. */
export function isTorn(last: string): boolean {
  if (last.trim() === "") return false;
  try {
    JSON.parse(last);
    return false;
  } catch {
    return true;
  }
}

function entryOf(line: string, number: number): Record<string, unknown> {
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
  return value as Record<string, unknown>;
}
