import { describe, expect, test } from "vitest";
import type { Agent } from "../../src/fleet/agents.ts";
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
      calls: [{ callId: "c", direction: "out", fate: "connected", startedMs: 10_000 }],
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
