/** The JSON Schemas of a report and of a fleet's, from the one definition in the code: `npm run schema` writes them, a test holds them current. */
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";
import { fleetSchemaFile, schemaFile } from "./published-schema.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** @returns each file and its text. */
export function schemaTexts(): readonly { readonly file: string; readonly text: string }[] {
  // A fleet's report holds a report: one reading of the sources gives both.
  const generator = createGenerator({
    path: path("../../src/{report/document,fleet/model}.ts"),
    tsconfig: path("../../tsconfig.json"),
    skipTypeCheck: true,
  });
  const published = [
    { file: schemaFile, type: "ReportDocument", $id: "linekeeper-report/1" },
    { file: fleetSchemaFile, type: "FleetReport", $id: "linekeeper-fleet-report/1" },
  ];
  return published.map(({ file, type, $id }) => {
    return { file, text: `${JSON.stringify({ $id, ...generator.createSchema(type) }, undefined, 2)}\n` };
  });
}
