/** `linekeeper explain`: the verdicts on journals, or what they would be on other evidence. */
import { explain, whatIf, type Incident, type Reconsider } from "../../src/diagnosis/index.ts";
import { buildReport, en, renderVerdict } from "../../src/report/index.ts";
import { InputError, readJournal, withEntries } from "./input.ts";
import type { Io } from "./io.ts";
import { languages } from "./languages.ts";

export interface ExplainCommandOptions {
  readonly with: readonly string[];
  readonly without: readonly string[];
  readonly whatIf?: readonly string[];
  readonly incident?: number;
  readonly lang: string;
  readonly json?: boolean;
}

/** @throws InputError, UnknownEvidenceError. */
export async function explainJournals(io: Io, paths: readonly string[], options: ExplainCommandOptions): Promise<void> {
  const changes = [...(options.whatIf ?? []), ...options.without.map((code) => `-${code}`), ...options.with.map((code) => `+${code}`)];
  const reconsider = whatIf(changes);
  const found = [];
  for (const path of paths) found.push(await explained(io, path, reconsider, options));
  if (options.json)
    return io.out(
      `${JSON.stringify(paths.length === 1 ? found[0]?.data : found.map(({ data }, index) => ({ file: paths[index], ...data })), undefined, 2)}\n`,
    );
  if (changes.length > 0) io.out(`${io.style("bold", "What if")} ${changes.join(" ")}\n\n`);
  io.out(found.map(({ text }, index) => (paths.length === 1 ? text : `${io.style("bold", `${paths[index]}:`)}\n\n${text}`)).join("\n"));
}

async function explained(io: Io, path: string, reconsider: Reconsider, { incident: id, lang }: ExplainCommandOptions) {
  return withEntries(path, await readJournal(io, path), (entries) => {
    const { incidents, verdict } = explain(entries, { reconsider });
    const chosen = incidents.filter((incident) => id === undefined || incident.id === id);
    if (id !== undefined && chosen.length === 0) throw new InputError(`${path}: there is no incident ${id}; there ${countOf(incidents)}`);
    const generatedAtMs = io.now();
    const language = languages[lang] ?? en;
    const texts = (incidents.length === 0 ? [undefined] : chosen).map((incident) =>
      renderVerdict(buildReport(entries, incident, { generatedAtMs, verdict: incident?.verdict ?? verdict }), { language }),
    );
    return {
      data: { incidents: chosen, ...(incidents.length === 0 && { verdict }) },
      text: texts.map((text) => text.replace(/^.*/, (title) => io.style("bold", title))).join("\n"),
    };
  });
}

function countOf(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return "is none";
  return incidents.length === 1 ? "is 1" : `are 1 to ${incidents.length}`;
}
