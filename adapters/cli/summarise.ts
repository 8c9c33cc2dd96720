/** `linekeeper summarise`: the journals and reports of many agents in a folder, as one report. */
import { explain } from "../../src/diagnosis/index.ts";
import { mergeReports, renderFleetHtml, renderFleetMarkdown, renderFleetText, type FleetReport } from "../../src/fleet/index.ts";
import { buildReport, troubleTicket, type RenderOptions, type ReportDocument } from "../../src/report/index.ts";
import { InputError, ofHost, readAnyInput, withEntries } from "./input.ts";
import type { Io } from "./io.ts";
import { languages } from "./languages.ts";
import { withProgress } from "./progress.ts";
import { checkAudience, put, type Format, type RenderCommandOptions } from "./render.ts";

/** What else lies in a folder is left alone. */
const readable = /\.(jsonl|json|ndjson)(\.gz)?$/i;

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

const renderers: Readonly<Record<Format, (fleet: FleetReport, options: RenderOptions) => string>> = {
  text: renderFleetText,
  md: renderFleetMarkdown,
  html: renderFleetHtml,
  json,
  tmf621: ({ report }, options) => json(troubleTicket(report, options)),
};

const noneIn = (folder: string) => new InputError(`${folder}: there is no journal and no report in it (.jsonl or .json, zipped or not)`);

/** @throws InputError, UsageError. */
export async function summariseFolder(io: Io, folder: string, options: Omit<RenderCommandOptions, "incident">): Promise<void> {
  checkAudience(options);
  const paths = [...(await ofHost(folder, () => io.list(folder)))].filter((path) => readable.test(path)).sort();
  if (paths.length === 0) throw noneIn(folder);
  const sources = new Map<ReportDocument, string>();
  const sourceOf = createSourceOf();
  const leftOut: InputError[] = [];
  await withProgress(io, paths, async (shown) => {
    for (const path of paths) {
      try {
        for (const report of await reportsIn(shown, path)) sources.set(report, sourceOf(report, path.slice(folder.length + 1)));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        leftOut.push(error);
      }
    }
  });
  const told = (errors: readonly InputError[]) => errors.map(({ message }) => `left out: ${message}`).join("\nlinekeeper: ");
  const foreign = leftOut.filter(({ isForeign }) => isForeign);
  const unusable = leftOut.filter(({ isForeign }) => !isForeign);
  if (foreign.length > 0) io.err(`linekeeper: ${told(foreign)}\n`);
  if (foreign.length === paths.length) throw noneIn(folder);
  if (sources.size > 0) await putFleet(io, folder, sources, options, paths.length - leftOut.length);
  // One agent's broken file keeps nobody from the others'; and nobody is to think that it was among them.
  if (unusable.length > 0) throw new InputError(told(unusable));
}

/** @param files that they came from. */
async function putFleet(
  io: Io,
  folder: string,
  sources: ReadonlyMap<ReportDocument, string>,
  options: Omit<RenderCommandOptions, "incident">,
  files: number,
): Promise<void> {
  const fleet = mergeReports([...sources.keys()], { generatedAtMs: io.now(), agentOf: (report) => sources.get(report) ?? report.reportId });
  if (!fleet) return put(io, options.output, `No incident on record in ${files} ${files === 1 ? "file" : "files"}.\n`);
  const { audience, format, lang, trunk } = options;
  const known = fleet.report.trunks.map(({ id }) => id);
  if (trunk !== undefined && !known.includes(trunk))
    throw new InputError(`${folder}: there is no trunk ${trunk}; there is ${known.join(", ")}`);
  const language = languages[lang];
  await put(
    io,
    options.output,
    renderers[format](fleet, {
      ...(audience && { audience }),
      ...(language && { language }),
      ...(trunk !== undefined && { trunkId: trunk }),
    }),
  );
}

/** A journal tells of each of its incidents, and of the whole session: of what went well too. */
async function reportsIn(io: Io, path: string): Promise<readonly ReportDocument[]> {
  const input = await readAnyInput(io, path);
  if (input.kind === "fleet-report") throw new InputError(`${path}: it is a summary of many agents already`, true);
  if (input.kind === "report") return [input.report];
  return withEntries(path, input.entries, (entries) => {
    const { incidents, verdict } = explain(entries);
    const generatedAtMs = io.now();
    return [
      buildReport(entries, undefined, { generatedAtMs, verdict, isFinal: true }),
      ...incidents.map((incident) => buildReport(entries, incident, { generatedAtMs })),
    ];
  });
}

/**
 * Whose a report is: an agent's where the CRM names them, else a session's, whatever their files are called. Without either each file is
 * an agent's, but for what tells of the same calls again, as a copy does: no two INVITEs share a Call-ID and From-tag (RFC 3261 §8.1.1).
 */
function createSourceOf(): (report: ReportDocument, path: string) => string {
  const known = new Map<string, string>();
  return ({ attempts, calls, environment, reportId, subject }, path) => {
    if (environment?.crm.agentId !== undefined) return environment.crm.agentId;
    if (!reportId.startsWith("at-")) return subject === "incident" ? reportId.replace(/-\d+$/, "") : reportId;
    // A call that comes in may ring at many agents.
    const ours = new Set(calls.filter(({ direction }) => direction === "out").map(({ callId }) => callId));
    const dialogs = attempts.flatMap(({ callId, sipCallId, fromTag }) =>
      ours.has(callId) && sipCallId !== undefined && fromTag !== undefined ? [`${sipCallId} ${fromTag}`] : [],
    );
    const source = dialogs.map((dialog) => known.get(dialog)).find((one) => one !== undefined) ?? path;
    for (const dialog of dialogs) known.set(dialog, source);
    return source;
  };
}
