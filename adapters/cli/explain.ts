/** `linekeeper explain`: the verdicts on a journal, or what they would be on other evidence. */
import { explain, whatIf, type Incident } from "../../src/diagnosis/index.ts";
import { buildReport, renderVerdict } from "../../src/report/index.ts";
import type { Io } from "./io.ts";
import { InputError, readJournal } from "./journal.ts";

export interface ExplainOptions {
  readonly whatIf?: readonly string[];
  readonly incident?: number;
  readonly json?: boolean;
}

/** @throws InputError, UnknownEvidenceError. */
export async function explainJournal(io: Io, path: string, options: ExplainOptions): Promise<void> {
  const changes = options.whatIf ?? [];
  const reconsider = whatIf(changes);
  const entries = await readJournal(io, path);
  const { incidents, verdict } = explain(entries, { reconsider });
  const chosen = incidents.filter(({ id }) => options.incident === undefined || id === options.incident);
  if (options.incident !== undefined && chosen.length === 0)
    throw new InputError(`${path}: there is no incident ${options.incident}; there ${countOf(incidents)}`);
  if (options.json) return io.out(`${JSON.stringify({ incidents: chosen, ...(incidents.length === 0 && { verdict }) }, undefined, 2)}\n`);
  if (changes.length > 0) io.out(`${io.bold("What if")} ${changes.join(" ")}\n\n`);
  const generatedAtMs = io.now();
  const texts = (incidents.length === 0 ? [undefined] : chosen).map((incident) =>
    renderVerdict(buildReport(entries, incident, { generatedAtMs, verdict: incident?.verdict ?? verdict })),
  );
  io.out(texts.map((text) => text.replace(/^.*/, (title) => io.bold(title))).join("\n"));
}

function countOf(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return "is none";
  return incidents.length === 1 ? "is 1" : `are 1 to ${incidents.length}`;
}
