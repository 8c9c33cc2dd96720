/** Calls that went wrong at a carrier though no answer of theirs says so: told by what was inferred of many of them. */
import type { Evidence } from "../diagnosis/model.ts";
import type { EvidenceCode } from "../diagnosis/weights.ts";
import { isNetworksEnd } from "../causes.ts";
import type { AttemptRecord } from "./attempts.ts";
import type { ReportDocument } from "./document.ts";

type Shows = (attempt: AttemptRecord, evidence: Evidence, report: ReportDocument) => boolean;

/** A talk's length is told in seconds, and the carrier's timer is not ours. */
const sameLengthMs = 1_500;

const unknown: ReadonlySet<number | undefined> = new Set([404, 410, 604]);

/** The agent gave up before our own deadline, and the CANCEL may have been answered. */
const isGivenUp: Shows = ({ class: class_, codes }) => class_ === "local" && codes.every((code) => code === 100 || code === 487);

/** By the evidence that rests on them. */
const shows: Readonly<Partial<Record<EvidenceCode, Shows>>> = {
  "calls-unanswered-on-route": ({ class: class_ }) => class_ !== undefined && class_ !== "answered",
  "callee-answers-between-starts": ({ class: class_, codes }, { params }) => class_ === "callee" && codes.at(-1) === params["code"],
  "callee-answers-contradicted": ({ class: class_, codes }, { params }) => class_ === "callee" && codes.at(-1) === params["code"],
  "callees-all-away-on-route": ({ codes }) => codes.at(-1) === 480,
  "numbers-unknown-on-route": ({ codes }) => unknown.has(codes.at(-1)),
  "invite-swallowed-by-live-edge": isGivenUp,
  "call-stalled-after-trying": isGivenUp,
  "talks-cut-at-one-length": ({ class: class_, callId }, { params }, { calls }) => {
    const { answeredMs, endedMs } = calls.find((call) => call.callId === callId) ?? {};
    if (class_ !== "answered" || answeredMs === undefined || endedMs === undefined) return false;
    return Math.abs(endedMs - answeredMs - 1_000 * Number(params["seconds"])) <= sameLengthMs;
  },
  "talks-ended-by-network": ({ class: class_, callId }, _, { calls }) => {
    const { reason } = calls.find((call) => call.callId === callId) ?? {};
    return class_ === "answered" && reason !== undefined && isNetworksEnd(reason);
  },
  "holds-refused-on-trunk": ({ class: class_, callId }, _, { timeline }) =>
    class_ === "answered" && timeline.some((moment) => moment.type === "hold:refused" && moment.callId === callId),
};

/** Of what leads and of what stands beside it. */
export function reasonsOf(verdict: ReportDocument["verdict"]): readonly Evidence[] {
  const { reasonsFor = [], reasonsAgainst = [], faults = [] } = verdict ?? {};
  return [...reasonsFor, ...reasonsAgainst, ...faults.slice(1).flatMap((fault) => fault.reasonsFor)];
}

/** @param sent the attempts on that trunk. @returns those on which what is said of it rests, in their order. */
export function amissOf(report: ReportDocument, sent: readonly AttemptRecord[], trunkId: string): readonly AttemptRecord[] {
  const reasons = reasonsOf(report.verdict).filter(({ params }) => params["trunk"] === trunkId);
  return sent.filter((attempt) =>
    reasons.some(
      (reason) =>
        (reason.params["route"] === undefined || reason.params["route"] === attempt.route) &&
        shows[reason.code as EvidenceCode]?.(attempt, reason, report),
    ),
  );
}
