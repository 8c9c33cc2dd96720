/** For the agent: was it me, and what do I do now? */
import type { ReportDocument } from "../document.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { adviceOf } from "../advice.ts";
import type { Sheet } from "../sheet.ts";

export function agentSheet(report: ReportDocument, { agent, labels, steps }: Catalogue): Sheet {
  const { verdict, span } = report;
  const isSettled = verdict !== undefined && verdict.conclusion !== "inconclusive";
  const lead = !verdict
    ? agent.nothing
    : isSettled
      ? (wordOf(agent.where, verdict.leader ?? "unknown") ?? agent.where.unknown)
      : agent.where.unknown;
  const own = adviceOf(report).steps.filter(({ who }) => who === "agent");
  const items = [
    ...own.map(({ code, params }) => wordOf(steps, code)?.(params) ?? code),
    ...(verdict && own.length === 0 ? [span.ongoing ? agent.meanwhile : agent.over] : []),
    ...(verdict ? [own.length === 0 ? agent.tell(span.from) : agent.ifItStays] : []),
  ];
  return { title: labels.doNow, lead, blocks: [{ kind: "list", items }], explains: false };
}
