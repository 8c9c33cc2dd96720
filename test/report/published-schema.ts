/** Whether a report fits the published schema, as it will be read from a file. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";

export const schemaFile = fileURLToPath(new URL("../../src/report/schema/report-v1.json", import.meta.url));
export const fleetSchemaFile = fileURLToPath(new URL("../../src/fleet/schema/fleet-report-v1.json", import.meta.url));

/** Compiled when the first report is to fit: most test files make none. */
const compiled = new Map<string, ValidateFunction>();

function validatorOf(file: string): ValidateFunction {
  const known = compiled.get(file);
  if (known) return known;
  const fits = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(file, "utf8")) as object);
  compiled.set(file, fits);
  return fits;
}

export function faultsOf(document: unknown, file = schemaFile): string[] {
  const fits = validatorOf(file);
  fits(JSON.parse(JSON.stringify(document)));
  return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}
