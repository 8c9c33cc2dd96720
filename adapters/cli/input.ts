/** Reads journals and reports, of this version or another, and says in one line what is wrong with them. */
import { createJournalReader, isTorn, JournalSyntaxError, parseJournal, type Entry } from "../../src/diagnosis/index.ts";
import type { ReportDocument } from "../../src/report/index.ts";
import { jsonOf, parseReport, ReportSyntaxError } from "../../src/report/read.ts";
import type { Io } from "./io.ts";
import { textOf } from "./text.ts";

/** What the user can mend: told in one line, without a stack. */
export class InputError extends Error {
  override readonly name = "InputError";
  /** The file is whole, and none of ours: without it no record is missing. */
  readonly isForeign: boolean;
  constructor(message: string, isForeign = false) {
    super(message);
    this.isForeign = isForeign;
  }
}

/** A journal's text is not kept: of a long one it is as much again as its entries. */
export type Input =
  | { readonly kind: "journal"; readonly path: string; readonly entries: readonly Entry[] }
  | { readonly kind: "report"; readonly path: string; readonly text: string; readonly report: ReportDocument };

/** What `summarise` made of many agents' reports: nobody reads it back but who validates it. */
export interface FleetInput {
  readonly kind: "fleet-report";
  readonly document: unknown;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "it is no folder",
  EACCES: "access is denied",
  ENOSPC: "the disk is full",
  Z_DATA_ERROR: "it is a broken gzip file",
  Z_BUF_ERROR: "it is a gzip file that was cut off",
};

export const nameOf = (path: string): string => (path === "-" ? "standard input" : path);

/** @throws InputError where the host throws, which names the file. */
export async function ofHost<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hostError(path, error);
  }
}

function hostError(path: string, error: unknown): InputError {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new InputError(`${nameOf(path)}: ${reasons[code] ?? message}`);
}

/** A zip that was cut off is read as far as it goes, and the user told so. @throws InputError that names the file. */
async function* textIn(io: Io, path: string): AsyncGenerator<string> {
  const onCut = () => io.err(`linekeeper: ${nameOf(path)}: ${reasons["Z_BUF_ERROR"]}: what comes after is left out\n`);
  try {
    yield* textOf(io.read(path), onCut);
  } catch (error) {
    throw hostError(path, error);
  }
}

/** The same in one piece. @throws InputError that names the file. */
export async function readFileText(io: Io, path: string): Promise<string> {
  let text = "";
  for await (const piece of textIn(io, path)) text += piece;
  return text;
}

/** A report says so in its `version`; no journal entry does. */
const saysReport = /"version"\s*:\s*"linekeeper-report\//;

export const isReport = (text: string): boolean => saysReport.test(text);

const saysFleetReport = /"version"\s*:\s*"linekeeper-fleet-report\//;

/** @throws InputError that names the file, and the line where there is one. */
export async function readAnyInput(io: Io, path: string): Promise<Input | FleetInput> {
  const read = await readJournalOrText(io, path);
  if (typeof read !== "string") return read;
  return saysFleetReport.test(read) ? named(path, () => ({ kind: "fleet-report", document: jsonOf(read) }), read) : inputOf(path, read);
}

/**
 * A journal that a crash has cut off in its last line is read as far as it was written, and the user told so.
 * @throws InputError that names the file, and the line where there is one.
 */
export async function readInput(io: Io, path: string): Promise<Input> {
  const read = await readJournalOrText(io, path);
  return typeof read === "string" ? inputOf(path, read) : read;
}

/** What begins with an entry is a journal, and read line by line: it may be of any length. Of all else the text. */
async function readJournalOrText(io: Io, path: string): Promise<Extract<Input, { kind: "journal" }> | string> {
  const { entries, read } = createJournalReader();
  const begins = (line: string) => (line.trim() === "" ? undefined : isEntry(line));
  const { isJournal, rest, lines } = await readLines(io, path, begins, (line) => named(path, () => read(line)));
  if (!isJournal) return rest;
  if (isTorn(rest)) io.err(`linekeeper: ${nameOf(path)}:${lines + 1}: the last line was not written to its end, and is left out\n`);
  else named(path, () => read(rest));
  return journalOf(path, entries);
}

