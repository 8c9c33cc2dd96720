/** Every bound of the outbox; `docs/delivery.md` shows this table, a test holds both equal. */
export const outboxBounds = {
  /** Over how long a first try is spread where no fleet's size is known, ms: an outage ends for everybody in the same second. */
  firstTryMs: 2_000,
  /** Back-off between tries: W = min(max, base·2ⁿ), wait U(W/2, W). */
  retryBaseMs: 2_000,
  retryMaxMs: 300_000,
  /** A `Retry-After` holds up to this: a mistaken or hostile year must not silence the reports. */
  retryAfterMaxMs: 3_600_000,
  /** How long an endpoint has to answer. */
  answerMs: 30_000,
  /** How long until it is asked again whether another page still sends. */
  otherPageMs: 3_000,
  /** Reports that wait for one endpoint, and for how long; past either the oldest are dropped, and counted. Two weeks. */
  maxReports: 100,
  maxAgeMs: 1_209_600_000,
} as const;
