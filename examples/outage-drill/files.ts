/** Writes what a support engineer would get: the report as a page and as data, and the journal behind it. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { journalText } from "linekeeper/diagnosis";
import { fileStore } from "linekeeper/file-store";
import { renderHtml } from "linekeeper/report";
import type { Agent } from "./agent.ts";

/**
 * Two drills at once would write over each other's reports.
 * @returns what gives the folder free again; undefined while another drill that lives has it.
 */
export const claimFolder = async (root: string): Promise<(() => void) | undefined> => fileStore(root).claim?.("drill");

/** Writes over what an earlier drill left for this scenario. @returns the folders written, one per incident. */
export async function writeIncidents(root: string, scenario: string, agents: readonly Agent[]): Promise<string[]> {
  await rm(join(root, scenario), { recursive: true, force: true });
  const written = agents.flatMap(({ name, line }) =>
    line.incidents.map(async ({ id }) => {
      const folder = join(root, scenario, `${name}-${id}`);
      const report = await line.report(id);
      await mkdir(folder, { recursive: true });
      await Promise.all([
        writeFile(join(folder, "report.html"), renderHtml(report)),
        writeFile(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`),
        writeFile(join(folder, "journal.jsonl"), journalText(line.journal)),
      ]);
      return folder;
    }),
  );
  return Promise.all(written);
}
