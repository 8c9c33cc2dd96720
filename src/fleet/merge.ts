/** Many agents' reports of one outage, put together. Pure: the same reports give the same. */
import type { Evidence } from "../diagnosis/model.ts";
import type { AttemptRecord } from "../report/attempts.ts";
import type { CallRecord } from "../report/calls.ts";
import type { Moment, ReportDocument } from "../report/document.ts";
import { kpisOf } from "../report/kpi.ts";
import { isoOf } from "../report/wall-clock.ts";
import { agentIdOf, agentsOf, sessionNumbersOf, startOf, sumOfSessions, type Agent } from "./agents.ts";
import { controlsOf } from "./controls.ts";
import { localise } from "./localise.ts";
import type { AgentRecord, FleetReport } from "./model.ts";
import { commonOf, placesOf } from "./places.ts";
import { localised, reasonsOf } from "./reasons.ts";
import { sharesOf } from "./shares.ts";
import { talliesOf } from "./tallies.ts";
import { fleetVerdict } from "./verdict.ts";

/** What a merge needs besides the reports: the time, and who sent which. */
export interface MergeOptions {
  /** Now, ms since 1970. */
  readonly generatedAtMs: number;
  /** Whose report it is; if left out the agent's whom the CRM named (`crm.agentId`), else its session's. */
  readonly agentOf?: (report: ReportDocument) => string;
}

/** Incidents that are this close are one outage, ms. */
const gapMs = 60_000;

