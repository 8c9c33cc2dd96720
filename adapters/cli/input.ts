/** Reads journals and reports, of this version or another, and says in one line what is wrong with them. */
import { JournalSyntaxError, parseJournal, withoutTornEnd, type Entry } from "../../src/diagnosis/index.ts";
import type { ReportDocument } from "../../src/report/index.ts";
import { jsonOf, parseReport, ReportSyntaxError } from "../../src/report/read.ts";
import { readText, type Io } from "./io.ts";

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

const nameOf = (path: string): string => (path === "-" ? "standard input" : path);

/** @throws InputError where the host throws, which names the file. */
export async function ofHost<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new InputError(`${nameOf(path)}: ${reasons[code] ?? message}`);
  }
}

/** A zip that was cut off is read as far as it goes, and the user told so. @throws InputError that names the file. */
export async function readFileText(io: Io, path: string): Promise<string> {
  const { text, isCut } = await ofHost(path, () => readText(io, path));
  if (isCut) io.err(`linekeeper: ${nameOf(path)}: ${reasons["Z_BUF_ERROR"]}: what comes after is left out\n`);
  return text;
}

/** A report says so in its `version`; no journal entry does. */
const saysReport = /"version"\s*:\s*"linekeeper-report\//;

export const isReport = (text: string): boolean => saysReport.test(text);

const saysFleetReport = /"version"\s*:\s*"linekeeper-fleet-report\//;

/** @throws InputError that names the file, and the line where there is one. */
export async function readAnyInput(io: Io, path: string): Promise<Input | FleetInput> {
  const text = await readFileText(io, path);
  return saysFleetReport.test(text) ? named(path, text, () => ({ kind: "fleet-report", document: jsonOf(text) })) : inputIn(io, path, text);
}

/**
 * A journal that a crash has cut off in its last line is read as far as it was written, and the user told so.
 * @throws InputError that names the file, and the line where there is one.
 */
export const readInput = async (io: Io, path: string): Promise<Input> => inputIn(io, path, await readFileText(io, path));

function inputIn(io: Io, path: string, text: string): Input {
  const whole = isReport(text) ? text : withoutTornEnd(text);
  const input = inputOf(path, whole);
  // Not before the rest is known for a journal: any file has a last line.
  if (whole.length < text.length)
    io.err(`linekeeper: ${nameOf(path)}:${whole.split("\n").length}: the last line was not written to its end, and is left out\n`);
  return input;
}

/** The number of the first line that is not blank, from 1: what is wrong there was no journal to begin with. */
const firstLine = (text: string): number => text.split("\n").findIndex((line) => line.trim() !== "") + 1;

/** @throws InputError that names the file, and the line where there is one. */
export function inputOf(path: string, text: string): Input {
  return named(path, text, () => {
    if (isReport(text)) return { kind: "report", path, text, report: parseReport(text) };
    const entries = parseJournal(text);
    if (entries.length === 0) throw new InputError(`${nameOf(path)}: it holds no journal entry`);
    return { kind: "journal", path, entries };
  });
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

/** @throws InputError that names the file where it cannot be read, and the line where there is one. */
function named<T>(path: string, text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JournalSyntaxError || error instanceof ReportSyntaxError)) throw error;
    if (error instanceof JournalSyntaxError && error.line === firstLine(text))
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
