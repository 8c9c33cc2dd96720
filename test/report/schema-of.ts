/** The JSON Schema of a report, from the one definition in the code: `npm run schema` writes it, a test holds it current. */
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";
export { schemaFile } from "./build-report.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** @returns the file's text. */
export function schemaText(): string {
  const generator = createGenerator({
    path: path("../../src/report/document.ts"),
    tsconfig: path("../../tsconfig.json"),
    type: "ReportDocument",
    schemaId: "linekeeper-report/1",
    skipTypeCheck: true,
  });
  return `${JSON.stringify(generator.createSchema("ReportDocument"), undefined, 2)}\n`;
}
