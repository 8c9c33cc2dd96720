/** `linekeeper render`: the report on a journal, or a report that was written before, for one audience. */
import { explain } from "../../src/diagnosis/index.ts";
import {
  buildReport,
  renderHtml,
  renderMarkdown,
  renderText,
  troubleTicket,
  type Audience,
  type Catalogue,
  type RenderOptions,
  type ReportDocument,
} from "../../src/report/index.ts";
import { withJournalDigest } from "../../src/seal/index.ts";
import { InputError, ofHost, readInput, withEntries, type Input } from "./input.ts";
import type { Io } from "./io.ts";
import { languages } from "./languages.ts";

export const formats = ["text", "md", "html", "json", "tmf621"] as const;
export type Format = (typeof formats)[number];

export interface RenderCommandOptions {
  readonly audience?: Audience;
  readonly lang: string;
  readonly format: Format;
  readonly trunk?: string;
  readonly incident?: number;
  readonly output?: string;
}

/** How the command was used makes no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

const renderers: Readonly<Record<Format, (report: ReportDocument, options: RenderOptions) => string | undefined>> = {
  text: renderText,
  md: renderMarkdown,
  html: renderHtml,
  json: (report) => json(report),
  tmf621: (report, options) => {
    const ticket = troubleTicket(report, options);
    return ticket && json(ticket);
  },
};

/** @throws UsageError where the audience would read what is not for it. */
export function checkAudience({ audience, format, trunk }: Pick<RenderCommandOptions, "audience" | "format" | "trunk">): void {
  if (format === "json" && audience !== undefined && audience !== "support")
    throw new UsageError(`json holds everything: it is for support, not for the audience ${audience}`);
  if (format === "tmf621" && audience !== undefined && audience !== "carrier")
    throw new UsageError(`tmf621 is a ticket for a carrier, not for the audience ${audience}`);
  if (trunk !== undefined && audience !== "carrier" && format !== "tmf621")
    throw new UsageError("--trunk chooses whose ticket it is: it needs --audience carrier or --format tmf621");
}

/** @throws InputError, UsageError. */
export async function renderFile(io: Io, path: string, options: RenderCommandOptions): Promise<void> {
  checkAudience(options);
  const input = await readInput(io, path);
  const report = reportOf(input, io.now(), options.incident);
  // Only the data carry the digest: nobody reads it.
  const isNewData = input.kind === "journal" && options.format === "json";
  await put(io, options.output, rendered(path, isNewData ? await withJournalDigest(report, input.entries) : report, options));
}

/** The report in that form. @throws InputError. */
function rendered(path: string, report: ReportDocument, { audience, lang, format, trunk }: RenderCommandOptions): string {
  const known = report.trunks.map(({ id }) => id);
  if (trunk !== undefined && !known.includes(trunk))
    throw new InputError(`${path}: there is no trunk ${trunk}; there is ${known.join(", ") || "none"}`);
  const language: Catalogue | undefined = languages[lang];
  const text = renderers[format](report, {
    ...(audience && { audience }),
    ...(language && { language }),
    ...(trunk !== undefined && { trunkId: trunk }),
  });
  if (text === undefined) throw new InputError(`${path}: no trunk is on record, so there is no ticket`);
  return text;
}

/** To a file, or to standard output. @throws InputError. */
export async function put(io: Io, output: string | undefined, text: string): Promise<void> {
  if (output === undefined || output === "-") io.out(text);
  else await ofHost(output, () => io.write(output, text));
}

function reportOf(input: Input, generatedAtMs: number, id: number | undefined): ReportDocument {
  const { path } = input;
  if (input.kind === "report") {
    if (id !== undefined && id !== input.report.incidentId) throw new InputError(`${path}: this report is not on incident ${id}`);
    return input.report;
  }
  return withEntries(path, input.entries, (entries) => {
    const { incidents, verdict } = explain(entries);
    const incident = id === undefined ? incidents.at(-1) : incidents.find((each) => each.id === id);
    if (id !== undefined && !incident) throw new InputError(`${path}: there is no incident ${id}`);
    return buildReport(entries, incident, { generatedAtMs, verdict: incident?.verdict ?? verdict });
  });
}