/**
 * Reads a file line by line from where it shows that it is a journal: no more of it is kept.
 * @param begins whether a line says that it is one; undefined where the next has to.
 * @param take its lines, whole ones alone.
 * @returns what stands after the last line feed, and how many lines were before it; of what is no journal all of it.
 * @throws InputError that names the file.
 */
export async function readLines(
  io: Io,
  path: string,
  begins: (line: string) => boolean | undefined,
  take: (line: string) => void | Promise<void>,
): Promise<{ readonly isJournal: boolean; readonly rest: string; readonly lines: number }> {
  let [text, asked, taken] = ["", 0, 0];
  let isJournal: boolean | undefined;
  for await (const piece of textIn(io, path)) {
    text += piece;
    if (isJournal === false || !piece.includes("\n")) continue;
    const lines = text.slice(asked).split("\n");
    const rest = lines.pop() ?? "";
    for (const line of isJournal === undefined ? lines : []) {
      isJournal = begins(line);
      if (isJournal !== undefined) break;
    }
    if (isJournal !== true) {
      asked = text.length - rest.length;
      continue;
    }
    const all = asked === 0 ? lines : [...text.slice(0, asked - 1).split("\n"), ...lines];
    [text, asked] = [rest, 0];
    taken += all.length;
    for (const line of all) await take(line);
  }
  return { isJournal: isJournal === true, rest: text, lines: taken };
}

/** Is it a line of a journal? */
export function isEntry(line: string): boolean {
  try {
    createJournalReader().read(line);
    return line.trim() !== "";
  } catch {
    return false;
  }
}

/** @throws InputError where there is nothing in it. */
function journalOf(path: string, entries: readonly Entry[]): Extract<Input, { kind: "journal" }> {
  if (entries.length === 0) throw new InputError(`${nameOf(path)}: it holds no journal entry`);
  return { kind: "journal", path, entries };
}

/** The number of the first line that is not blank, from 1: what is wrong there was no journal to begin with. */
const firstLine = (text: string): number => text.split("\n").findIndex((line) => line.trim() !== "") + 1;

/** @throws InputError that names the file, and the line where there is one. */
export function inputOf(path: string, text: string): Input {
  return named(
    path,
    () => (isReport(text) ? { kind: "report", path, text, report: parseReport(text) } : journalOf(path, parseJournal(text))),
    text,
  );
}

/** JSON as a whole, and not an entry that is broken. */
function isForeign(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value !== "object" || value === null || !("seq" in value);
  } catch {
    return false;
  }
}

/**
 * @param text all of it, where its first line may be what is wrong.
 * @throws InputError that names the file where it cannot be read, and the line where there is one.
 */
export function named<T>(path: string, read: () => T, text?: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JournalSyntaxError || error instanceof ReportSyntaxError)) throw error;
    if (text !== undefined && error instanceof JournalSyntaxError && error.line === firstLine(text))
      throw new InputError(`${nameOf(path)}: it is no journal and no report (${error.message})`, isForeign(text));
    throw new InputError(`${nameOf(path)}:${error.message.replace(/^line /, "")}`);
  }
}

/** @throws InputError that names the file, and the line where there is one. */
export async function readJournal(io: Io, path: string): Promise<readonly Entry[]> {
  const input = await readInput(io, path);
  if (input.kind === "report") throw new InputError(`${nameOf(path)}: it is a report; what is asked for is the journal behind it`);
  return input.entries;
}

/**
 * Does what can be done with a journal whose lines are entries, and yet may lack what their types hold.
 * @throws InputError that names the line.
 */
export function withEntries<T>(path: string, entries: readonly Entry[], work: (entries: readonly Entry[]) => T): T {
  try {
    return work(entries);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const isReadable = (count: number) => {
      try {
        work(entries.slice(0, count));
        return true;
      } catch {
        return false;
      }
    };
    let [readable, broken] = [0, entries.length];
    while (broken - readable > 1) {
      const middle = (readable + broken) >>> 1;
      if (isReadable(middle)) readable = middle;
      else broken = middle;
    }
    const { type, seq } = entries[readable] ?? {};
    throw new InputError(`${nameOf(path)}: entry ${seq} is no \`${type}\` as it has to be`);
  }
}
