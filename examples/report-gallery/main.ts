/**
 * The report gallery: what every audience reads of the main incidents, in each language and format.
 * `npm run gallery -- [--out FOLDER]`
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Command } from "commander";
import { explain, parseJournal } from "linekeeper/diagnosis";
import {
  audiences,
  buildReport,
  languageFor,
  languageTags,
  renderHtml,
  renderMarkdown,
  renderText,
  troubleTicket,
  type ReportDocument,
} from "linekeeper/report";
import { indexPage, type Shown } from "./index-page.ts";
import { scenes, type Scene } from "./scenes.ts";

/** The incident that lost or refused most calls; the session where there was none. */
async function reportOf({ journal }: Scene): Promise<ReportDocument> {
  const file = new URL(`../../test/corpus/journals/${journal}.jsonl.gz`, import.meta.url);
  const entries = parseJournal(gunzipSync(await readFile(file)).toString());
  const { incidents, verdict } = explain(entries);
  const [worst] = [...incidents].sort((a, b) => b.callsLost + b.callsRefused - a.callsLost - a.callsRefused);
  // The same day gives the same files, whenever they are made.
  const generatedAtMs = entries[0]?.type === "session:started" ? entries[0].dateMs + (entries.at(-1)?.atMs ?? 0) : 0;
  return buildReport(entries, worst, { generatedAtMs, verdict: worst?.verdict ?? verdict });
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** @returns the files' names, with their text. */
async function filesOf(report: ReportDocument): Promise<readonly (readonly [name: string, text: string])[]> {
  const languages = await Promise.all(languageTags.map((tag) => languageFor(tag)));
  return [
    ["report.json", json(report)],
    ...languages.flatMap((language) => [
      ...audiences.flatMap((audience) => {
        const options = { audience, language };
        return [
          [`${audience}.${language.tag}.html`, renderHtml(report, options)],
          [`${audience}.${language.tag}.md`, renderMarkdown(report, options)],
          [`${audience}.${language.tag}.txt`, renderText(report, options)],
        ] as const;
      }),
      [`ticket.${language.tag}.json`, json(troubleTicket(report, { language }))] as const,
    ]),
  ];
}

const { out } = new Command("npm run gallery --")
  .description("What every audience reads of the main incidents, in each language and format, with an index page.")
  .option("--out <folder>", "where the files go", "report-gallery")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse()
  .opts<{ readonly out: string }>();

const shown: Shown[] = [];
try {
  for (const scene of scenes) {
    const files = await filesOf(await reportOf(scene));
    const folder = join(out, scene.name);
    // Only what an earlier gallery left: in the folder itself may be anything.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await Promise.all(files.map(([name, text]) => writeFile(join(folder, name), text)));
    shown.push({ scene, files: files.map(([name]) => name) });
  }
  await writeFile(join(out, "index.html"), indexPage(shown));
} catch (error) {
  if (!(error instanceof Error) || !("syscall" in error)) throw error;
  process.stderr.write(`error: ${out} cannot be written to: ${error.message}\n`);
  process.exit(2);
}
process.stdout.write(`${shown.flatMap(({ files }) => files).length} files of ${scenes.length} incidents: ${join(out, "index.html")}\n`);
