import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;
const out = await mkdtemp(join(tmpdir(), "drill-"));
afterAll(() => rm(out, { recursive: true }));

/** Runs an example as its npm script does. */
function run(example: string, ...args: string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=linekeeper-source", `examples/${example}/main.ts`, ...args],
      { cwd: root, maxBuffer: 1e7 },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
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
  expect(await readFile(join(folder, "silent-route/support.fr.html"), "utf8")).toContain("La panne est dans l’acheminement des appels");
  expect(await readFile(join(folder, "crm-start/agent.en.txt"), "utf8")).toContain("Your CRM did not start completely");
});

describe("the outage drill", () => {
  test("tells its story in under a minute: every verdict right, no call lost, no phone rung twice", async () => {
    const startedMs = performance.now();
    const { code, stdout } = await run("outage-drill", "--json", "--seed", "7", "--out", out);
    const told = JSON.parse(stdout) as {
      passed: boolean;
      results: {
        scenario: string;
        lost: number;
        rungTwice: number;
        verdictRight: boolean;
        placed: number;
        breakersOpened: number;
        carriedBy: Record<string, number>;
      }[];
      reports: string[];
    };
    expect(told.results.map(({ scenario, lost, rungTwice, verdictRight }) => ({ scenario, lost, rungTwice, verdictRight }))).toEqual(
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
    expect([crm?.breakersOpened, network?.breakersOpened]).toEqual([0, 0]);

    expect(told.reports.length).toBeGreaterThanOrEqual(18);
    for (const folder of told.reports) expect((await readdir(folder)).sort()).toEqual(["journal.jsonl", "report.html", "report.json"]);
    // The secrets of the drill: passwords and full numbers.
    for (const folder of told.reports)
      for (const file of await readdir(folder))
        expect(await readFile(join(folder, file), "utf8")).not.toMatch(/only-for-the-drill|\+21671\d{6}|\+3312345\d{6}/);
  }, 90_000);

  test("a wrong name is answered by the right ones, and exit code 2", async () => {
    const { code, stderr } = await run("outage-drill", "--scenario", "flood");
    expect(stderr).toContain('There is no scenario "flood". There are: all-well, silent-route, crm-restart, local-network.');
    expect(code).toBe(2);
  });

  test.each([[["--seed", "x"]], [["--nonsense"]]])("%j is refused with exit code 2", async (args) => {
    expect((await run("outage-drill", ...args)).code).toBe(2);
  });
});
