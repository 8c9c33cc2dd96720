/** `linekeeper render`: the report on a journal. */
import { explain } from "../../src/diagnosis/index.ts";
import { buildReport, renderHtml, renderText, type ReportDocument } from "../../src/report/index.ts";
import type { Io } from "./io.ts";
import { InputError, readJournal } from "./journal.ts";

export const formats = ["text", "html", "json"] as const;

export interface RenderOptions {
  readonly format: (typeof formats)[number];
  readonly incident?: number;
  readonly output?: string;
}

const renderers: Readonly<Record<RenderOptions["format"], (report: ReportDocument) => string>> = {
  text: (report) => renderText(report),
  html: (report) => renderHtml(report),
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
};

/** @throws InputError. */
export async function renderJournal(io: Io, path: string, { format, incident: id, output }: RenderOptions): Promise<void> {
  const entries = await readJournal(io, path);
  const { incidents, verdict } = explain(entries);
  const incident = id === undefined ? incidents.at(-1) : incidents.find((each) => each.id === id);
  if (id !== undefined && !incident) throw new InputError(`${path}: there is no incident ${id}`);
  const text = renderers[format](buildReport(entries, incident, { generatedAtMs: io.now(), verdict: incident?.verdict ?? verdict }));
  if (output === undefined) return io.out(text);
  await io.write(output, text);
}
