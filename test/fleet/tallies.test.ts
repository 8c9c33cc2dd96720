import { describe, expect, test } from "vitest";
import type { Agent } from "../../src/fleet/agents.ts";
import { sharesOf } from "../../src/fleet/shares.ts";
import { talliesOf } from "../../src/fleet/tallies.ts";
import type { ReportDocument } from "../../src/report/index.ts";

const atMs = Date.UTC(2026, 2, 14, 9, 30);
const time = (ms: number) => new Date(atMs + ms).toISOString();

/** A call that could not go by the first trunk, which was away, and got through by the second. */
const agentWith = (first: string, second: string): Agent => ({
  number: 1,
  source: "agent",
  clock: { skewMs: 0, by: "none" },
  reports: [
    {
      span: { fromMs: 0, toMs: 60_000, from: time(0), to: time(60_000), ongoing: false },
      trunks: [
        { id: first, carrier: "First", host: "", flow: [{ state: "waiting", fromMs: 0, toMs: 60_000 }], registration: [], breakers: [] },
        { id: second, carrier: "Second", host: "", flow: [{ state: "open", fromMs: 0, toMs: 60_000 }], registration: [], breakers: [] },
      ],
      attempts: [
        { attempt: 1, callId: "c", trunkId: second, route: "local", startedMs: 10_100, sent: true, class: "answered", codes: [200] },
      ],
      calls: [{ callId: "c", direction: "out", fate: "carried", startedMs: 10_000, party: { route: "local" } }],
    } as unknown as ReportDocument,
  ],
});

describe("how calls fared", () => {
  test.each([
    ["A", "B"],
    ["1", "2"],
  ])("a trunk that could not be tried is counted beside the attempt that was made, whatever its name: %s", (first, second) => {
    const tallies = talliesOf([agentWith(first, second)], atMs, atMs + 60_000);
    expect(tallies.map(({ attributes: { trunk }, failed, total }) => [trunk, failed, total])).toEqual([
      [second, 0, 1],
      [first, 1, 1],
    ]);
  });

  test("a trunk that came back while the call went on is counted once, by how it fared then", () => {
    const { reports, ...agent } = agentWith("A", "B");
    const back = reports.map((report) => ({
      ...report,
      attempts: report.attempts.flatMap((attempt) => [{ ...attempt, attempt: 2, trunkId: "A", startedMs: 11_000 }, attempt]),
    }));
    const tallies = talliesOf([{ ...agent, reports: back }], atMs, atMs + 60_000);
    expect(tallies.map(({ attributes: { trunk }, failed, total }) => [trunk, failed, total])).toEqual([
      ["A", 0, 1],
      ["B", 0, 1],
    ]);
  });

  test("… but not by an attempt that never left", () => {
    const { reports, ...agent } = agentWith("A", "B");
    const unsent = reports.map((report) => ({
      ...report,
      attempts: report.attempts.flatMap((attempt) => [
        { ...attempt, attempt: 2, trunkId: "A", sent: false, class: "network" as const },
        attempt,
      ]),
    }));
    const [, away] = talliesOf([{ ...agent, reports: unsent }], atMs, atMs + 60_000);
    expect(away).toMatchObject({ attributes: { trunk: "A" }, failed: 1, total: 1 });
  });

  test("one that could not be tried failed on the route on which the call was to go: the shares by route hold it", () => {
    const tallies = talliesOf([agentWith("A", "B")], atMs, atMs + 60_000);
    expect(tallies.map(({ attributes: { trunk, route } }) => [trunk, route])).toEqual([
      ["B", "local"],
      ["A", "local"],
    ]);
    const abroad = [{ attributes: { route: "abroad" }, failed: 0, total: 4 }, ...tallies];
    expect(sharesOf(abroad).filter(({ attribute }) => attribute === "route")).toEqual([
      { attribute: "route", value: "local", failed: 1, total: 2 },
      { attribute: "route", value: "abroad", failed: 0, total: 4 },
    ]);
  });

  test("each by the version of the CRM under which it was made", () => {
    const { reports, ...agent } = agentWith("A", "B");
    const after = (version: string, callId: string): readonly ReportDocument[] =>
      reports.map((report) => ({
        ...report,
        environment: { sdk: "0.1.0", runtime: "Node.js/24", crm: { vendor: "Acme", version } },
        attempts: report.attempts.map((attempt) => ({ ...attempt, callId })),
        calls: [],
      }));
    const tallies = talliesOf([{ ...agent, reports: [...after("1", "c1"), ...after("2", "c2")] }], atMs, atMs + 60_000);
    expect(tallies.map(({ attributes: { crmVersion }, total }) => [crmVersion, total])).toEqual([
      ["Acme 1", 1],
      ["Acme 2", 1],
    ]);
  });
});
