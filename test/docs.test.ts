import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { faultKinds } from "../adapters/mock-trunk/faults.ts";
import { faultDomains } from "../src/diagnosis/model.ts";
import { evidenceWeights, type EvidenceCode } from "../src/diagnosis/weights.ts";
import { fleetWeights } from "../src/fleet/verdict.ts";
import { errorTable } from "../src/errors.ts";
import { defaultLimits } from "../src/limits.ts";
import { outboxBounds } from "../src/outbox/bounds.ts";
import { version } from "../src/version.ts";
import { evidenceRow, logOddsOf } from "./support/evidence-table.ts";
import { tortureRows, tortureTables } from "./support/torture/tables.ts";
import { machines, markdownOf } from "./support/state-tables.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

describe("what the documents say is what the code does", () => {
  test.each(Object.entries(machines))("docs/architecture.md shows the table of %s as it is", (_, table) => {
    expect(read("docs/architecture.md")).toContain(markdownOf(table));
  });

  test("docs/calls.md shows the table of a hold as it is", () => {
    expect(read("docs/calls.md")).toContain(markdownOf(machines["Hold"] ?? {}));
  });

  test.each(Object.entries(errorTable))("docs/errors.md has the row of %s", (code, { causes, solutions, retryable }) => {
    expect(read("docs/errors.md")).toContain(
      `| \`${code}\` | ${causes.join(" ")} | ${solutions.join(" ")} | ${retryable ? "yes" : "no"} |`,
    );
  });

  test("docs/errors.md has no row of an error that is not made", () => {
    const codes = [...read("docs/errors.md").matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code);
    expect(codes.sort()).toEqual(Object.keys(errorTable).sort());
  });

  test.each(Object.entries(defaultLimits))("docs/limits.md has %s with its default %s", (name, value) => {
    expect(read("docs/limits.md")).toContain(`| \`${name}\` | ${value} |`);
  });

  test.each(Object.entries(outboxBounds))("docs/delivery.md has %s with its value %s", (name, value) => {
    expect(read("docs/delivery.md")).toContain(`| \`${name}\` | ${value} |`);
  });

  test.each(["quick-start", "conversation"])("the README shows the example %s as it is compiled", (example) => {
    const source = read(`examples/${example}/softphone.ts`);
    const snippet = source.slice(source.indexOf("// README:begin\n") + "// README:begin\n".length, source.indexOf("// README:end")).trim();
    expect(read("README.md")).toContain(snippet);
    expect(snippet.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(20);
  });

  test("docs/mock-trunk.md shows an example that is run", () => {
    const source = read("test/adapters/mock-trunk/readme-example.test.ts");
    expect(read("docs/mock-trunk.md")).toContain(
      source.slice(source.indexOf("// DOCS:begin\n") + "// DOCS:begin\n".length, source.indexOf("// DOCS:end")).trim(),
    );
  });

  test.each(faultKinds)("docs/mock-trunk.md names the fault %s", (kind) => {
    expect(read("docs/mock-trunk.md")).toContain(`\`${kind}\``);
  });

  test.each(Object.keys(evidenceWeights) as EvidenceCode[])("docs/diagnosis.md has the weights of %s", (code) => {
    expect(read("docs/diagnosis.md")).toContain(evidenceRow(code));
  });

  test("docs/diagnosis.md has no evidence that is not in the code, and every fault domain", () => {
    const codes = [...read("docs/diagnosis.md").matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code);
    expect(codes.sort()).toEqual([...Object.keys(evidenceWeights), ...Object.keys(fleetWeights), ...faultDomains].sort());
  });

  test.each(Object.entries(fleetWeights))("docs/diagnosis.md has the weights of the comparison %s", (code, weights) => {
    expect(read("docs/diagnosis.md")).toContain(`| \`${code}\` | ${logOddsOf(weights)} |`);
  });

  test.each(Object.entries(tortureTables))("docs/sip-torture.md has the chapter %s", (title, cases) => {
    const chapter =
      read("docs/sip-torture.md")
        .split("\n## ")
        .find((text) => text.startsWith(`${title}\n`)) ?? "";
    const rows = chapter.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.join("\n")).toBe(tortureRows(cases));
  });

  test("the version is that of the package", () => {
    expect(version).toBe((JSON.parse(read("package.json")) as { version: string }).version);
  });
});
