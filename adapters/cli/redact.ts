/** `linekeeper redact`: a journal or report made fit to hand on to strangers. */
import { journalText } from "../../src/diagnosis/index.ts";
import { readInput } from "./input.ts";
import type { Io } from "./io.ts";
import { redactJournal } from "./redaction/journal.ts";
import { redactReport } from "./redaction/report.ts";
import { put } from "./render.ts";

/** @throws InputError. */
export async function redactFile(io: Io, path: string, output: string | undefined): Promise<void> {
  const input = await readInput(io, path);
  await put(
    io,
    output,
    input.kind === "report" ? `${JSON.stringify(redactReport(input.report), undefined, 2)}\n` : journalText(redactJournal(input.entries)),
  );
}
