import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Writable } from "node:stream";
import { hostIo, type Io } from "../../../adapters/cli/io.ts";
import { run } from "../../../adapters/cli/program.ts";
import { explain, journalText, parseJournal, type Incident } from "../../../src/diagnosis/index.ts";
import { audiences, buildReport, troubleTicket, type ReportDocument } from "../../../src/report/index.ts";
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
  "gap.jsonl": Buffer.from(`${journalText(failing)}{"seq":900,"atMs":900000,"type":"attempt:ended","callId":"c9","attempt":1}\n`),
  "newer.jsonl": Buffer.from(
    `${journalText(failing)}{"seq":900,"atMs":${failing.at(-1)?.atMs ?? 0},"type":"quantum:entangled","callId":"c9"}\n`,
  ),
};
const report = buildReport(failing, explain(failing).incidents[0], { generatedAtMs: 0 });
const reportFile = (change: object) => Buffer.from(JSON.stringify({ ...report, ...change }, undefined, 2));
files["report.json"] = reportFile({});
files["wrong.json"] = reportFile({ minutesLost: "1", password: "x" });
files["newer.json"] = reportFile({ version: "linekeeper-report/2" });
files["older.json"] = reportFile({ reportId: undefined, status: undefined, registrations: undefined, clockSkews: undefined });
files["half.json"] = reportFile({}).subarray(0, 300);

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
    list: () => Promise.reject(new Error("no folder")),
    columns: undefined,
    errColumns: undefined,
    style: (_, text) => text,
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

  test("--without and --with say the same without signs, each as often as it takes", async () => {
    const signs = await linekeeper("explain", "failing.jsonl", "--json", "-w", "-same-route-well-on-other-trunk", "+device-slept");
    const words = await linekeeper(
      "explain",
      "failing.jsonl",
      "--json",
      "--without",
      "same-route-well-on-other-trunk",
      "--with",
      "device-slept",
    );
    expect(words).toEqual(signs);
  });

  test("several journals, each under its name", async () => {
    const { out } = await linekeeper("explain", "failing.jsonl", "calm.jsonl");
    expect(out).toMatch(/^failing\.jsonl:\n\nIncident 1[^]*\ncalm\.jsonl:\n\nSession/);
    const data = JSON.parse((await linekeeper("explain", "failing.jsonl", "calm.jsonl", "--json")).out) as object[];
    expect(data).toMatchObject([{ file: "failing.jsonl" }, { file: "calm.jsonl", incidents: [], verdict: { conclusion: "healthy" } }]);
  });

  test("--incident chooses", async () => {
    expect((await linekeeper("explain", "failing.jsonl", "--incident", "1")).code).toBe(0);
    expect(await linekeeper("explain", "failing.jsonl", "--incident", "2")).toMatchObject({
      code: 2,
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

  test.each(audiences)("for %s as text, Markdown and page, of a journal as of the report on it", async (audience) => {
    for (const format of ["text", "md", "html"]) {
      const ofJournal = await linekeeper("render", "failing.jsonl", "-a", audience, "-f", format);
      const ofReport = await linekeeper("render", "report.json", "-a", audience, "-f", format);
      expect([ofReport.code, ofReport.err]).toEqual([0, ""]);
      expect(ofReport.out).toBe(ofJournal.out);
    }
  });

  test("as TMF621, for the trunk that is asked for", async () => {
    const { out } = await linekeeper("render", "report.json", "-f", "tmf621", "--trunk", "B");
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(troubleTicket(report, { trunkId: "B" }))));
  });

  test.each(audiences)("a report of an earlier version, for %s", async (audience) => {
    const { code, err, out } = await linekeeper("render", "older.json", "-a", audience);
    expect([code, err]).toEqual([0, ""]);
    expect(out).not.toContain("undefined");
  });

  test("a journal of a later version: what is not known is not told", async () => {
    expect((await linekeeper("render", "newer.jsonl", "-a", "carrier")).out).toBe(
      (await linekeeper("render", "failing.jsonl", "-a", "carrier")).out,
    );
  });

  test("of a session without an incident", async () => {
    expect((await linekeeper("render", "calm.jsonl")).out).toContain("No incident on record.");
  });
});

