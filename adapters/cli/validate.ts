/** `linekeeper validate`: is it a report as the published schema says, or a journal? */
import { Validator, type OutputUnit, type Schema } from "@cfworker/json-schema";
import schema from "../../src/report/schema/report-v1.json" with { type: "json" };
import { readInput } from "./input.ts";
import type { Io } from "./io.ts";

/** More of them say no more. */
const mostFaults = 20;

/** What is said of a place because of what is wrong below it. */
const containers: ReadonlySet<string> = new Set(["$ref", "properties", "additionalProperties", "items", "anyOf"]);

/** @returns whether it is well. @throws InputError where it cannot even be read. */
export async function validateFile(io: Io, path: string): Promise<boolean> {
  const input = await readInput(io, path);
  const name = path === "-" ? "standard input" : path;
  if (input.kind === "journal") {
    io.out(`${name}: ${io.style("green", "a journal")} of ${input.entries.length} entries\n`);
    return true;
  }
  const found = new Validator(schema as Schema, "7", false).validate(JSON.parse(input.text)).errors.filter(isCause);
  const faults = [...new Set(found.map(faultText))];
  if (faults.length === 0) io.out(`${name}: ${io.style("green", "a report")}, ${input.report.version}\n`);
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
