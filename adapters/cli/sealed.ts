/** A journal held against its seals while it is read: it may be of any length. */
import { createJournalReader, isTorn, type Entry } from "../../src/diagnosis/index.ts";
import { createSealReader, isSealedLine, type SealFault } from "../../src/seal/index.ts";
import { InputError, isEntry, isReport, nameOf, named, readLines } from "./input.ts";
import type { Io } from "./io.ts";

/** What was looked at, and what came of it; `well` is undefined where it could not be told. */
export interface Finding {
  readonly well: boolean | undefined;
  readonly text: string;
}

export interface Seal {
  readonly findings: readonly Finding[];
  /** What stands is as it was written, as far as can be told: it may be read. */
  readonly isIntact: boolean;
  /** Those that were kept. @throws InputError where it is no journal. */
  entries(): readonly Entry[];
}

const faultTexts: Readonly<Record<SealFault["kind"], string>> = {
  altered: "altered: this line is not as it was sealed",
  cut: "cut: what came here is missing",
  reordered: "reordered: another line came here",
  unsealed: "not sealed: it cannot be told whether it was changed",
};
const torn = "cut: the last line is not whole (a crash while it was written, or a copy that was cut off)";

/** What was altered may be no entry any more: one line that is one, or carries a seal, says what it is. */
const begins = (line: string) => isSealedLine(line) || isEntry(line) || undefined;

/**
 * @param isKept whether its entries are asked for afterwards.
 * @returns a report's text, where it is one.
 * @throws InputError where it never was sealed, and is no journal.
 */
export async function readSealed(io: Io, path: string, isKept: boolean): Promise<Seal | string> {
  const seals = createSealReader();
  const kept: Entry[] = [];
  let [lines, count] = [0, 0];
  const reader = createJournalReader((entry) => {
    count++;
    if (isKept) kept.push(entry);
  });
  let unreadable: Error | undefined;

  async function take(line: string): Promise<void> {
    lines++;
    await seals.read(line);
    if (unreadable || (!isKept && seals.isSealed)) return;
    try {
      reader.read(line);
    } catch (error) {
      unreadable = error as Error;
    }
  }

  const { isJournal, rest } = await readLines(io, path, begins, take);
  if (!isJournal && isReport(rest)) return rest;
  const whole = rest.split("\n");
  const last = whole.pop() ?? "";
  for (const line of whole) await take(line);
  const isCut = lines > 0 && isTorn(last);
  if (!isCut && last !== "") await take(last);

  function entries(): readonly Entry[] {
    const raise = () => {
      if (unreadable) throw unreadable;
    };
    named(path, raise, isJournal ? undefined : rest);
    if (count === 0) throw new InputError(`${nameOf(path)}: it holds no journal entry`);
    return kept;
  }

  const fault = (line: number, what: string): Finding => ({ well: false, text: `${path}:${line}: ${what}` });
  const cut = isCut ? [fault(lines + 1, torn)] : [];
  const found = seals.found();
  if (!("kind" in found))
    return isCut
      ? { findings: [fault(lines + 1, faultTexts.altered)], isIntact: false, entries }
      : { findings: [{ well: true, text: `${path}: ${found.entries} entries, as they were sealed` }], isIntact: true, entries };
  if (found.kind === "unsealed") {
    entries();
    const readable = isCut ? `; the ${count} entries before line ${lines + 1} can be read` : "";
    return { findings: [...cut, { well: undefined, text: `${path}:1: ${faultTexts.unsealed}${readable}` }], isIntact: true, entries };
  }
  // The chain was followed to where the file ends.
  if (found.kind === "cut" && found.line > lines)
    return {
      findings: [
        ...(isCut ? cut : [fault(found.line, faultTexts.cut)]),
        { well: true, text: `${path}: what stands before line ${found.line} is as it was sealed` },
      ],
      isIntact: true,
      entries,
    };
  return { findings: [fault(found.line, faultTexts[found.kind]), ...cut], isIntact: false, entries };
}
