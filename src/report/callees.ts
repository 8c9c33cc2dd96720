/** What lies with those who were called: they were busy, away or unwilling, and nobody is at fault. */
import type { Verdict } from "../diagnosis/model.ts";
import type { ReportDocument } from "./document.ts";

/** It lies with those who were called, and nowhere else: busy, away or unwilling, which is no fault of any line. */
export const isCallees = ({ conclusion, leader, faults }: Verdict): boolean =>
  conclusion !== "inconclusive" && leader === "remote-party" && faults.every(({ domain }) => domain === "remote-party");

/**
 * The same report with its verdict on what is to be mended: where callees lead and a fault stands beside them, that fault is what somebody
 * has to act on. What is named beside what leads is clear by itself.
 */
export function withoutCallees(report: ReportDocument): ReportDocument {
  const { verdict } = report;
  const faults = verdict?.faults.slice(1) ?? [];
  const [first] = faults;
  if (!first || verdict?.leader !== "remote-party" || verdict.conclusion === "inconclusive") return report;
  const { domain: leader, actor, reasonsFor, trunkId } = first;
  const { trunkId: _, ...others } = verdict;
  return {
    ...report,
    verdict: { ...others, conclusion: "clear", leader, actor, reasonsFor, ...(trunkId !== undefined && { trunkId }), faults },
  };
}
