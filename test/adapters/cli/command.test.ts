import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { Writable } from "node:stream";
import { hostIo, type Io } from "../../../adapters/cli/io.ts";
import { readInput } from "../../../adapters/cli/input.ts";
import { withProgress } from "../../../adapters/cli/progress.ts";
import { verifyFile } from "../../../adapters/cli/verify.ts";
import { run } from "../../../adapters/cli/program.ts";
import { explain, journalText, parseJournal, type Entry, type Incident } from "../../../src/diagnosis/index.ts";
import { audiences, buildReport, troubleTicket, type ReportDocument } from "../../../src/report/index.ts";
import type { FleetReport } from "../../../src/fleet/index.ts";
import { signReport } from "../../../src/seal/index.ts";
import { version } from "../../../src/version.ts";
import { filesOf, readJournal } from "../../corpus/files.ts";
import { wellBegun } from "../../diagnosis/story.ts";

const failing = wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]).calls("international", ["A", "answered"]).entries;
const calm = wellBegun("A", "B").calls("local", ["A", "answered"]).entries;

const files: Record<string, Uint8Array> = {
  "failing.jsonl": Buffer.from(journalText(failing)),
  "failing.jsonl.gz": gzipSync(journalText(failing)),
  "calm.jsonl": Buffer.from(journalText(calm)),
  "broken.jsonl": Buffer.from(`${journalText(failing.slice(0, 2))}{"seq":2,\n`),
  "padded.jsonl.gz": Buffer.concat([gzipSync(journalText(failing)), Buffer.alloc(512)]),
  "cut.jsonl.gz": gzipSync(journalText(failing)).subarray(0, 60),
  "torn.jsonl": Buffer.from(`${journalText(failing)}{"seq":900,"atMs":9`),
  "empty.jsonl": Buffer.from("\n"),
  "noise.bin": Buffer.from("\x89PNG\r\n\x00\xff\x1a{\n\x07%", "latin1"),
  "-": Buffer.from(journalText(failing)),
  "gap.jsonl": Buffer.from(`${journalText(failing)}{"seq":900,"atMs":900000,"type":"attempt:ended","callId":"c9","attempt":1}\n`),
  "newer.jsonl": Buffer.from(
    `${journalText(failing)}{"seq":900,"atMs":${failing.at(-1)?.atMs ?? 0},"type":"quantum:entangled","callId":"c9"}\n`,
  ),
};
const report = buildReport(failing, explain(failing).incidents[0], { generatedAtMs: 0 });
const reportFile = (change: object) => Buffer.from(JSON.stringify({ ...report, ...change }, undefined, 2));
files["report.json"] = reportFile({});
files["signed.json"] = reportFile({ signature: { algorithm: "ES256", value: "" } });
files["wrong.json"] = reportFile({ minutesLost: "1", password: "x" });
files["newer.json"] = reportFile({ version: "linekeeper-report/2" });
files["older.json"] = reportFile({ reportId: undefined, status: undefined, registrations: undefined, clockSkews: undefined });
files["half.json"] = reportFile({}).subarray(0, 300);

const linekeeper = (...args: string[]) => onTerminal(undefined, ...args);

