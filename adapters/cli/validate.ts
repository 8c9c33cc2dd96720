/** `linekeeper validate`: is it a report, of one agent or of many, as its published schema says, or a journal? */
import { Validator, type OutputUnit, type Schema } from "@cfworker/json-schema";
import fleetSchema from "../../src/fleet/schema/fleet-report-v1.json" with { type: "json" };
import reportSchema from "../../src/report/schema/report-v1.json" with { type: "json" };
import { readAnyInput } from "./input.ts";
import type { Io } from "./io.ts";

/** More of them say no more. */
const mostFaults = 20;

/** What is said of a place because of what is wrong below it. */
const containers: ReadonlySet<string> = new Set(["$ref", "properties", "additionalProperties", "items", "anyOf"]);

/** @returns whether it is well. @throws InputError where it cannot even be read. */
export async function validateFile(io: Io, path: string): Promise<boolean> {
  const input = await readAnyInput(io, path);
  const name = path === "-" ? "standard input" : path;
  if (input.kind === "journal") {
    io.out(`${name}: ${io.style("green", "a journal")} of ${input.entries.length} entries\n`);
    return true;
  }
  const { schema, document, what } =
    input.kind === "report"
      ? { schema: reportSchema, document: JSON.parse(input.text) as unknown, what: "a report" }
      : { schema: fleetSchema, document: input.document, what: "a report of many agents" };
  const found = new Validator(schema as Schema, "7", false).validate(document).errors.filter(isCause);
  const faults = [...new Set(found.map(faultText))];
  if (faults.length === 0) io.out(`${name}: ${io.style("green", what)}, ${schema.$id}\n`);
  else
    io.out(
      `${name}: ${io.style("red", "no report as the schema says")}\n${faults
        .slice(0, mostFaults)
        .map((fault) => `  ${fault}\n`)
        .join("")}`,
    );
  if (faults.length > mostFaults) io.out(`  … and ${faults.length - mostFaults} more\n`);
  return faults.length === 0;
}

const isCause = ({ keyword }: OutputUnit): boolean => !containers.has(keyword);

/** `False boolean schema`: the validator's words for what no schema allows. */
const faultText = ({ instanceLocation, keyword, error }: OutputUnit): string =>
  `${instanceLocation.replace(/^#/, "") || "/"}: ${keyword === "false" ? "The schema knows no such field." : error}`;
