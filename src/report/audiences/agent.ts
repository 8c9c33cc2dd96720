/** For the agent: was it me, and what do I do now? */
import type { Verdict } from "../../diagnosis/model.ts";
import type { ReportDocument } from "../document.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { adviceOf } from "../advice.ts";
import { isCallees, withoutCallees } from "../callees.ts";
import type { Sheet } from "../sheet.ts";

export function agentSheet(whole: ReportDocument, { agent, labels, steps }: Catalogue): Sheet {
  const report = withoutCallees(whole);
  const { verdict, span } = report;
  const isSettled = verdict !== undefined && verdict.conclusion !== "inconclusive";
  const words = span.ongoing ? agent : { where: agent.whereOver, several: agent.severalOver };
  const where = !verdict ? agent.nothing : isSettled ? whereOf(verdict, words) : words.where.unknown;
  const lead = report === whole ? where : `${where} ${agent.calleesBeside}`;
  const advice = adviceOf(report).steps;
  const told = (all: typeof advice) => all.map(({ code, params }) => wordOf(steps, code)?.(params) ?? code);
  // Who was called was busy, away or unwilling: that is no trouble, and no team lead is to hear of it.
  if (verdict && isCallees(verdict)) return { title: labels.doNow, lead, blocks: [{ kind: "list", items: told(advice) }], explains: false };
  const own = advice.filter(({ who }) => who === "agent");
  const items = [
    ...told(own),
    ...(verdict && own.length === 0 ? [span.ongoing ? (isAtStandstill(report) ? agent.standstill : agent.meanwhile) : agent.over] : []),
    ...(verdict ? [own.length === 0 ? tellOf(report, verdict, agent) : agent.ifItStays] : []),
  ];
  return { title: labels.doNow, lead, blocks: [{ kind: "list", items }], explains: false };
}

/** Calls failed, and since it began none was answered: it would be no help to say that others go through. */
const isAtStandstill = ({ callCounts: { lost, refused }, attempts, span }: ReportDocument): boolean =>
  lost + refused > 0 && !attempts.some((attempt) => attempt.class === "answered" && attempt.startedMs >= span.fromMs);

/** A CRM that did not start completely may have to be started again. */
function tellOf({ span: { from, to, ongoing } }: ReportDocument, { faults }: Verdict, agent: Catalogue["agent"]): string {
  const mayNeedRestart = ongoing && faults.some(({ domain }) => domain === "crm-init");
  return [agent.tell({ from, ...(!ongoing && { to }) }), ...(mayNeedRestart ? [] : [agent.noRestart])].join(" ");
}

/** What is the agent's own comes first; that all else is well is said only where it is. */
function whereOf({ leader = "unknown", faults }: Verdict, { where, several }: Pick<Catalogue["agent"], "where" | "several">): string {
  const own = faults.find(({ actor }) => actor === "agent");
  if (!own && new Set(faults.map(({ actor }) => actor)).size > 1) return several;
  return wordOf(where, own?.domain ?? leader) ?? where.unknown;
}