interface Stretch {
  readonly agent: Agent;
  readonly report: ReportDocument;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Puts the reports of many agents together: on their incidents, and on whole sessions, which tell who was not hit.
 * Trunks of the same id are taken for the same. Of several versions of a report the last one counts.
 * @returns the outage that most agents met; nothing where none met any.
 */
export function mergeReports(
  reports: readonly ReportDocument[],
  { generatedAtMs, agentOf = agentIdOf }: MergeOptions,
): FleetReport | undefined {
  const agents = agentsOf(reports, agentOf);
  const outages = outagesOf(agents);
  const [outage] = [...outages].sort((a, b) => agentsIn(b).size - agentsIn(a).size || affectedIn(b) - affectedIn(a));
  if (!outage) return undefined;
  const fromMs = Math.min(...outage.map((stretch) => stretch.fromMs));
  const toMs = Math.max(...outage.map((stretch) => stretch.toMs));
  const met = agentsIn(outage);
  // Before all that is told, so that no time is less than nothing.
  const originMs = Math.min(...agents.flatMap((agent) => agent.reports.map((report) => startOf(report) - agent.clock.skewMs)), fromMs);
  const shifted = agents.map((agent) => shiftedOf(agent, originMs, fromMs, toMs));
  const attempts = shifted.flatMap((one) => one.attempts).sort((a, b) => a.startedMs - b.startedMs);
  const calls = shifted.flatMap((one) => one.calls).sort((a, b) => a.startedMs - b.startedMs);
  const controls = controlsOf(attempts, originMs);
  const records = agents.flatMap((agent, index) =>
    onRecord(agent, fromMs, toMs).length > 0 ? [recordOf(agent, shifted[index]?.calls ?? [], outage, onRecord(agent, fromMs, toMs))] : [],
  );
  const tallies = talliesOf(agents, fromMs, toMs);
  const localisation = localise(tallies);
  const shares = sharesOf(tallies);
  const reasons = [...reasonsOf(records, controls, attempts), ...(localisation ? localised(localisation) : [])];
  const verdict = fleetVerdict(
    [...met].map((agent) => outage.filter((stretch) => stretch.agent === agent).flatMap((stretch) => evidenceOf(stretch, originMs))),
    reasons,
  );
  const own = outage.map(({ report }) => report);
  const sum = (of: (report: ReportDocument) => number) => own.reduce((total, report) => total + of(report), 0);
  const unreadable = agents.reduce((lines, { reports: each }) => lines + sumOfSessions(each, ({ journal }) => journal.unreadable ?? 0), 0);
  const ownOf = (agent: Agent) => outage.flatMap((stretch) => (stretch.agent === agent ? [stretch.report] : []));
  const entries = [...met].reduce((count, agent) => count + sumOfSessions(ownOf(agent), ({ journal }) => journal.entries), 0);
  const counted = { saved: total(records, "saved"), lost: total(records, "lost"), refused: total(records, "refused") };
  const span = { fromMs: fromMs - originMs, toMs: toMs - originMs, from: isoOf(fromMs), to: isoOf(toMs) };
  const environments = agents.flatMap((agent) => onRecord(agent, fromMs, toMs).flatMap(({ environment }) => environment ?? []));
  return {
    version: "linekeeper-fleet-report/1",
    report: {
      version: "linekeeper-report/1",
      reportId: `fleet-${Math.round(fromMs).toString(36)}-${met.size}`,
      status: own.every(({ status }) => status === "closed") ? "closed" : "ongoing",
      generatedAt: isoOf(generatedAtMs),
      subject: "incident",
      span: { ...span, ongoing: own.some((report) => report.span.ongoing && report.status === "ongoing") },
      window: span,
      verdict,
      endedByReinitialisation: own.every((report) => report.endedByReinitialisation),
      minutesLost: Math.round(10 * sum(({ minutesLost }) => minutesLost)) / 10,
      callCounts: { placed: calls.length, affected: counted.saved + counted.lost + counted.refused, ...counted },
      timeline: shifted.flatMap(({ moments }) => moments).sort((a, b) => a.atMs - b.atMs),
      kpis: kpisOf(attempts),
      registrations: registrationsOf(own),
      attempts,
      calls,
      bootRuns: [],
      trunks: trunksOf(agents, originMs),
      ...(environments[0] && { environment: commonOf(environments) }),
      // Mended: what is left of them is in the agents' records.
      clockSkews: [],
      redacted: (own[0]?.redacted ?? []).filter((code) => own.every(({ redacted }) => redacted.includes(code))),
      journal: { entries, ...(unreadable > 0 && { unreadable }) },
    },
    agents: records,
    absentAgents: agents.length - records.length,
    controls,
    ...(localisation && { localisation }),
    ...(shares.length > 0 && { shares }),
    reasons,
    otherIncidents: outages.filter((other) => other !== outage).reduce((count, other) => count + other.length, 0),
  };
}

/** Incidents that overlap, or nearly. */
function outagesOf(agents: readonly Agent[]): readonly (readonly Stretch[])[] {
  const stretches = agents
    .flatMap((agent) =>
      agent.reports
        .filter(({ subject }) => subject === "incident")
        .map((report) => ({
          agent,
          report,
          fromMs: Date.parse(report.span.from) - agent.clock.skewMs,
          toMs: Date.parse(report.span.to) - agent.clock.skewMs,
        })),
    )
    .sort((a, b) => a.fromMs - b.fromMs);
  const outages: Stretch[][] = [];
  for (const stretch of stretches) {
    const last = outages.at(-1);
    if (last && stretch.fromMs <= Math.max(...last.map(({ toMs }) => toMs)) + gapMs) last.push(stretch);
    else outages.push([stretch]);
  }
  return outages;
}

/** Its reports that reach into that time, the oldest first. */
const onRecord = ({ clock, reports }: Agent, fromMs: number, toMs: number): readonly ReportDocument[] =>
  reports
    .filter(({ span }) => Date.parse(span.from) - clock.skewMs <= toMs && Date.parse(span.to) - clock.skewMs >= fromMs)
    .sort((a, b) => startOf(a) - startOf(b));

const agentsIn = (outage: readonly Stretch[]): ReadonlySet<Agent> => new Set(outage.map(({ agent }) => agent));
const affectedIn = (outage: readonly Stretch[]): number => outage.reduce((sum, { report }) => sum + report.callCounts.affected, 0);
const total = (records: readonly AgentRecord[], name: "saved" | "lost" | "refused") =>
  records.reduce((sum, record) => sum + record[name], 0);

/** What an agent's reports tell of the outage, each thing once, in ms since the common origin. */
function shiftedOf(agent: Agent, originMs: number, fromMs: number, toMs: number) {
  const { number, clock, reports } = agent;
  const sessionOf = sessionNumbersOf(agent);
  const calls = new Map<string, CallRecord>();
  const attempts = new Map<string, AttemptRecord>();
  const moments = new Map<string, Moment>();
  const [fromOwnMs, toOwnMs] = [fromMs - originMs, toMs - originMs];
  for (const report of reports) {
    const byMs = startOf(report) - clock.skewMs - originMs;
    const moved = <K extends string>(record: Readonly<Partial<Record<K, number>>>, ...names: readonly K[]) =>
      Object.fromEntries(names.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name] + byMs]])));
    const session = sessionOf(report);
    const idOf = (callId: string) => `${number}/${session > 1 ? `${session}.` : ""}${callId}`;
    for (const call of report.calls) {
      const own = {
        ...call,
        ...moved(call, "startedMs", "endedMs", "ringingMs", "answeredMs"),
        callId: idOf(call.callId),
        time: isoOf(Date.parse(call.time) - clock.skewMs),
        failovers: call.failovers.map((failover) => ({ ...failover, atMs: failover.atMs + byMs })),
      };
      if (own.startedMs <= toOwnMs && (own.endedMs ?? toOwnMs) >= fromOwnMs) calls.set(own.callId, own);
    }
    for (const attempt of report.attempts) {
      const own = {
        ...attempt,
        ...moved(attempt, "startedMs", "endedMs"),
        ...(attempt.messages && { messages: attempt.messages.map((message) => ({ ...message, atMs: message.atMs + byMs })) }),
        callId: idOf(attempt.callId),
        time: isoOf(Date.parse(attempt.time) - clock.skewMs),
      };
      if (calls.has(own.callId)) attempts.set(`${own.attempt} ${own.callId}`, own);
    }
    for (const moment of report.timeline) {
      const atMs = moment.atMs + byMs;
      if (atMs < fromOwnMs || atMs > toOwnMs) continue;
      const callId = "callId" in moment && moment.callId !== undefined ? { callId: idOf(moment.callId) } : {};
      moments.set(`${session} ${moment.seq}`, {
        ...moment,
        ...callId,
        atMs,
        time: isoOf(Date.parse(moment.time) - clock.skewMs),
      } as Moment);
    }
  }
  return { calls: [...calls.values()], attempts: [...attempts.values()], moments: [...moments.values()] };
}

