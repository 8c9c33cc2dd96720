import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Io } from "../../../adapters/cli/io.ts";
import { run } from "../../../adapters/cli/program.ts";
import { explain, journalText, parseJournal, type Incident } from "../../../src/diagnosis/index.ts";
import type { ReportDocument } from "../../../src/report/index.ts";
import { filesOf, readJournal } from "../../corpus/files.ts";
import { wellBegun } from "../../diagnosis/story.ts";

const failing = wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]).calls("international", ["A", "answered"]).entries;
const calm = wellBegun("A", "B").calls("local", ["A", "answered"]).entries;

const files: Record<string, Uint8Array> = {
  "failing.jsonl": Buffer.from(journalText(failing)),
  "failing.jsonl.gz": gzipSync(journalText(failing)),
  "calm.jsonl": Buffer.from(journalText(calm)),
  "broken.jsonl": Buffer.from(`${journalText(failing.slice(0, 2))}{"seq":2,\n`),
  "cut.jsonl.gz": gzipSync(journalText(failing)).subarray(0, 60),
  "empty.jsonl": Buffer.from("\n"),
  "-": Buffer.from(journalText(failing)),
};

async function linekeeper(...args: string[]) {
  let [out, err] = ["", ""];
  const written: Record<string, string> = {};
  const io: Io = {
    read: async (path) => {
      const file = files[path];
      if (!file) throw Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
      return file;
    },
    write: async (path, text) => void (written[path] = text),
    out: (text) => (out += text),
    err: (text) => (err += text),
    columns: undefined,
    bold: (text) => text,
    now: () => 0,
  };
  return { code: await run(args, io), out, err, written };
}

const incidentsIn = (text: string) => (JSON.parse(text) as { incidents: readonly Incident[] }).incidents;

describe("explain", () => {
  test("tells whose fault it is, why, and who acts", async () => {
    const { code, out, err } = await linekeeper("explain", "failing.jsonl");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("The fault lies in the routing of calls at Carrier A (trunk A).");
    expect(out).toContain("Who acts: Carrier A (trunk A)");
    expect(out).toContain("went through on trunk “B” at the");
  });

  test("as JSON it is what the library says", async () => {
    const { out } = await linekeeper("explain", "failing.jsonl", "--json");
    expect(incidentsIn(out)).toEqual(JSON.parse(JSON.stringify(explain(failing).incidents)));
  });

  test.each(["failing.jsonl.gz", "-", undefined])("reads %s alike", async (path) => {
    const plain = await linekeeper("explain", "failing.jsonl");
    expect((await linekeeper("explain", ...(path === undefined ? [] : [path]))).out).toBe(plain.out);
  });

  test("says so when there was no incident", async () => {
    const { code, out } = await linekeeper("explain", "calm.jsonl");
    expect(code).toBe(0);
    expect(out).toContain("No incident on record.");
  });

  test("--what-if drops evidence, and adds it", async () => {
    const [before] = incidentsIn((await linekeeper("explain", "failing.jsonl", "--json")).out);
    const dropped = await linekeeper("explain", "failing.jsonl", "--json", "--what-if=-same-route-well-on-other-trunk");
    const added = await linekeeper("explain", "failing.jsonl", "--json", "--what-if=+well-after-reinitialisation");
    const routing = (text: string) => incidentsIn(text)[0]?.verdict.probabilities["carrier-routing"] ?? 0;
    expect(routing(dropped.out)).toBeLessThan(before?.verdict.probabilities["carrier-routing"] ?? 0);
    expect(incidentsIn(added.out)[0]?.verdict.probabilities["crm-init"]).toBeGreaterThan(before?.verdict.probabilities["crm-init"] ?? 1);
    expect((await linekeeper("explain", "failing.jsonl", "--what-if=-edge-unreachable")).out).toMatch(/^What if -edge-unreachable\n/);
  });

  test("--incident chooses", async () => {
    expect((await linekeeper("explain", "failing.jsonl", "--incident", "1")).code).toBe(0);
    expect(await linekeeper("explain", "failing.jsonl", "--incident", "2")).toMatchObject({
      code: 1,
      err: "linekeeper: failing.jsonl: there is no incident 2; there is 1\n",
    });
  });
});

describe("render", () => {
  test("writes the report as text, page and data", async () => {
    expect((await linekeeper("render", "failing.jsonl")).out).toContain("Incident 1");
    expect((await linekeeper("render", "failing.jsonl", "-f", "html")).out).toMatch(/^<!doctype html>/);
    const { out } = await linekeeper("render", "failing.jsonl", "--format", "json");
    expect((JSON.parse(out) as ReportDocument).incidentId).toBe(1);
  });

  test("into a file", async () => {
    const { out, written } = await linekeeper("render", "failing.jsonl", "-f", "html", "-o", "report.html");
    expect(out).toBe("");
    expect(written["report.html"]).toMatch(/^<!doctype html>/);
  });

  test("of a session without an incident", async () => {
    expect((await linekeeper("render", "calm.jsonl")).out).toContain("No incident on record.");
  });
});

describe("what cannot be used is said in one line", () => {
  test.each([
    ["a file that is not there", ["explain", "none.jsonl"], 1, "none.jsonl: there is no such file"],
    ["a broken line", ["explain", "broken.jsonl"], 1, "broken.jsonl:3: no JSON"],
    ["a cut zip", ["render", "cut.jsonl.gz"], 1, "cut.jsonl.gz: it is a gzip file that was cut off"],
    ["an empty file", ["explain", "empty.jsonl"], 1, "empty.jsonl: it holds no journal entry"],
    ["evidence that is none", ["explain", "failing.jsonl", "--what-if=-edge-silent"], 2, "edge-silent is no kind of evidence"],
    ["a change without a sign", ["explain", "failing.jsonl", "-w", "edge-unreachable"], 2, "begin with + to add evidence"],
    ["an incident that is no number", ["explain", "failing.jsonl", "-i", "one"], 2, "whole number"],
    ["a format that is none", ["render", "failing.jsonl", "-f", "pdf"], 2, "text, html, json"],
    ["a command that is none", ["explian"], 2, "explain"],
    ["no command", [], 2, "Usage: linekeeper"],
  ] as const)("%s", async (_, args, code, words) => {
    const result = await linekeeper(...args);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(words);
  });
});

test.each([["--help"], ["explain", "--help"], ["render", "--help"], ["--version"]])("%s %s is no error", async (...args) => {
  const { code, out, err } = await linekeeper(...args);
  expect([code, err]).toEqual([0, ""]);
  expect(out).not.toBe("");
});

test("every journal of the corpus is explained, and text and journal tell the same", async () => {
  for (const id of ["edge-frozen-1", "partial-start-silent-1", "udp-blocked-1", "quiet-day-1"]) {
    files["one"] = readFileSync(filesOf.journal(id));
    expect(incidentsIn((await linekeeper("explain", "one", "--json")).out)).toEqual(
      JSON.parse(JSON.stringify(explain(readJournal(id)).incidents)),
    );
  }
  expect(parseJournal(journalText(failing))).toEqual(failing);
});