describe("validate", () => {
  test("a report that fits its schema, and a journal", async () => {
    expect(await linekeeper("validate", "report.json")).toMatchObject({ code: 0, out: "report.json: a report, linekeeper-report/1\n" });
    expect(await linekeeper("validate", "failing.jsonl.gz")).toMatchObject({ code: 0, err: "" });
  });

  test("says what does not fit, and where", async () => {
    const { code, out } = await linekeeper("validate", "wrong.json");
    expect(code).toBe(1);
    expect(out.split("\n").slice(1, -1).sort()).toEqual([
      '  /minutesLost: Instance type "string" is invalid. Expected "number".',
      "  /password: The schema knows no such field.",
    ]);
  });

  test("an earlier version's report is not what the schema says now", async () => {
    expect(await linekeeper("validate", "older.json")).toMatchObject({ code: 1 });
  });
});

describe("what cannot be used is said in one line", () => {
  test.each([
    ["a file that is not there", ["explain", "none.jsonl"], 2, "none.jsonl: there is no such file"],
    ["a broken line", ["explain", "broken.jsonl"], 2, "broken.jsonl:3: no JSON"],
    ["a cut zip", ["render", "cut.jsonl.gz"], 2, "cut.jsonl.gz: it is a gzip file that was cut off"],
    ["an empty file", ["explain", "empty.jsonl"], 2, "empty.jsonl: it holds no journal entry"],
    ["evidence that is none", ["explain", "failing.jsonl", "--what-if=-edge-silent"], 2, "edge-silent is no kind of evidence"],
    ["a change without a sign", ["explain", "failing.jsonl", "-w", "edge-unreachable"], 2, "begin with + to add evidence"],
    ["an incident that is no number", ["explain", "failing.jsonl", "-i", "one"], 2, "whole number"],
    ["a format that is none", ["render", "failing.jsonl", "-f", "pdf"], 2, "text, md, html, json, tmf621"],
    ["an entry that is not what its type says", ["explain", "gap.jsonl"], 2, "gap.jsonl: entry 900 is no `attempt:ended`"],
    ["a report that was cut off", ["render", "half.json"], 2, "half.json:"],
    ["a report of a later version", ["validate", "newer.json"], 2, "linekeeper-report/2"],
    ["a report where a journal is asked for", ["explain", "report.json"], 2, "report.json: it is a report"],
    ["a trunk that is none", ["render", "report.json", "-a", "carrier", "-t", "Z"], 2, "there is no trunk Z; there is A, B"],
    ["everything for the carrier", ["render", "report.json", "-a", "carrier", "-f", "json"], 2, "json holds everything"],
    ["a ticket for the public", ["render", "report.json", "-a", "public", "-f", "tmf621"], 2, "a ticket for a carrier"],
    ["a trunk for support", ["render", "report.json", "-t", "A"], 2, "--trunk chooses whose ticket it is"],
    ["a language that is none", ["render", "report.json", "-l", "xx"], 2, "en"],
    ["a command that is none", ["explian"], 2, "explain"],
    ["no command", [], 2, "Usage: linekeeper"],
  ] as const)("%s", async (_, args, code, words) => {
    const result = await linekeeper(...args);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(words);
  });
});

const commands = ["explain", "render", "validate"] as const;

test.each([["--help"], ["--version"], ...commands.map((name) => [name, "--help"])])(
  "%s %s is no error, within 80 columns",
  async (...args) => {
    const { code, out, err } = await linekeeper(...args);
    expect([code, err]).toEqual([0, ""]);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test.each(commands)("docs/command.md has %s, each of its options and its example", async (name) => {
  const page = readFileSync(new URL("../../../docs/command.md", import.meta.url), "utf8");
  const { out } = await linekeeper(name, "--help");
  const chapter = page.split("\n## ").find((text) => text.startsWith(`${name}\n`)) ?? "";
  for (const [, option = ""] of out.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm))
    if (option !== "--help") expect(chapter).toContain(`\`${option}`);
  const [, example = "none"] = /Example:\n {2}(.*)/.exec(out) ?? [];
  expect(chapter).toContain(example);
});

test("colours are for a terminal that wants them", () => {
  const stream = (more: object) => Object.assign(new Writable(), more) as unknown as NodeJS.WriteStream;
  const styled = (stdout: NodeJS.WriteStream) => hostIo({ stdin: process.stdin, stdout, stderr: stream({}) } as never).style("red", "x");
  expect(styled(stream({ isTTY: true, hasColors: () => true }))).toBe("\u001b[31mx\u001b[39m");
  expect(styled(stream({ isTTY: true, hasColors: () => false }))).toBe("x");
  expect(styled(stream({}))).toBe("x");
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
