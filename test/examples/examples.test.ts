import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test, vi } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { parseJournal } from "../../src/diagnosis/index.ts";
import type { Entry } from "../../src/journal.ts";
import type { ReportDocument } from "../../src/report/index.ts";
import { faultsOf } from "../report/published-schema.ts";

const root = new URL("../..", import.meta.url).pathname;
const out = await mkdtemp(join(tmpdir(), "drill-"));
afterAll(() => rm(out, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example as its npm script does. */
const run = (example: string, ...args: string[]): Promise<Ran> => runFile(`examples/${example}/main.ts`, ...args);

function runFile(file: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["--conditions=linekeeper-source", file, ...args], { cwd: root, maxBuffer: 1e7 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

test("the quick start: carrier A is silent, the call is answered over the backup, and the process ends", async () => {
  const { code, stdout } = await run("quick-start");
  expect(stdout).toContain("tt → backup: silence");
  expect(code).toBe(0);
});

test("the report gallery: every audience, language and format of each incident, and a page whose links all lead somewhere", async () => {
  const folder = join(out, "gallery");
  const { code, stdout, stderr } = await run("report-gallery", "--out", folder);
  expect(stderr).toBe("");
  expect(stdout).toContain("189 files of 7 incidents");
  expect(code).toBe(0);
  const links = [...(await readFile(join(folder, "index.html"), "utf8")).matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => href);
  expect(links).toHaveLength(189);
  for (const link of links) expect((await readFile(join(folder, link), "utf8")).length).toBeGreaterThan(100);
  // In a folder that somebody named there may be what is not ours.
  await writeFile(join(folder, "thesis.txt"), "ten years of work");
  expect((await run("report-gallery", "--out", folder)).code).toBe(0);
  expect(await readFile(join(folder, "thesis.txt"), "utf8")).toBe("ten years of work");
  expect(await readFile(join(folder, "silent-route/support.fr.html"), "utf8")).toContain("La panne est dans l’acheminement des appels");
  expect(await readFile(join(folder, "crm-start/agent.en.txt"), "utf8")).toContain("Your CRM had not started completely");
});

test("a conversation: held, a colleague asked, and the customer put through", async () => {
  const { code, stdout } = await run("conversation");
  expect(JSON.parse(stdout)).toEqual({ transferred: { ok: true }, isConnected: true, left: 0 });
  expect(code).toBe(0);
});

/** Which trunk carried each local call that was begun while A's breaker for them was open, half open, closed again. */
function returnOf(journal: readonly Entry[]) {
  const carried = { resting: [] as string[], probing: [] as string[], recovered: [] as string[] };
  const phases = { open: "resting", probing: "probing", closed: "recovered" } as const;
  let phase: keyof typeof carried | undefined;
  const begun = new Map<string, keyof typeof carried>();
  for (const entry of journal) {
    if (entry.type === "breaker:changed" && entry.trunkId === "A" && entry.route === "local")
      phase = phases[entry.to as keyof typeof phases];
    else if (entry.type === "call:placed" && phase) begun.set(entry.callId, phase);
    else if (entry.type === "attempt:answered" && entry.route === "local") {
      const when = begun.get(entry.callId);
      if (when) carried[when].push(entry.trunkId);
    }
  }
  return carried;
}

describe("the outage drill", () => {
  test("tells its story in under a minute: every verdict right, no call lost, no phone rung twice", async () => {
    const startedMs = performance.now();
    const { code, stdout } = await run("outage-drill", "--json", "--seed", "7", "--out", out);
    const told = JSON.parse(stdout) as {
      passed: boolean;
      results: {
        scenario: string;
        lost: number;
        unreachable: number;
        failedOver: number;
        rungTwice: number;
        verdictRight: boolean;
        placed: number;
        breakersOpened: number;
        incidentsOpen: number;
        carriedBy: Record<string, number>;
      }[];
      reports: string[];
    };
    expect(
      told.results.map(({ scenario, lost, unreachable, ...result }) => ({
        scenario,
        lost: lost - unreachable,
        rungTwice: result.rungTwice,
        verdictRight: result.verdictRight,
      })),
    ).toEqual(
      ["all-well", "silent-route", "crm-restart", "local-network"].map((scenario) => ({
        scenario,
        lost: 0,
        rungTwice: 0,
        verdictRight: true,
      })),
    );
    expect(code).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(60_000);
    const [well, silent, crm, network] = told.results;
    expect(well?.carriedBy).not.toHaveProperty("local on B");
    expect(silent?.carriedBy).toHaveProperty("local on B");
    expect(silent?.carriedBy).not.toHaveProperty("international on B");
    // The mended carrier got its traffic back, and what was over is told as over.
    expect(told.results.map(({ incidentsOpen }) => incidentsOpen)).toEqual([0, 0, 0, 0]);
    expect([crm?.breakersOpened, network?.breakersOpened]).toEqual([0, 0]);

    expect(told.reports.length).toBeGreaterThanOrEqual(18);
    for (const folder of told.reports) expect((await readdir(folder)).sort()).toEqual(["journal.jsonl", "report.html", "report.json"]);
    // The table and the reports count the same.
    const reports = await Promise.all(
      told.reports.map(async (folder) => {
        const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8")) as ReportDocument;
        expect(faultsOf(report)).toEqual([]);
        return { scenario: basename(dirname(folder)), report };
      }),
    );
    for (const { scenario, lost, failedOver } of told.results) {
      const counts = reports.filter((each) => each.scenario === scenario).map(({ report }) => report.callCounts);
      expect({ scenario, lost: counts.reduce((sum, count) => sum + count.lost, 0) }).toEqual({ scenario, lost });
      expect(counts.reduce((sum, count) => sum + count.saved, 0)).toBeLessThanOrEqual(failedOver);
    }
    // Traffic comes back slowly: none before the trunk is tried again, then some calls here and some there, in the end all of them.
    const silentFolders = told.reports.filter((folder) => basename(dirname(folder)) === "silent-route");
    const returns = await Promise.all(
      silentFolders.map(async (folder) => returnOf(parseJournal(await readFile(join(folder, "journal.jsonl"), "utf8")))),
    );
    const sums = (phase: keyof (typeof returns)[number], trunkId: string) =>
      returns.flatMap((each) => each[phase]).filter((id) => id === trunkId).length;
    expect(sums("resting", "A")).toBe(0);
    expect(sums("probing", "A")).toBeGreaterThan(0);
    expect(sums("probing", "B")).toBeGreaterThan(0);
    expect(sums("recovered", "A")).toBeGreaterThan(0);
    expect(sums("recovered", "B")).toBe(0);
    // The secrets of the drill: passwords and full numbers.
    for (const folder of told.reports)
      for (const file of await readdir(folder))
        expect(await readFile(join(folder, file), "utf8")).not.toMatch(/only-for-the-drill|\+21671\d{6}|\+3312345\d{6}/);
  }, 90_000);

  test("two at once do not meet: the second is told to go elsewhere, and the next may come", async () => {
    const folder = join(out, "shared");
    const first = run("outage-drill", "--json", "--scenario", "all-well", "--out", folder);
    await vi.waitUntil(async () => (await readdir(folder).catch(() => [])).length > 0, 10_000);
    const second = await run("outage-drill", "--scenario", "all-well", "--out", folder);
    expect(second).toMatchObject({ code: 2, stdout: "" });
    expect(second.stderr).toContain(`another drill is writing to ${folder}`);
    expect((await first).code).toBe(0);
    expect(await readdir(folder)).not.toContain("drill.claim");
  }, 60_000);

  test("tells what it sees into a pipe too, whole and within 80 columns; and goes on when nobody reads any more", async () => {
    const told = await run("outage-drill", "--scenario", "crm-restart", "--out", join(out, "piped"));
    expect(told.stdout).toContain("; crm-init 6/6\n");
    expect(told.stdout.split("\n").filter(({ length }) => length > 80)).toEqual([]);
    const drill = spawn(
      process.execPath,
      ["--conditions=linekeeper-source", "examples/outage-drill/main.ts", "--scenario", "all-well", "--out", join(out, "unread")],
      { cwd: root },
    );
    drill.stdout.destroy();
    const stderr = await text(drill.stderr);
    expect(stderr).toBe("");
    await vi.waitUntil(() => drill.exitCode !== null, 30_000);
    expect(drill.exitCode).toBe(0);
  }, 60_000);

  test("a wrong name is answered by the right ones, and exit code 2", async () => {
    const { code, stderr } = await run("outage-drill", "--scenario", "flood");
    expect(stderr).toContain("Allowed choices are all-well, silent-route, crm-restart, local-network.");
    expect(code).toBe(2);
  });

  test.each([[["--seed", "x"]], [["--nonsense"]]])("%j is refused with exit code 2", async (args) => {
    expect((await run("outage-drill", ...args)).code).toBe(2);
  });
});

test.each(["report-gallery", "outage-drill"])("%s: a folder that cannot be one is refused in a line, with exit code 2", async (example) => {
  const file = join(out, "file");
  await writeFile(file, "kept");
  const { code, stdout, stderr } = await run(example, "--out", file);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^error: \S+ cannot be written to: .+\n$/);
  expect(await readFile(file, "utf8")).toBe("kept");
});

/** What npm runs for each command of ours that takes a command line. */
const commands = Object.entries(manifest.scripts).flatMap(([name, script]) => {
  const file = /^node (?:--conditions=linekeeper-source )?((?:examples|bench|test)\/[\w/.-]+)$/.exec(script)?.[1];
  return file === undefined || !readFileSync(join(root, file), "utf8").includes("commander") ? [] : [[name, file] as const];
});

describe("every command tells how it is used, within 80 columns", () => {
  test.concurrent.each(commands)("npm run %s -- --help", async (_, file) => {
    const { code, stdout } = await runFile(file, "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: npm (run )?[a-z:-]+ -- \[options\]/);
    expect(stdout.split("\n").filter(({ length }) => length > 80)).toEqual([]);
    expect((await runFile(file, "--nonsense")).code).toBe(2);
  });

  test("they are those", () => {
    expect(commands.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        "start",
        "gallery",
        "quick-start",
        "conversation",
        "bench",
        "bench:report",
        "simulate",
        "corpus",
        "eval",
        "explore",
        "soak",
      ]),
    );
  });
});
