import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { faultsOf } from "./published-schema.ts";
import { cases, crmInit } from "./journals.ts";
import { schemaTexts } from "./schema-of.ts";
import { buildReport } from "../../src/report/index.ts";

describe("the published schema", () => {
  test("is that of the code, a fleet's too; if not, run `npm run schema`", { timeout: 60_000 }, () => {
    for (const { file, text } of schemaTexts()) expect(readFileSync(file, "utf8") === text, file).toBe(true);
  });

  test.each(Object.entries(cases))("%s fits, of an incident and of a session", (_, make) => {
    const { entries, incident } = make();
    expect(faultsOf(buildReport(entries, incident, { generatedAtMs: 0 }))).toEqual([]);
    expect(faultsOf(buildReport(entries, undefined, { generatedAtMs: 0 }))).toEqual([]);
  });

  test("refuses what is no report", () => {
    const { entries, incident } = crmInit();
    const report = buildReport(entries, incident, { generatedAtMs: 0 });
    expect(faultsOf({ ...report, version: "linekeeper-report/2" })).not.toEqual([]);
    expect(faultsOf({ ...report, minutesLost: "1" })).not.toEqual([]);
    expect(faultsOf({ ...report, password: "x" })).not.toEqual([]);
    const { attempts: _, ...cut } = report;
    expect(faultsOf(cut)).not.toEqual([]);
  });
});
