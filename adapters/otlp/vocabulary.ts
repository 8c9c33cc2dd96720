/** Every attribute that leaves by OTLP; docs/otlp.md says what each means, a test holds both equal. */

/** Of the resource: by the semantic conventions where they have a name for it. */
export const resourceAttributes = [
  "service.name",
  "service.version",
  "service.instance.id",
  "user_agent.original",
  "linekeeper.crm.vendor",
  "linekeeper.crm.version",
  "linekeeper.crm.site",
  "linekeeper.crm.agent_id",
  "linekeeper.crm.ticket",
] as const;

/** Of a log record. */
export const logAttributes = [
  "log.record.uid",
  "linekeeper.report.id",
  "linekeeper.report.status",
  "linekeeper.report.subject",
  "linekeeper.report.sampled_share",
  "linekeeper.incident.id",
  "linekeeper.incident.ongoing",
  "linekeeper.incident.ended_by_reinitialisation",
  "linekeeper.span.from",
  "linekeeper.span.to",
  "linekeeper.minutes_lost",
  "linekeeper.calls.placed",
  "linekeeper.calls.affected",
  "linekeeper.calls.saved",
  "linekeeper.calls.lost",
  "linekeeper.calls.refused",
  "linekeeper.redacted",
  "linekeeper.journal.digest",
  "linekeeper.verdict.conclusion",
  "linekeeper.verdict.leader",
  "linekeeper.verdict.runner_up",
  "linekeeper.verdict.probability",
  "linekeeper.verdict.also_at_fault",
  "linekeeper.verdict.reasons_for",
  "linekeeper.verdict.reasons_against",
  "linekeeper.verdict.next_test",
  "linekeeper.verdict.actor",
  "linekeeper.trunk.id",
  "linekeeper.trunk.carrier",
  "linekeeper.route",
  "linekeeper.call.id",
  "linekeeper.call.direction",
  "linekeeper.call.fate",
  "linekeeper.call.end",
  "linekeeper.call.refusal",
  "linekeeper.call.attempts",
  "linekeeper.call.possible_duplicate",
  "linekeeper.boot.stage",
  "linekeeper.party.hash",
  "linekeeper.sip.call_id",
  "linekeeper.sip.code",
  "linekeeper.q850.cause",
  "linekeeper.q850.location",
  "linekeeper.outcome.row",
  "linekeeper.outcome.said",
  "linekeeper.failover.from",
  "linekeeper.failover.to",
  "linekeeper.failover.because",
] as const;

/** Of a metric's data point. */
export const pointAttributes = ["linekeeper.trunk.id", "linekeeper.trunk.carrier", "linekeeper.route"] as const;

export const eventNames = [
  "linekeeper.incident",
  "linekeeper.session",
  "linekeeper.verdict",
  "linekeeper.call",
  "linekeeper.failover",
] as const;
