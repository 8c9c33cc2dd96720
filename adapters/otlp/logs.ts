/** A report as log records: pure. Of the report's fields these are chosen one by one: none can come along unseen. */
import type { ReportDocument } from "../../src/index.ts";
import { forEachSliced, type Sliced } from "../../src/slices.ts";
import { anyValueOf, attributesOf, nanosOf, type LogRecord, type Value } from "./model.ts";
import type { eventNames, logAttributes } from "./vocabulary.ts";

type EventName = (typeof eventNames)[number];
type Attributes = Partial<Record<(typeof logAttributes)[number], Value | undefined>>;
type Call = ReportDocument["calls"][number];

/** OTLP's numbers of the lowest of each range (opentelemetry-proto `SeverityNumber`). */
const severities = { INFO: 9, WARN: 13, ERROR: 17 } as const;
type Severity = keyof typeof severities;

/** Calls that met a fault, and how grave that was. */
const severityOfFate: Readonly<Partial<Record<Call["fate"], Severity>>> = { saved: "WARN", lost: "ERROR", refused: "ERROR" };

/** The incident or session, its verdict, each call that met a fault, and each failover. */
export function* logRecordsOf(report: ReportDocument): Sliced<LogRecord[]> {
  const { reportId, status, calls } = report;
  const observed = nanosOf(Date.parse(report.generatedAt));
  const carriers = new Map(report.trunks.map(({ id, carrier }) => [id, carrier || undefined]));
  /** Another version of the report is another record; the same version, sent twice, is not. */
  const version = status === "closed" ? status : report.generatedAt;

  const record = (name: EventName, uid: string, dateMs: number, severity: Severity, body: string, attributes: Attributes): LogRecord => ({
    timeUnixNano: nanosOf(dateMs),
    observedTimeUnixNano: observed,
    severityNumber: severities[severity],
    severityText: severity,
    eventName: name,
    body: anyValueOf(body),
    attributes: attributesOf({
      "log.record.uid": `${reportId}/${uid}`,
      "linekeeper.report.id": reportId,
      "linekeeper.report.status": status,
      ...attributes,
    } satisfies Attributes),
  });

  function subject(): LogRecord {
    const { span, callCounts: counts } = report;
    const isIncident = report.subject === "incident";
    const severity = !isIncident ? "INFO" : counts.lost + counts.refused > 0 ? "ERROR" : "WARN";
    return record(`linekeeper.${report.subject}`, version, Date.parse(span.from), severity, `${report.subject} ${status}`, {
      "linekeeper.report.subject": report.subject,
      "linekeeper.report.sampled_share": report.sampledShare,
      "linekeeper.incident.id": report.incidentId,
      "linekeeper.incident.ongoing": isIncident ? span.ongoing : undefined,
      "linekeeper.incident.ended_by_reinitialisation": isIncident ? report.endedByReinitialisation : undefined,
      "linekeeper.span.from": span.from,
      "linekeeper.span.to": span.to,
      "linekeeper.minutes_lost": report.minutesLost,
      "linekeeper.calls.placed": counts.placed,
      "linekeeper.calls.affected": counts.affected,
      "linekeeper.calls.saved": counts.saved,
      "linekeeper.calls.lost": counts.lost,
      "linekeeper.calls.refused": counts.refused,
      "linekeeper.redacted": report.redacted,
      "linekeeper.journal.digest": report.journalDigest?.value,
    });
  }

  function verdicts(): LogRecord[] {
    const { verdict } = report;
    if (!verdict) return [];
    const { conclusion, leader, runnerUp, trunkId } = verdict;
    const body = leader === undefined ? conclusion : `${conclusion}: ${leader}`;
    const attributes: Attributes = {
      "linekeeper.verdict.conclusion": conclusion,
      "linekeeper.verdict.leader": leader,
      "linekeeper.verdict.runner_up": runnerUp,
      "linekeeper.verdict.probability": leader && verdict.probabilities[leader],
      "linekeeper.verdict.also_at_fault": verdict.faults.slice(1).map(({ domain }) => domain),
      "linekeeper.verdict.reasons_for": verdict.reasonsFor.map(({ code }) => code),
      "linekeeper.verdict.reasons_against": verdict.reasonsAgainst.map(({ code }) => code),
      "linekeeper.verdict.next_test": verdict.nextTest?.code,
      "linekeeper.verdict.actor": verdict.actor,
      "linekeeper.trunk.id": trunkId,
      "linekeeper.trunk.carrier": trunkId === undefined ? undefined : carriers.get(trunkId),
    };
    return [record("linekeeper.verdict", `verdict/${version}`, Date.parse(report.span.to), "INFO", body, attributes)];
  }

  const attemptsOf = new Map<string, ReportDocument["attempts"][number][]>();
  for (const attempt of report.attempts) {
    const own = attemptsOf.get(attempt.callId);
    if (own) own.push(attempt);
    else attemptsOf.set(attempt.callId, [attempt]);
  }

  function callRecords(call: Call): LogRecord[] {
    const severity = severityOfFate[call.fate];
    if (!severity) return [];
    const attempts = attemptsOf.get(call.callId) ?? [];
    const last = attempts.at(-1);
    const trunkId = call.trunkId ?? last?.trunkId;
    return [
      record(
        "linekeeper.call",
        `call/${call.callId}/${call.fate}`,
        dateOf(call, call.endedMs ?? call.startedMs),
        severity,
        `call ${call.fate}`,
        {
          "linekeeper.call.id": call.callId,
          "linekeeper.call.direction": call.direction,
          "linekeeper.call.fate": call.fate,
          "linekeeper.call.end": call.end,
          "linekeeper.call.refusal": call.refusal,
          "linekeeper.call.attempts": attempts.length,
          "linekeeper.call.possible_duplicate": call.possibleDuplicate,
          "linekeeper.boot.stage": call.stage,
          "linekeeper.route": call.party?.route,
          "linekeeper.party.hash": call.party?.hash,
          "linekeeper.trunk.id": trunkId,
          "linekeeper.trunk.carrier": trunkId === undefined ? undefined : carriers.get(trunkId),
          "linekeeper.sip.call_id": last?.sipCallId ?? call.sipCallId,
          "linekeeper.sip.code": last?.codes.at(-1),
          "linekeeper.q850.cause": last?.q850?.value,
          "linekeeper.q850.location": last?.q850?.location,
          "linekeeper.outcome.row": last?.row,
          "linekeeper.outcome.said": last?.said,
        },
      ),
    ];
  }

  const failoverRecords = (call: Call): LogRecord[] =>
    call.failovers.map(({ atMs, from, to, because }, index) =>
      record("linekeeper.failover", `call/${call.callId}/failover/${index + 1}`, dateOf(call, atMs), "WARN", `failover: ${because}`, {
        "linekeeper.call.id": call.callId,
        "linekeeper.route": call.party?.route,
        "linekeeper.failover.from": from,
        "linekeeper.failover.to": to,
        "linekeeper.failover.because": because,
      }),
    );

  const records = [subject(), ...verdicts()];
  yield* forEachSliced(calls, (call) => void records.push(...failoverRecords(call), ...callRecords(call)));
  return records;
}

/** A call's own start is known by both clocks. */
const dateOf = ({ time, startedMs }: Call, atMs: number): number => Date.parse(time) + atMs - startedMs;
