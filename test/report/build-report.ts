/** `buildReport()`, for tests: whatever it gives has to fit the published schema, as it will be read from a file. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { buildReport as build } from "../../src/report/index.ts";

export const schemaFile = fileURLToPath(new URL("../../src/report/schema/report-v1.json", import.meta.url));

const fits = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(readFileSync(schemaFile, "utf8")) as object);

export const faultsOf = (report: unknown): string[] => {
  fits(JSON.parse(JSON.stringify(report)));
  return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
};

export const buildReport: typeof build = (...given) => {
  const report = build(...given);
  const faults = faultsOf(report);
  if (faults.length > 0) throw new Error(`not what the schema says: ${faults.slice(0, 5).join("; ")}`);
  return report;
};