function evidenceOf({ agent, report }: Stretch, originMs: number) {
  const { reasonsFor = [], reasonsAgainst = [], faults = [] } = report.verdict ?? {};
  const said = [...reasonsFor, ...reasonsAgainst];
  // What the leading fault has nothing to do with is told with its own.
  const beside = faults.flatMap((fault) => fault.reasonsFor).filter((item) => !said.some((other) => isSame(other, item)));
  const byMs = startOf(report) - agent.clock.skewMs - originMs;
  return [...said, ...beside].map((item) => ({ ...item, firstMs: item.firstMs + byMs, lastMs: item.lastMs + byMs }));
}

const isSame = (a: Evidence, b: Evidence) =>
  a.code === b.code && a.params["trunk"] === b.params["trunk"] && a.params["route"] === b.params["route"];

function recordOf(agent: Agent, calls: readonly CallRecord[], outage: readonly Stretch[], reports: readonly ReportDocument[]): AgentRecord {
  const met = reports.filter((report) => outage.some((stretch) => stretch.report === report));
  const fates = (fate: CallRecord["fate"]) => calls.filter((call) => call.fate === fate).length;
  const own = outage.find((stretch) => stretch.agent === agent);
  const leader = own?.report.verdict?.leader;
  return {
    agent: agent.number,
    source: agent.source,
    ...placesOf(met.length > 0 ? met : reports),
    hit: own !== undefined,
    calls: calls.length,
    saved: fates("saved"),
    lost: fates("lost"),
    refused: fates("refused"),
    ...(leader && { leader }),
    skewMs: agent.clock.skewMs,
    skewBy: agent.clock.by,
  };
}

/** Delays of many spreads have no percentile that anybody measured: only how many there were. */
function registrationsOf(reports: readonly ReportDocument[]): ReportDocument["registrations"] {
  const rows = new Map<string, { confirmed: number; failed: number; n: number }>();
  for (const { trunkId, confirmed, failed, rrd } of reports.flatMap(({ registrations }) => registrations)) {
    const row = rows.get(trunkId) ?? { confirmed: 0, failed: 0, n: 0 };
    rows.set(trunkId, { confirmed: row.confirmed + confirmed, failed: row.failed + failed, n: row.n + rrd.n });
  }
  return [...rows].map(([trunkId, { confirmed, failed, n }]) => ({ trunkId, confirmed, failed, rrd: { n } }));
}

/** Of many agents' connections to a trunk there is no one state; that they were open is what advice asks for. */
function trunksOf(agents: readonly Agent[], originMs: number): ReportDocument["trunks"] {
  const trunks = new Map<string, ReportDocument["trunks"][number]>();
  for (const { clock, reports } of agents)
    for (const report of reports)
      for (const { id, carrier, host, flow } of report.trunks) {
        const byMs = startOf(report) - clock.skewMs - originMs;
        const spans = flow.map((span) => ({ ...span, fromMs: span.fromMs + byMs, toMs: span.toMs + byMs }));
        const before = trunks.get(id);
        trunks.set(id, { id, carrier, host, flow: [...(before?.flow ?? []), ...spans], registration: [], breakers: [] });
      }
  return [...trunks.values()];
}