async function onTerminal(columns: number | undefined, ...args: string[]) {
  let [out, err] = ["", ""];
  const written: Record<string, string> = {};
  const io: Io = {
    // In pieces that begin and end anywhere, as a disk's do.
    read: async function* (path) {
      const file = files[path];
      if (!file) throw Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
      yield file.subarray(0, 1);
      for (let at = 1; at < file.byteLength; at += 1_021) yield file.subarray(at, at + 1_021);
    },
    size: async (path) => files[path]?.byteLength ?? 0,
    write: async (path, text) => void (written[path] = text),
    out: (text) => (out += text),
    err: (text) => (err += text),
    list: async (folder) => {
      const found = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      if (found.length === 0) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
      return found;
    },
    lines: async function* () {},
    stopped: async () => {},
    columns,
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

  test.each(["failing.jsonl.gz", "padded.jsonl.gz", "-", undefined])("reads %s alike", async (path) => {
    const plain = await linekeeper("explain", "failing.jsonl");
    expect((await linekeeper("explain", ...(path === undefined ? [] : [path]))).out).toBe(plain.out);
  });

  test("says so when there was no incident", async () => {
    const { code, out } = await linekeeper("explain", "calm.jsonl");
    expect(code).toBe(0);
    expect(out).toContain("No incident on record.");
  });

  test("--lang chooses the language", async () => {
    const { out } = await linekeeper("explain", "failing.jsonl", "--lang", "fr");
    expect(out).toContain("La panne est dans l’acheminement des appels de Carrier A (ligne A).");
    expect(out).not.toMatch(/\b(the|trunk|fault)\b/);
    expect(await linekeeper("explain", "failing.jsonl", "--lang", "tlh")).toMatchObject({ code: 2, out: "" });
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

describe("summarise", () => {
  // No two agents' calls share a From-tag.
  const ofAgent = (tag: string, entries: readonly Entry[]) =>
    Buffer.from(journalText(entries).replaceAll('"fromTag":"t"', `"fromTag":"${tag}"`));
  files["floor/1.jsonl"] = files["failing.jsonl"] as Uint8Array;
  files["floor/2/journal.jsonl.gz"] = gzipSync(ofAgent("t2", failing));
  files["floor/3.jsonl"] = ofAgent("t3", calm);
  files["floor/4.json"] = reportFile({ reportId: "4f0c-12" });
  files["floor/notes.txt"] = Buffer.from("none of ours");
  files["quiet/1.jsonl"] = files["calm.jsonl"] as Uint8Array;
  files["torn/1.jsonl"] = files["broken.jsonl"] as Uint8Array;
  files["bare/notes.txt"] = files["floor/notes.txt"] as Uint8Array;

  test("journals and reports of one outage are one report, in each form", async () => {
    const { code, out, err } = await linekeeper("summarise", "floor/");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("3 of 4 agents");
    expect(out).toContain("(2/journal.jsonl.gz)");
    const data = JSON.parse((await linekeeper("summarise", "floor", "-f", "json")).out) as FleetReport;
    expect(data).toMatchObject({ version: "linekeeper-fleet-report/1", report: { verdict: { leader: "carrier-routing" } } });
    expect((await linekeeper("summarise", "floor", "-f", "md", "-a", "carrier", "-t", "A")).out).toContain("3 of 4 agents");
    expect((await linekeeper("summarise", "floor", "-f", "html", "-a", "public")).out).toMatch(/^<!doctype html>/);
    expect(JSON.parse((await linekeeper("summarise", "floor", "-f", "tmf621")).out)).toMatchObject({ "@type": "TroubleTicket" });
  });

  test("what tells of the same calls again, whole or cut off, is the same agent's; so are two sessions of an agent whom the CRM names", async () => {
    files["copies/1.jsonl"] = ofAgent("t1", failing);
    files["copies/2.jsonl.gz"] = gzipSync(ofAgent("t2", failing));
    const verdictOn = async (folder: string) => {
      const { report: of, agents } = JSON.parse((await linekeeper("summarise", folder, "-f", "json")).out) as FleetReport;
      return { agents: agents.length, probabilities: of.verdict?.probabilities };
    };
    const once = await verdictOn("copies");
    expect(once.agents).toBe(2);
    files["copies/copy of 1.jsonl"] = ofAgent("t1", failing);
    files["copies/cut copy of 2.jsonl"] = ofAgent("t2", failing.slice(0, -1));
    expect(await verdictOn("copies")).toEqual(once);
    const ofSession = (tag: string, sessionId: string) =>
      ofAgent(
        tag,
        failing.map((entry) =>
          entry.type === "session:started"
            ? { ...entry, sessionId, environment: { ...entry.environment, crm: { vendor: "CRM", agentId: "agent7" } } }
            : entry,
        ),
      );
    files["sessions/1.jsonl"] = ofSession("t1", "4f0c");
    files["sessions/2.jsonl"] = ofSession("t2", "9a1b");
    expect((await verdictOn("sessions")).agents).toBe(1);
  });

  test("a link to a file is read as the file, one that leads nowhere is told, a circle of folders is none", async () => {
    const folder = mkdtempSync(`${tmpdir()}/linekeeper-`);
    const { list } = hostIo();
    writeFileSync(`${folder}/1.jsonl`, "");
    for (const [to, at] of [
      ["1.jsonl", "2.jsonl"],
      ["nowhere", "3.jsonl"],
      [".", "again"],
    ] as const)
      symlinkSync(to, `${folder}/${at}`);
    expect([...(await list(folder))].sort()).toEqual(["1", "2", "3"].map((name) => `${folder}/${name}.jsonl`));
    rmSync(folder, { recursive: true });
  });

  test("the text's tables say what their columns are; the time line is in the order of time, without the numbers of many journals", async () => {
    const { out } = await linekeeper("summarise", "floor");
    // Of ten columns each value bears its column's name: nobody counts dots.
    expect(out.replaceAll("\n  ", " ")).toMatch(
      /\n- 1[^·]* · Hit (?:yes|no) · Calls \d+ · Lost \d+ · Never left the agent \d+ · Saved \d+ · /,
    );
    const [, timeline = ""] = /\nTime line\n-+\n([^]*?)\n\n/.exec(out) ?? [];
    const [head, ...lines] = timeline.replaceAll("\n  ", " ").split("\n");
    expect(head).toBe("Time (UTC) · What");
    const times = lines.map((line) => line.slice(2, 14));
    expect(times.length).toBeGreaterThan(2);
    expect(times).toEqual(times.toSorted());
  });

  test("a file that cannot be used is told, and keeps nobody from the others", async () => {
    files["mixed/1.jsonl"] = files["failing.jsonl"] as Uint8Array;
    files["mixed/2.jsonl"] = files["broken.jsonl"] as Uint8Array;
    files["mixed/3.jsonl"] = files["empty.jsonl"] as Uint8Array;
    const { code, out, err } = await linekeeper("summarise", "mixed");
    expect([code, err]).toEqual([
      2,
      "linekeeper: left out: mixed/2.jsonl:3: no JSON\nlinekeeper: left out: mixed/3.jsonl: it holds no journal entry\n",
    ]);
    expect(out).toContain("1 of 1 agent");
  });

  test("one that is none of ours is told; no record is missing for it, so all is well", async () => {
    files["foreign/1.jsonl"] = files["failing.jsonl"] as Uint8Array;
    files["foreign/package.json"] = Buffer.from('{\n  "name": "x",\n  "version": "1.0.0"\n}\n');
    files["foreign/outage.json"] = Buffer.from((await linekeeper("summarise", "floor", "-f", "json")).out);
    const { code, out, err } = await linekeeper("summarise", "foreign");
    expect([code, err]).toEqual([
      0,
      "linekeeper: left out: foreign/outage.json: it is a summary of many agents already\n" +
        "linekeeper: left out: foreign/package.json: it is no journal and no report (line 1: no JSON)\n",
    ]);
    expect(out).toContain("1 of 1 agent");
    files["strange/package.json"] = files["foreign/package.json"] as Uint8Array;
    expect(await linekeeper("summarise", "strange")).toMatchObject({ code: 2, out: "" });
    // A journal of one entry that is broken, and one that is cut in its first line, are somebody's record.
    files["lone/1.jsonl"] = files["failing.jsonl"] as Uint8Array;
    files["lone/2.jsonl"] = Buffer.from('{"seq":0,"atMs":"0","type":"session:started"}\n');
    expect((await linekeeper("summarise", "lone")).code).toBe(2);
    files["lone/2.jsonl"] = Buffer.from('{"seq":0,"at');
    expect((await linekeeper("summarise", "lone")).code).toBe(2);
  });

  test("where there was no incident, it says so", async () => {
    expect(await linekeeper("summarise", "quiet")).toMatchObject({ code: 0, out: "No incident on record in 1 file.\n" });
  });
});

test("a journal is read line by line as it comes: a broken one no further than its broken line", async () => {
  let pieces = 0;
  const io = {
    read: async function* () {
      for (; pieces < 100; pieces++) yield Buffer.from(`${journalText(failing.slice(0, 2))}{"seq":2,\n`);
    },
  } as unknown as Io;
  await expect(readInput(io, "long.jsonl")).rejects.toThrow("long.jsonl:3: no JSON");
  expect(pieces).toBe(0);
});

describe("a bar", () => {
  /** Files of so many bytes, read in halves of which each takes so long, on a terminal or none. */
  async function barOver(sizes: readonly number[], pieceMs: number, isTerminal = true, key?: string): Promise<readonly string[]> {
    const told: string[] = [];
    let nowMs = 0;
    const io = {
      now: () => nowMs,
      err: (text: string) => void told.push(text),
      out: (text: string) => void told.push(text),
      size: (path: string) => Promise.resolve(Number(path)),
      read: async function* (path: string) {
        for (let half = 0; half < 2; half++) {
          nowMs += pieceMs;
          yield { byteLength: Number(path) / 2 } as Uint8Array;
        }
      },
      errColumns: isTerminal ? 80 : undefined,
    } as unknown as Io;
    await withProgress(io, sizes.map(String), async (shown) => {
      for (const [index, size] of sizes.entries()) {
        if (index > 0 && key !== undefined) for await (const _ of shown.read(key));
        for await (const _ of shown.read(String(size)));
      }
      shown.out("done\n");
    });
    return told.map((text) => text.replace(/[\r·]/g, "").replace(/#+/, (full) => `${full.length}`));
  }

  test("is for a terminal, and for work that is long", async () => {
    expect(await barOver([2, 2, 2], 150, false)).toEqual(["done\n"]);
    expect(await barOver([2, 2, 2], 50)).toEqual(["done\n"]);
    expect(await barOver([2, 2, 2], 150)).toEqual([
      "16 1 of 3 files",
      "16 2 of 3 files",
      "20 2 of 3 files",
      "24 2 of 3 files",
      "24 3 of 3 files",
      "\u001b[K",
      "done\n",
    ]);
  });

  test("is there before a long file is read, and moves while it is read", async () => {
    expect(await barOver([40e6], 0)).toEqual([" 0 %", "12 50 %", "24 100 %", "\u001b[K", "done\n"]);
    expect(await barOver([20e6, 60e6, 0], 0)).toEqual([
      " 0 of 3 files",
      "3 0 of 3 files",
      "6 0 of 3 files",
      "6 1 of 3 files",
      "15 1 of 3 files",
      "24 1 of 3 files",
      "24 2 of 3 files",
      "\u001b[K",
      "done\n",
    ]);
  });

  test("knows nothing of what is read beside its files, as a key", async () => {
    expect(await barOver([20e6, 60e6], 0, true, "7")).toEqual(await barOver([20e6, 60e6], 0));
  });

  test("is none for what has no size, as a pipe", async () => expect(await barOver([0], 900)).toEqual(["done\n"]));
});

describe("seal and verify", async () => {
  const sealed = (await linekeeper("seal", "failing.jsonl")).out;
  const lines = sealed.trimEnd().split("\n");
  const verified = async (file: string | Uint8Array, ...more: readonly string[]) => {
    files["any"] = Buffer.from(file);
    return linekeeper("verify", "any", ...more);
  };

  test("a sealed journal is whole, and explained as before", async () => {
    expect(await verified(sealed)).toMatchObject({ code: 0, out: `well: any: ${failing.length} entries, as they were sealed\n` });
    expect(await verified(gzipSync(sealed))).toMatchObject({ code: 0 });
    expect((await linekeeper("explain", "any")).out).toBe((await linekeeper("explain", "failing.jsonl")).out);
  });

  test.each([
    ["altered", sealed.replace('"code":100', '"code":10x'), 0],
    ["cut", [...lines.slice(0, 4), ...lines.slice(5)].join("\n"), 5],
    ["cut", lines.slice(0, -3).join("\n"), lines.length - 2],
    ["reordered", [...lines.slice(0, 4), lines[5], lines[4], ...lines.slice(6)].join("\n"), 5],
  ])("says that one was %s, and where", async (kind, text, line) => {
    const { code, out } = await verified(text);
    expect(code).toBe(1);
    expect(out).toContain(`: ${kind}: `);
    const where = line || lines.findIndex((each, index) => each !== text.split("\n")[index]) + 1;
    expect(out).toContain(`found: any:${where}: `);
  });

  test("follows the seals line by line as they come, and keeps no line of what has passed", async () => {
    const digest = vi.spyOn(crypto.subtle, "digest");
    const followed: number[] = [];
    const io = {
      read: async function* () {
        for (const line of lines) {
          yield Buffer.from(`${line}\n`);
          followed.push(digest.mock.calls.length);
        }
      },
      out: () => {},
      style: (_: string, text: string) => text,
    } as unknown as Io;
    expect(await verifyFile(io, "long.jsonl", {})).toBe(true);
    expect(followed).toEqual(lines.map((_, index) => index + 1));
    digest.mockRestore();
  });

  test("says that one was cut off in its last line, and whether what stands before it is intact", async () => {
    const [torn, first] = [`${lines.slice(0, 4).join("\n")}\n${lines[4]?.slice(0, 30) ?? ""}`, lines[1] ?? ""];
    const cut = "any:5: cut: the last line is not whole (a crash while it was written, or a copy that was cut off)";
    expect(await verified(torn)).toEqual({
      ...{ code: 1, err: "", written: {} },
      out: `found: ${cut}\nwell: any: what stands before line 5 is as it was sealed\n`,
    });
    expect((await verified(`${lines.slice(0, 4).join("\n")}\n`)).out).toBe(
      "found: any:5: cut: what came here is missing\nwell: any: what stands before line 5 is as it was sealed\n",
    );
    expect((await verified(torn.replace(first, first.replace('"atMs":', '"atMs":1')))).out).toBe(
      `found: any:2: altered: this line is not as it was sealed\nfound: ${cut}\n`,
    );
    expect((await verified(`${sealed}{"seq":`)).out).toBe(`found: any:${lines.length + 1}: altered: this line is not as it was sealed\n`);
  });

  test("one that was never sealed and is cut off in its last line is said to be so, and held against its report as far as it goes", async () => {
    const at = failing.length + 1;
    const cut = `torn.jsonl:${at}: cut: the last line is not whole (a crash while it was written, or a copy that was cut off)`;
    expect(await linekeeper("verify", "torn.jsonl")).toMatchObject({
      code: 1,
      out: `found: ${cut}\nunknown: torn.jsonl:1: not sealed: it cannot be told whether it was changed; the ${failing.length} entries before line ${at} can be read\n`,
    });
    files["ours.json"] = Buffer.from((await linekeeper("render", "failing.jsonl", "-f", "json")).out);
    const { code, out } = await linekeeper("verify", "ours.json", "-j", "torn.jsonl");
    expect(code).toBe(1);
    expect(out).toContain(`found: ${cut}\nwell: torn.jsonl: it is the journal that the report was made of\n`);
  });

  test("does not call one whole that was never sealed", async () => {
    expect(await linekeeper("verify", "failing.jsonl")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^unknown: .*not sealed/) as string,
    });
  });

  const kinds = [{ name: "ECDSA", namedCurve: "P-256" }, { name: "Ed25519" }];
  test.each(kinds)("a report signed with $name, and its journal", async (kind) => {
    const { privateKey, publicKey } = (await crypto.subtle.generateKey(kind, true, ["sign", "verify"])) as CryptoKeyPair;
    const pem = Buffer.from(await crypto.subtle.exportKey("spki", publicKey)).toString("base64");
    files["key.pem"] = Buffer.from(`-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----\n`);
    files["key.jwk"] = Buffer.from(JSON.stringify(await crypto.subtle.exportKey("jwk", publicKey)));
    const made = JSON.parse((await linekeeper("render", "failing.jsonl", "-f", "json")).out) as ReportDocument;
    const signed = JSON.stringify(await signReport(made, privateKey, "desk"));
    for (const key of ["key.pem", "key.jwk"])
      expect(await verified(signed, "-k", key, "-j", "failing.jsonl.gz")).toMatchObject({
        code: 0,
        out: expect.stringContaining("as it was signed (key desk)") as string,
      });
    const altered = signed.replace(/"lost":\d/, '"lost":7');
    expect((await verified(altered, "-k", "key.pem")).out).toMatch(/^found: the report was altered/);
    expect(await verified(signed)).toMatchObject({ code: 1, out: expect.stringMatching(/^unknown: the report is signed/) as string });
  });

  test("a report against its journal: what was changed in it, and whose journal it is", async () => {
    const { out: made } = await linekeeper("render", "failing.jsonl", "-f", "json");
    files["ours.json"] = Buffer.from(made);
    const against = async (text: string, journal: string) => (await verified(text, "-j", journal)).out;
    const sdk = /"sdk": "0"/;
    expect(made).toMatch(sdk);
    expect(await against(made, "failing.jsonl")).toContain("well: failing.jsonl: it is the journal that the report was made of\n");
    expect(await against(made, "calm.jsonl")).toMatch(/found: calm.jsonl: the report was made of \d+ entries, of which \d+ are here/);
    files["cut.jsonl"] = Buffer.from(journalText(failing.slice(0, -1)));
    expect(await against(made, "cut.jsonl")).toContain(`${failing.length} entries, of which ${failing.length - 1} are here`);
    files["other.jsonl"] = Buffer.from(journalText(failing).replace('"01"', '"02"'));
    expect(await against(made, "other.jsonl")).toContain("found: other.jsonl: it is not the journal");
    expect(await against(JSON.stringify(report), "failing.jsonl")).toContain("unknown: the report holds no digest");
  });

  test("a report that its journal does not give, by its first place", async () => {
    files["current.jsonl"] = Buffer.from(journalText(failing).replace('"sdk":"0"', `"sdk":"${version}"`));
    const { out: made } = await linekeeper("render", "current.jsonl", "-f", "json");
    const against = async (text: string) => (await verified(text, "-j", "current.jsonl")).out;
    expect(await against(made)).toContain("well: the report says what the journal says\n");
    expect(await against(made.replace(/"lost": \d+/, '"lost": 7'))).toContain(
      "found: the report is not what its journal gives, first at /callCounts/lost\n",
    );
    const cut = JSON.parse(made) as ReportDocument;
    expect(await against(JSON.stringify({ ...cut, attempts: cut.attempts.slice(0, -1) }))).toContain("first at /attempts/");
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

  test("a fleet's report, by a schema of its own", async () => {
    const { out: fleet } = await linekeeper("summarise", "floor", "-f", "json");
    files["fleet.json"] = Buffer.from(fleet);
    expect(await linekeeper("validate", "fleet.json")).toMatchObject({
      code: 0,
      out: "fleet.json: a report of many agents, linekeeper-fleet-report/1\n",
    });
    files["fleet.json"] = Buffer.from(fleet.replace('"skewMs": ', '"skewS": '));
    const { code, out } = await linekeeper("validate", "fleet.json");
    expect(code).toBe(1);
    expect(out).toContain("  /agents/0/skewS: The schema knows no such field.\n");
    const lines = fleet.trimEnd().split("\n").length;
    for (const length of [fleet.length - 3, fleet.lastIndexOf('":') - 2]) {
      files["fleet.json"] = Buffer.from(fleet.slice(0, length));
      expect(await linekeeper("validate", "fleet.json")).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^linekeeper: fleet\.json:\d+: no JSON: it ends too early, as if it was cut off\n$/) as string,
      });
    }
    files["fleet.json"] = Buffer.from(fleet.replace(/\}\s*$/, "]"));
    expect((await linekeeper("validate", "fleet.json")).err).toBe(`linekeeper: fleet.json:${lines}: no JSON\n`);
  });

  test("an earlier version's report is not what the schema says now", async () => {
    expect(await linekeeper("validate", "older.json")).toMatchObject({ code: 1 });
  });
});

describe("a journal that a crash has cut off", () => {
  const note = `linekeeper: torn.jsonl:${failing.length + 1}: the last line was not written to its end, and is left out\n`;

  test.each(["explain", "render", "redact", "validate"])("%s reads what was written of it, and says so", async (command) => {
    const whole = await linekeeper(command, "failing.jsonl");
    expect(await linekeeper(command, "torn.jsonl")).toMatchObject({ code: 0, out: whole.out.replaceAll("failing.", "torn."), err: note });
  });

  // Long enough for a zip of more than one block, of which the last is missing.
  const lastMs = failing.at(-1)?.atMs ?? 0;
  const more = Array.from({ length: 4_000 }, (_, at) => ({ seq: 900 + at, atMs: lastMs + at, type: `quantum:${at * 7_919}` }));
  const zipped = gzipSync(journalText([...failing, ...(more as unknown as readonly Entry[])]));
  files["half.jsonl.gz"] = zipped.subarray(0, zipped.length - 4_000);

  test.each(["explain", "render", "redact", "validate"])(
    "%s reads what is left of a zip that was cut off, and says so",
    async (command) => {
      const { code, out, err } = await linekeeper(command, "half.jsonl.gz");
      expect([code, out === ""]).toEqual([0, false]);
      expect(err).toContain("linekeeper: half.jsonl.gz: it is a gzip file that was cut off: what comes after is left out\n");
      expect(err).toMatch(/half\.jsonl\.gz:\d{3,4}: the last line was not written to its end/);
    },
  );

  test.each(["explain", "validate"])("%s does not take a file of something else for one", async (command) => {
    const err = "linekeeper: noise.bin: it is no journal and no report (line 1: no JSON)\n";
    expect(await linekeeper(command, "noise.bin")).toMatchObject({ code: 2, out: "", err });
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
    ["a folder that is not there", ["summarise", "none"], 2, "none: there is no such file"],
    ["a folder without journals", ["summarise", "bare"], 2, "bare: there is no journal and no report in it"],
    ["nothing but a broken line in a folder", ["summarise", "torn"], 2, "left out: torn/1.jsonl:3: no JSON"],
    ["a key that is none", ["verify", "signed.json", "-k", "calm.jsonl"], 2, "calm.jsonl: it is no public key"],
    ["a key for a journal", ["verify", "failing.jsonl", "-k", "calm.jsonl"], 2, "for a report"],
    ["a report in the journal's place", ["verify", "report.json", "-j", "report.json"], 2, "report.json: it is no journal"],
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

describe("redact", () => {
  test("a journal, and its verdict is what it was", async () => {
    const { code, written } = await linekeeper("redact", "failing.jsonl.gz", "-o", "for-all.jsonl");
    expect(code).toBe(0);
    const redacted = parseJournal(written["for-all.jsonl"] ?? "");
    expect(redacted).toHaveLength(failing.length);
    expect(explain(redacted).incidents[0]?.verdict.leader).toBe(explain(failing).incidents[0]?.verdict.leader);
    expect(written["for-all.jsonl"]).not.toContain("Carrier A");
  });

  test("a report, as a report that is valid", async () => {
    files["redacted.json"] = Buffer.from((await linekeeper("redact", "report.json")).out);
    expect(files["redacted.json"].toString()).not.toContain("Carrier A");
    expect((await linekeeper("validate", "redacted.json")).code).toBe(0);
  });

  test("a broken file is named with its line", async () => {
    expect(await linekeeper("redact", "broken.jsonl")).toMatchObject({ code: 2, out: "", err: "linekeeper: broken.jsonl:3: no JSON\n" });
  });
});

const commands = ["explain", "render", "summarise", "redact", "seal", "verify", "validate"] as const;

test.each([["--help"], ["--version"], ...commands.map((name) => [name, "--help"])])(
  "%s %s is no error, within 80 columns",
  async (...args) => {
    const { code, out, err } = await linekeeper(...args);
    expect([code, err]).toEqual([0, ""]);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test.each(commands)("%s --help breaks no word of its options at 60 columns", async (name) => {
  const { out } = await onTerminal(60, name, "--help");
  const options = /\nOptions:\n([^]*?)\n(?:\n|$)/.exec(out)?.[1]?.split("\n") ?? [];
  expect(options.filter((line) => line.length > 60)).toEqual([]);
  expect(options.length).toBeGreaterThan(0);
});

test.each(commands)("docs/command.md has %s, each of its options and its example", async (name) => {
  const page = readFileSync(new URL("../../../docs/command.md", import.meta.url), "utf8");
  const { out } = await linekeeper(name, "--help");
  const chapter = page.split("\n## ").find((text) => text.startsWith(`${name}\n`)) ?? "";
  for (const [, option = ""] of out.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm))
    if (option !== "--help") expect(chapter).toContain(`\`${option}`);
  const [, example = "none"] = /Example:\n {2}(.*)/.exec(out) ?? [];
  expect(chapter).toContain(example);
});

describe("what is written to", () => {
  const stream = (more: object) => Object.assign(new Writable({ write: (_, __, done) => done() }), more) as unknown as NodeJS.WriteStream;

  test("colours are for a terminal that wants them, and for whoever asks", () => {
    const styled = (stdout: NodeJS.WriteStream, env = {}) =>
      hostIo({ stdin: process.stdin, stdout, stderr: stream({}), env, once: () => {} } as never).style("red", "x");
    expect(styled(stream({ isTTY: true, hasColors: () => true }))).toBe("\u001b[31mx\u001b[39m");
    expect(styled(stream({ isTTY: true, hasColors: () => false }))).toBe("x");
    expect(styled(stream({}))).toBe("x");
    expect(styled(stream({}), { FORCE_COLOR: "1" })).toBe("\u001b[31mx\u001b[39m");
    expect(styled(stream({}), { FORCE_COLOR: "0" })).toBe("x");
  });

  test.each([
    ["EPIPE", undefined, ""],
    ["ENOSPC", 2, "linekeeper: standard output: ENOSPC\n"],
  ])("standard output that fails with %s", (code, exitCode, told) => {
    const stdout = stream({});
    let err = "";
    const stderr = stream({ write: (text: string) => void (err += text) });
    const host: { exitCode?: number } = { ...({ stdin: process.stdin, stdout, stderr, env: {}, once: () => {} } as object) };
    hostIo(host as never);
    stdout.emit("error", Object.assign(new Error(code), { code }));
    expect([host.exitCode, err]).toEqual([exitCode, told]);
  });
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
