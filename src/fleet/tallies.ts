/** How the agents' calls fared by what they have in common: what a localisation reads. */
import type { Refusal } from "../journal.ts";
import type { ReportDocument } from "../report/document.ts";
import { sessionNumbersOf, startOf, type Agent } from "./agents.ts";
import { isFailed, isThrough } from "./controls.ts";
import type { Tally } from "./localise.ts";
import type { AttributeName } from "./model.ts";

type Attributes = Readonly<Partial<Record<AttributeName, string>>>;
type Phase = "before" | "now";
type Counts = Readonly<Record<Phase, { failed: number; total: number }>>;

/** Who calls, from where, and with what: as in that report, for a CRM may have another version after a reload. */
function callerAttributes({ number }: Agent, { environment }: ReportDocument): Attributes {
  const { crm, browser, os, network } = environment ?? {};
  const connection = network?.type ?? network?.effectiveType;
  return {
    ...(crm?.site !== undefined && { site: crm.site }),
    ...(crm && { crm: crm.vendor }),
    ...(crm?.version !== undefined && { crmVersion: `${crm.vendor} ${crm.version}` }),
    ...(browser !== undefined && { browser }),
    ...(os !== undefined && { os }),
    ...(connection !== undefined && { network: connection }),
    agent: `${number}`,
  };
}

type Lane = ReportDocument["trunks"][number];

const lineAttributes = (trunkId: string, lane?: Lane): Attributes => ({ trunk: trunkId, ...(lane && { carrier: lane.carrier }) });

const wayOf = (session: number, { callId, trunkId }: { readonly callId: string; readonly trunkId: string }): string =>
  `${trunkId} ${session} ${callId}`;

/** Could it not have been used, though it was wanted? */
const isAway = ({ flow, registration }: Lane, atMs: number): boolean =>
  flow.some(({ state, fromMs, toMs }) => (state === "waiting" || state === "connecting") && fromMs <= atMs && atMs < toMs) ||
  registration.some(({ state, fromMs, toMs }) => state === "refused" && fromMs <= atMs && atMs < toMs);

/** The agent's own slip, or its page's end. */
const ownRefusals: ReadonlySet<Refusal | undefined> = new Set<Refusal>(["bad-number", "bad-options", "closed"]);

/**
 * How calls fared from `fromMs` to `toMs` (ms since 1970, on the common clock), and before: attempts that failed on the line
 * or got through; trunks that could not be tried when a call was placed, nor were later, each as a failure of it; calls that never left the agent
 * though its trunks stood. What the agent ended counts nowhere.
 */
export function talliesOf(agents: readonly Agent[], fromMs: number, toMs: number): readonly Tally[] {
  const tallies = new Map<string, { readonly attributes: Attributes; readonly counts: Counts }>();
  for (const agent of agents) {
    const sessionOf = sessionNumbersOf(agent);
    const tried = new Set(
      agent.reports.flatMap((report) => report.attempts.filter(({ sent }) => sent).map((attempt) => wayOf(sessionOf(report), attempt))),
    );
    const counted = new Set<string>();
    const count = (id: string, atMs: number, hasFailed: boolean, attributes: Attributes) => {
      if (atMs > toMs || counted.has(id)) return;
      counted.add(id);
      const key = JSON.stringify(attributes);
      const tally = tallies.get(key) ?? { attributes, counts: { before: { failed: 0, total: 0 }, now: { failed: 0, total: 0 } } };
      tallies.set(key, tally);
      const counts = tally.counts[atMs < fromMs ? "before" : "now"];
      counts.total++;
      if (hasFailed) counts.failed++;
    };
    for (const report of agent.reports) {
      const byMs = startOf(report) - agent.clock.skewMs;
      const session = sessionOf(report);
      const own = callerAttributes(agent, report);
      for (const attempt of report.attempts) {
        const { trunkId, route, callId, startedMs } = attempt;
        if (!isFailed(attempt) && !isThrough(attempt)) continue;
        const lane = report.trunks.find(({ id }) => id === trunkId);
        count(`${attempt.attempt} ${session} ${callId}`, startedMs + byMs, isFailed(attempt), {
          ...lineAttributes(trunkId, lane),
          route,
          ...own,
        });
      }
      for (const { fate, refusal, callId, startedMs, direction, party } of report.calls) {
        if (direction === "in" || ownRefusals.has(refusal)) continue;
        const away = report.trunks.filter((lane) => isAway(lane, startedMs));
        const whole = { ...(party && { route: party.route }), ...own };
        for (const lane of away) {
          // One that came back in time is counted by how it fared then.
          if (tried.has(wayOf(session, { callId, trunkId: lane.id }))) continue;
          count(`away ${lane.id} ${session} ${callId}`, startedMs + byMs, true, { ...lineAttributes(lane.id, lane), ...whole });
        }
        if (fate === "refused" && away.length === 0) count(`${session} ${callId}`, startedMs + byMs, true, whole);
      }
    }
  }
  return [...tallies.values()].flatMap(({ attributes, counts: { now, before } }) =>
    now.total === 0 ? [] : [{ attributes, ...now, ...(before.total > 0 && { before }) }],
  );
}
