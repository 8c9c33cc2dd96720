/** Reads a journal, and says in one line what is wrong with it. */
import { JournalSyntaxError, parseJournal, type Entry } from "../../src/diagnosis/index.ts";
import { readText, type Io } from "./io.ts";

/** What the user can mend: told in one line, without a stack. */
export class InputError extends Error {
  override readonly name = "InputError";
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it may not be read",
  Z_DATA_ERROR: "it is a broken gzip file",
  Z_BUF_ERROR: "it is a gzip file that was cut off",
};

const nameOf = (path: string): string => (path === "-" ? "standard input" : path);

/** @throws InputError that names the file, and the line where there is one. */
export async function readJournal(io: Io, path: string): Promise<readonly Entry[]> {
  let text;
  try {
    text = await readText(io, path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new InputError(`${nameOf(path)}: ${reasons[code] ?? (error as Error).message}`);
  }
  try {
    const entries = parseJournal(text);
    if (entries.length === 0) throw new InputError(`${nameOf(path)}: it holds no journal entry`);
    return entries;
  } catch (error) {
    if (!(error instanceof JournalSyntaxError)) throw error;
    throw new InputError(`${nameOf(path)}:${error.message.replace(/^line /, "")}`);
  }
}
