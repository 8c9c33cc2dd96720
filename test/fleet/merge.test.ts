import { beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/diagnosis/index.ts";
import { mergeReports, renderFleetHtml, renderFleetMarkdown, renderFleetText, type FleetReport } from "../../src/fleet/index.ts";
import type { Entry } from "../../src/journal.ts";
import { en } from "../../src/report/languages/en.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { audiences, buildReport, type ReportDocument } from "../../src/report/index.ts";
import { faultsOf } from "../report/published-schema.ts";
import { edgeDown, offline, outageAtMs, recordAgent, well, type Agent } from "./outage.ts";

const reportsOf = (entries: readonly Entry[], agent: number): readonly ReportDocument[] => {
  const { incidents, verdict } = explain(entries);
  const named = (report: ReportDocument) => ({ ...report, reportId: report.reportId.replace(/^at-[^-]+/, `agent${agent}`) });
  return [
    named(buildReport(entries, undefined, { generatedAtMs: 0, verdict })),
    ...incidents.map((incident) => named(buildReport(entries, incident, { generatedAtMs: 0 }))),
  ];
};

async function outageOf(agents: readonly Agent[]): Promise<{ readonly reports: readonly ReportDocument[]; readonly fleet: FleetReport }> {
  const reports: ReportDocument[] = [];
  for (const [index, agent] of agents.entries()) reports.push(...reportsOf(await recordAgent(agent, 7_001 + index), index + 1));
  const fleet = mergeReports(reports, { generatedAtMs: 0 });
  if (!fleet) throw new Error("nobody met an outage");
  return { reports, fleet };
}

describe("a carrier's edge goes down under six agents, on clocks that are minutes apart", () => {
  const agents: readonly Agent[] = [
    { skewMs: 0, trunks: "A, then B", fate: edgeDown },
    { skewMs: 240_000, trunks: "A, then B", fate: edgeDown },
    { skewMs: -95_000, trunks: "A, then B", fate: edgeDown },
    { skewMs: 30_000, trunks: "A alone", fate: edgeDown },
    { skewMs: 0, trunks: "B alone", fate: well },
    { skewMs: 0, trunks: "B alone", fate: well },
  ];
  let reports: readonly ReportDocument[];
  let fleet: FleetReport;
  beforeAll(async () => ({ reports, fleet } = await outageOf(agents)), 120_000);

  test("is called an outage of many, and of one where one alone is on record", () => {
    expect(renderFleetText(fleet)).toContain("One outage, many agents");
    const alone = mergeReports(
      reports.filter(({ reportId }) => reportId.startsWith("agent1")),
      { generatedAtMs: 0 },
    );
    expect(alone && renderFleetText(alone)).toMatch(/^One outage, one agent/);
    expect(alone && renderFleetHtml(alone, { language: fr })).toContain("Une panne, un agent");
  });

  test("is one report, that fits the schema", () => {
    expect(faultsOf(fleet.report)).toEqual([]);
    expect(fleet.agents.map(({ hit }) => hit)).toEqual([true, true, true, true, false, false]);
  });

  test("their clocks are mended by what they saw at once", () => {
    expect(Math.abs(Date.parse(fleet.report.span.from) - outageAtMs)).toBeLessThan(2_000);
    const [first = 0, ...others] = fleet.agents.map(({ skewMs }) => skewMs);
    expect(others.slice(0, 3).map((skewMs) => Math.round((skewMs - first) / 5_000) * 5_000)).toEqual([240_000, -95_000, 30_000]);
    expect(fleet.agents.slice(0, 4).map(({ skewBy }) => skewBy)).toEqual(["reset", "reset", "reset", "reset"]);
  });

  test("has one verdict, surer than any agent's", () => {
    const { verdict } = fleet.report;
    expect(verdict).toMatchObject({ conclusion: "clear", leader: "carrier-signalling", trunkId: "A", actor: "carrier" });
    expect(fleet.reasons).toContain("many-agents-hit");
    expect(fleet.localisation?.combinations).toEqual([{ trunk: "A" }]);
    expect(renderFleetText(fleet, { audience: "carrier" })).toContain("What fails: trunk A.");
    expect(fleet.reasons).not.toContain("same-trunk-worked");
  });

  test("what went over the wire is told on the common clock too", () => {
    const told = fleet.report.attempts.flatMap(({ startedMs, endedMs = Infinity, messages = [] }) =>
      messages.map(({ atMs }) => atMs >= startedMs && atMs <= endedMs + 60_000),
    );
    expect(told.length).toBeGreaterThan(20);
    expect(told).not.toContain(false);
  });

  test("every call is counted once, with its agent's number", () => {
    const { calls, attempts, callCounts } = fleet.report;
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(calls.length);
    expect(calls.length).toBe(fleet.agents.reduce((sum, agent) => sum + agent.calls, 0));
    expect(callCounts.placed).toBe(calls.length);
    expect(attempts.every(({ callId }) => calls.some((call) => call.callId === callId))).toBe(true);
    expect(fleet.agents.filter(({ hit }) => !hit).every(({ calls: count, lost }) => count > 0 && lost === 0)).toBe(true);
  });

  test("an agent who moved, or whose CRM was updated, in the course of it is told by all that was true, and not by the first alone", () => {
    const crm = { vendor: "Acme", agentId: "7", version: "8.1", site: "Sfax" };
    const met = reports.filter(({ subject, reportId }) => subject === "incident" && reportId.startsWith("agent1"));
    const at = (change: Partial<typeof crm>, session: string) =>
      met.map((report) => ({
        ...report,
        reportId: `${session}-1`,
        environment: { sdk: "0.1.0", runtime: "Node.js/24", crm: { ...crm, ...change } },
      }));
    const before = at({}, "first");
    // An hour earlier: no part of it.
    const earlier = { ...at({ site: "Gabès" }, "earlier")[0] } as ReportDocument;
    const hourAgo = (time: string) => new Date(Date.parse(time) - 3_600_000).toISOString();
    const gone = {
      ...earlier,
      subject: "session" as const,
      span: { ...earlier.span, from: hourAgo(earlier.span.from), to: hourAgo(earlier.span.to) },
    };
    const moved = mergeReports([gone, ...before, ...at({ version: "8.2", site: "Tunis" }, "second")], { generatedAtMs: 0 });
    expect(moved?.agents).toMatchObject([{ hit: true, site: "Sfax", laterSites: ["Tunis"], crm: "Acme 8.1", laterCrms: ["Acme 8.2"] }]);
    expect(moved?.report.environment?.crm).toEqual({ vendor: "Acme", version: "8.1, 8.2", site: "Sfax, Tunis" });
    // One agent's way home is no second office.
    expect(moved?.reasons).not.toContain("many-sites-hit");
    if (!moved) return;
    expect(renderFleetText(moved).replace(/\s+/g, " ")).toContain("Acme 8.1, then Acme 8.2");
    expect(renderFleetText(moved, { audience: "support" })).toMatch(/Sfax,\s+then\s+Tunis/);
    expect(renderFleetText(moved, { audience: "support", language: fr })).toMatch(/Sfax,\s+puis\s+Tunis/);
    const stayed = mergeReports([gone, ...before], { generatedAtMs: 0 });
    expect(stayed?.agents).toMatchObject([{ site: "Sfax" }]);
    expect(stayed?.agents[0]).not.toHaveProperty("laterSites");
    expect(stayed?.agents[0]).not.toHaveProperty("laterCrms");
  });

  /** Its reports as those of one whom the CRM names, from that site and version, in a session of its own. */
  const asAgent = (of: string, agentId: string, crm: { readonly version: string; readonly site: string }, session = agentId) =>
    reports
      .filter(({ reportId }) => reportId.startsWith(of))
      .map((report) => ({
        ...report,
        reportId: report.reportId.replace(of, session),
        environment: { sdk: "0.1.0", runtime: "Node.js/24", crm: { vendor: "Acme", agentId, ...crm } },
      }));

  test("two sites were hit only where no one site had all who were", () => {
    const reasonsOf = (...sites: readonly (readonly string[])[]) =>
      mergeReports(
        sites.flatMap((own, index) =>
          own.flatMap((site, session) => asAgent(`agent${index + 1}`, `a${index}`, { version: "8.1", site }, `a${index}s${session}`)),
        ),
        { generatedAtMs: 0 },
      )?.reasons;
    expect(reasonsOf(["Sfax"], ["Sfax"])).not.toContain("many-sites-hit");
    expect(reasonsOf(["Sfax", "Tunis"], ["Sfax"])).not.toContain("many-sites-hit");
    expect(reasonsOf(["Sfax"], ["Tunis"])).toContain("many-sites-hit");
    expect(reasonsOf(["Sfax", "Tunis"], ["Sfax"], ["Tunis"])).toContain("many-sites-hit");
  });

  test("support reads how many were hit with each version of the CRM, where there are several", () => {
    const old = { version: "8.1", site: "Sfax" };
    const updated = { version: "8.2", site: "Sfax" };
    const merged = (second: typeof old) =>
      mergeReports([...asAgent("agent1", "a", updated), ...asAgent("agent2", "b", updated), ...asAgent("agent5", "c", second)], {
        generatedAtMs: 0,
      });
    const [mixed, same] = [merged(old), merged(updated)];
    if (!mixed || !same) throw new Error("nobody met an outage");
    const text = renderFleetText(mixed).replace(/\s+/g, " ");
    expect(text).toContain("- Acme 8.1: 0 of 1 agent were hit. - Acme 8.2: 2 of 2 agents were hit.");
    expect(renderFleetText(mixed, { language: fr }).replace(/\s+/g, " ")).toContain("- Acme 8.2 : 2 agents, dont 2 touchés.");
    expect(mixed.report.environment?.crm.version).toBe("8.2, 8.1");
    expect(renderFleetText(same)).not.toContain("Acme 8.2:");
    for (const audience of ["agent", "carrier", "public"] as const) expect(renderFleetText(mixed, { audience })).not.toContain("Acme");
  });

  test("the calls of an agent whose page was loaded again are all counted, though each page counts its own from c1", () => {
    const crm = { version: "8.1", site: "Sfax" };
    const first = asAgent("agent1", "a", crm, "first");
    const once = mergeReports(first, { generatedAtMs: 0 });
    const twice = mergeReports([...first, ...asAgent("agent1", "a", crm, "second")], { generatedAtMs: 0 });
    if (!once || !twice) throw new Error("nobody met an outage");
    expect(twice.agents).toHaveLength(1);
    expect(new Set(twice.report.calls.map(({ callId }) => callId)).size).toBe(twice.report.calls.length);
    const figures = ({ report: { calls, attempts, timeline, journal }, shares = [] }: FleetReport) => [
      calls.length,
      attempts.length,
      timeline.length,
      journal.entries,
      shares.reduce((sum, { total }) => sum + total, 0),
    ];
    expect(figures(twice)).toEqual(figures(once).map((figure) => 2 * figure));
  });

  test("clocks are set from one agent to the next as far as calls that two records share lead, in whatever order they come", () => {
    const shared: Readonly<Record<string, readonly string[]>> = { agent1: ["x"], agent2: ["x", "y"], agent3: ["y"] };
    const chain = Object.entries(shared).map(([of, calls]) =>
      asAgent(of, of, { version: "8.1", site: "Sfax" }).map((report) => ({
        ...report,
        // The edges reset nothing here.
        timeline: [],
        clockSkews: of === "agent1" ? [{ by: "A", byMs: 0 }] : [],
        attempts: report.attempts.map((attempt) => ({
          ...attempt,
          sipCallId: calls[Number(attempt.callId.slice(1)) - 1] ?? `${of} ${attempt.callId}`,
        })),
      })),
    );
    const clocks = (order: readonly (readonly ReportDocument[])[]) =>
      Object.fromEntries(
        mergeReports(order.flat(), { generatedAtMs: 0 })?.agents.map(({ source, skewMs, skewBy }) => [source, [skewMs, skewBy]]) ?? [],
      );
    expect(clocks([...chain].reverse())).toEqual(clocks(chain));
    expect(clocks([...chain].reverse())["agent3"]).toMatchObject([expect.any(Number), "call-id"]);
  });

  test("the order of the reports, and earlier versions of them, change nothing but who is called which", () => {
    const older = reports.map((report) => ({ ...report, status: "ongoing" as const, generatedAt: "1969-01-01T00:00:00.000Z" }));
    expect(mergeReports([...older, ...reports], { generatedAtMs: 0 })).toEqual(fleet);
    const turned = mergeReports([...reports].reverse(), { generatedAtMs: 0 });
    expect(turned?.report.callCounts).toEqual(fleet.report.callCounts);
    expect(turned?.report.verdict?.leader).toBe("carrier-signalling");
  });

  test("what journals lacked is counted once for each agent", () => {
    const lacking = (lines: Readonly<Record<string, number>>) =>
      reports.map((report) => {
        const unreadable = lines[report.reportId.slice(0, "agent1".length)] ?? 0;
        return unreadable > 0 ? { ...report, journal: { ...report.journal, unreadable } } : report;
      });
    expect(mergeReports(lacking({ agent1: 2, agent5: 1 }), { generatedAtMs: 0 })?.report.journal.unreadable).toBe(3);
    expect(fleet.report.journal).not.toHaveProperty("unreadable");
  });

  test("who is not on record at that time is not said to have been spared", () => {
    const [early] = reports.filter(({ subject }) => subject === "session");
    if (!early) throw new Error("no session");
    const day = (time: string) => new Date(Date.parse(time) - 86_400_000).toISOString();
    const yesterday = {
      ...early,
      reportId: "agent9",
      span: { ...early.span, from: day(early.span.from), to: day(early.span.to) },
      timeline: [],
    };
    const more = mergeReports([...reports, yesterday], { generatedAtMs: 0 });
    expect(more).toMatchObject({ absentAgents: 1, agents: fleet.agents });
    expect(more && renderFleetText(more)).toMatch(/4 of 6 agents were hit\.\n.*\n- 1 other is not on record at that time\./);
  });

  test.each(audiences)("is told to %s in each form", (audience) => {
    const text = renderFleetText(fleet, { audience });
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(renderFleetMarkdown(fleet, { audience })).toMatch(/^# /);
    expect(renderFleetHtml(fleet, { audience })).toMatch(/^<!doctype html>/);
    expect(text).not.toMatch(/undefined|NaN|Infinity/);
    // A share that has no words ends with its figure.
    expect(text).not.toMatch(/^- .* ·\n(?! )/m);
  });

  test("in French the space before a colon, a semicolon and their like keeps to its line", () => {
    const pages = audiences.map((audience) => renderFleetHtml(fleet, { audience, language: fr }));
    const read = pages.join("\n").replace(/<(style|script)>.*?<\/\1>|<[^>]*>/gs, "\n");
    expect(read).toMatch(/\u00a0[:;]/);
    expect(read.match(/.* [:;!?%»].*|.*« .*/g)).toBeNull();
  });

  test("support reads who was hit; a carrier reads no agent's name, no other trunk, the public no number of agents", () => {
    expect(renderFleetText(fleet)).toContain("4 of 6 agents");
    expect(renderFleetText(fleet)).toContain("(agent3)");
    const ticket = renderFleetText(fleet, { audience: "carrier" });
    expect(ticket).toContain("4 of 6 agents were hit.");
    // What the edge did to all of them at once is told once.
    expect(ticket).toMatch(/Connections lost or not made: \d × \S+Z/);
    // No call was tried on the trunk that was down: there was nothing to compare with.
    expect(ticket).not.toMatch(/\b0 calls/);
    expect(renderFleetText(fleet, { audience: "carrier", language: fr }).replace(/\s+/g, " ")).not.toMatch(/\b0 \w+s\b/);
    expect(renderFleetText(fleet, { language: fr })).toContain("0 perdu, 14 jamais partis, 0 sauvé par bascule");
    expect(ticket).not.toMatch(/agent\d|Carrier B|b\.example|office/);
    expect(renderFleetText(fleet, { audience: "public" })).not.toMatch(/agent/i);
    expect(renderFleetText(fleet, { audience: "agent" })).toContain("4 agents met this at the same time.");
  });
});

describe("one agent's network fails while two work on the same trunk", () => {
  const agents: readonly Agent[] = Array.from({ length: 3 }, (_, index) => ({
    skewMs: 0,
    trunks: "A alone" as const,
    fate: index === 1 ? offline : well,
  }));
  let fleet: FleetReport;
  beforeAll(async () => ({ fleet } = await outageOf(agents)), 120_000);

  test("nobody blames the carrier", () => {
    expect(fleet.agents.map(({ hit }) => hit)).toEqual([false, true, false]);
    expect(fleet.reasons).toContain("one-agent-hit");
    expect(fleet.report.verdict?.leader).toBe("local-network");
  });
});

test("where nobody met an incident there is no outage", () => {
  expect(mergeReports([], { generatedAtMs: 0 })).toBeUndefined();
});

describe("one version of a CRM loses its line where another keeps the same", () => {
  // Each agent has an edge of its own: those of the new version are refused there, and nobody else is.
  const agents: readonly Agent[] = ["8.2", "8.2", "8.2", "8.1", "8.1", "8.1"].map((version) => ({
    skewMs: 0,
    trunks: "A, then B" as const,
    fate: version === "8.2" ? edgeDown : well,
  }));
  let fleet: FleetReport;
  beforeAll(async () => {
    const { reports } = await outageOf(agents);
    const versioned = reports.map((report) => {
      const number = Number(/^agent(\d)/.exec(report.reportId)?.[1]);
      const { environment } = report;
      if (!environment) throw new Error("no environment");
      return { ...report, environment: { ...environment, crm: { ...environment.crm, version: number <= 3 ? "8.2" : "8.1" } } };
    });
    fleet = mergeReports(versioned, { generatedAtMs: 0 }) ?? fleet;
  }, 120_000);

  test("is told by the version and the trunk, and is not laid on the carrier", () => {
    expect(fleet.localisation?.combinations).toEqual([{ trunk: "A", crmVersion: "Corpus CRM 8.2" }]);
    expect(fleet.reasons).toContain("one-crm-alone-fails");
    expect(fleet.report.verdict?.leader).toMatch(/^crm/);
    expect(renderFleetText(fleet).replace(/\n */g, " ")).toMatch(
      /What fails: trunk A · CRM version Corpus CRM 8\.2\. There \d+ of \d+ attempts failed or could not be made, everywhere else 0 of \d+\./,
    );
  });

  test("support sees it beside what works, in each form; nobody else reads of sites, versions or shares", () => {
    const { inside } = fleet.localisation ?? { inside: { failed: 0, total: 0 } };
    const found = `${inside.failed} / ${inside.total}`;
    expect(fleet.shares).toContainEqual(expect.objectContaining({ attribute: "crmVersion", value: "Corpus CRM 8.1", failed: 0 }));
    expect(fleet.shares).toContainEqual(expect.objectContaining({ attribute: "trunk", value: "B", failed: 0 }));
    const text = renderFleetText(fleet);
    expect(text).toMatch(new RegExp(`- trunk A · CRM version Corpus CRM 8\\.2 · ${found} · \\d+ %, stands out\n`));
    expect(text).toMatch(/- CRM version Corpus CRM 8\.1 · 0 \/ \d+ · 0 %\n/);
    expect(renderFleetMarkdown(fleet)).toContain(`| trunk A · CRM version Corpus CRM 8.2 | ${found} |`);
    expect(renderFleetHtml(fleet)).toMatch(
      new RegExp(`<tr class="leader">\\s*<th scope="row">trunk A · CRM version Corpus CRM 8\\.2</th>`),
    );
    expect(renderFleetText(fleet, { language: fr })).toMatch(
      /- ligne A · version du CRM Corpus CRM 8\.2 · \d+ \/ \d+ · \d+ %, se distingue\n/,
    );
    for (const audience of ["agent", "carrier", "public"] as const)
      for (const render of [renderFleetText, renderFleetMarkdown, renderFleetHtml])
        expect(render(fleet, { audience })).not.toMatch(/8\.2|stands out|site office|agent[1-6]\b/);
  });

  test("each term is explained in each form", () => {
    for (const render of [renderFleetText, renderFleetMarkdown, renderFleetHtml])
      for (const language of [en, fr]) {
        const { forms, means } = language.terms.ner;
        expect(forms[0]).toBe("NER");
        expect(render(fleet, { language }).replace(/\s+/g, " ")).toContain(means.slice(0, 24).replace(/\s+/g, " "));
      }
  });
});
