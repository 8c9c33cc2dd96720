/** A report read back from its JSON, of this version or an earlier one. */
import type { Verdict } from "../diagnosis/model.ts";
import type { ReportDocument } from "./document.ts";

/** No report, or one that cannot be read here. */
export class ReportSyntaxError extends Error {
  /** Tells it from other errors where `instanceof` cannot, as between two bundles. */
  override readonly name = "ReportSyntaxError";
}

/** What was added to the document after its first reports had been written, as it is where nothing is known. */
const addedSince = {
  status: "closed",
  endedByReinitialisation: false,
  minutesLost: 0,
  callCounts: { placed: 0, affected: 0, saved: 0, lost: 0, refused: 0 },
  timeline: [],
  kpis: [],
  registrations: [],
  attempts: [],
  calls: [],
  bootRuns: [],
  trunks: [],
  clockSkews: [],
  redacted: [],
  journal: { entries: 0 },
} as const satisfies Partial<ReportDocument>;

/**
 * Reads what `JSON.stringify(report)` wrote. Fields that are not known here are kept.
 * @throws ReportSyntaxError that names the line, or the field that is missing.
 */
export function parseReport(text: string): ReportDocument {
  const value = jsonOf(text);
  const { version, span, subject } = (value ?? {}) as Partial<ReportDocument>;
  if (version !== "linekeeper-report/1") throw new ReportSyntaxError(`line 1: no report that is known here: its \`version\` is ${version}`);
  if (typeof span !== "object" || span === null || ![span.from, span.to].every(isTime) || ![span.fromMs, span.toMs].every(Number.isFinite))
    throw new ReportSyntaxError("line 1: no report: `span` must have its times");
  if (subject !== "incident" && subject !== "session")
    throw new ReportSyntaxError("line 1: no report: `subject` must be incident or session");
  const known = { window: span, generatedAt: span.to, reportId: `at-${Date.parse(span.from).toString(36)}` };
  const { verdict } = value as Partial<ReportDocument>;
  // What is missing is given; what is wrong in itself is for whoever validates.
  return {
    ...addedSince,
    ...known,
    ...(value as Omit<ReportDocument, keyof typeof known>),
    ...(verdict && { verdict: withFaults(verdict) }),
  };
}

/** Of several faults earlier reports named the first only, as what leads. */
function withFaults(verdict: Verdict): Verdict {
  const { leader, actor, probabilities, trunkId, reasonsFor, faults } = verdict;
  if ((faults as typeof faults | undefined) !== undefined || leader === undefined) return { ...verdict, faults: faults ?? [] };
  return {
    ...verdict,
    faults: [{ domain: leader, probability: probabilities[leader], ...(trunkId !== undefined && { trunkId }), actor, reasonsFor }],
  };
}

const isTime = (time: unknown) => typeof time === "string" && !Number.isNaN(Date.parse(time));

/** @throws ReportSyntaxError that names the line. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 says where, if only in words; where it does not, the text has ended too early.
    const [, position] = /position (\d+)/.exec((error as Error).message) ?? [];
    const whole = text.trimEnd();
    const before = position === undefined ? whole : text.slice(0, Number(position));
    const isCut = whole !== "" && before.length >= whole.length;
    throw new ReportSyntaxError(`line ${before.split("\n").length}: no JSON${isCut ? ": it ends too early, as if it was cut off" : ""}`);
  }
}
