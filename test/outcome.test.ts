import { describe, expect, test } from "vitest";
import { causeRows, codeRows, outcomeOf, type BreakerVote, type OutcomeClass, type Progress, type RetryAdvice } from "../src/outcome.ts";
import type { CauseLocation, SipAnswer } from "../src/ports/sip-answer.ts";

type Expected = readonly [OutcomeClass, RetryAdvice, BreakerVote];
interface Case {
  readonly code: number;
  readonly cause?: number;
  readonly location?: CauseLocation;
  readonly progress?: Progress;
  readonly expected: Expected;
  readonly concerns?: "trunk" | "callee";
}

/** What each answer means, by RFC 3261 §21, RFC 3398 §8.2.6.1, RFC 6432, RFC 8606, RFC 8688 and ITU-T E.425. */
const real: readonly Case[] = [
  { code: 401, expected: ["caller", "once", "ignored"] },
  { code: 402, expected: ["caller", "once", "ignored"] },
  ...[428, 436, 437, 438].map((code): Case => ({ code, expected: ["carrier", "yes", "failure"] })),
  { code: 433, expected: ["callee", "no", "success"] },
  { code: 407, expected: ["caller", "once", "ignored"] },
  { code: 403, expected: ["caller", "once", "ignored"] },
  { code: 404, expected: ["callee", "no", "success"] },
  { code: 404, cause: 1, expected: ["callee", "no", "success"] },
  { code: 404, cause: 2, expected: ["carrier", "yes", "failure"] },
  { code: 404, cause: 3, expected: ["carrier", "yes", "failure"] },
  { code: 408, expected: ["ambiguous", "no", "ignored"] },
  { code: 408, cause: 18, expected: ["ambiguous", "no", "ignored"] },
  { code: 408, cause: 102, expected: ["network", "yes", "failure"] },
  { code: 408, cause: 102, progress: "alerting", expected: ["ambiguous", "no", "ignored"] },
  { code: 410, expected: ["callee", "no", "success"] },
  { code: 480, expected: ["callee", "no", "success"], concerns: "callee" },
  { code: 480, cause: 19, expected: ["callee", "no", "success"], concerns: "callee" },
  { code: 480, cause: 20, expected: ["callee", "no", "success"], concerns: "callee" },
  { code: 480, cause: 31, expected: ["ambiguous", "no", "ignored"] },
  { code: 483, expected: ["carrier", "yes", "failure"] },
  { code: 483, cause: 25, expected: ["carrier", "yes", "failure"] },
  { code: 484, expected: ["caller", "no", "ignored"] },
  { code: 484, cause: 28, expected: ["caller", "no", "ignored"] },
  { code: 486, expected: ["callee", "no", "success"], concerns: "callee" },
  { code: 486, cause: 17, expected: ["callee", "no", "success"], concerns: "callee" },
  { code: 487, expected: ["ambiguous", "no", "ignored"] },
  { code: 488, expected: ["caller", "once", "ignored"] },
  { code: 488, cause: 65, expected: ["caller", "once", "ignored"] },
  { code: 491, expected: ["caller", "no", "ignored"] },
  { code: 500, expected: ["carrier", "yes", "failure"], concerns: "trunk" },
  { code: 500, cause: 63, expected: ["ambiguous", "once", "ignored"] },
  { code: 500, cause: 95, expected: ["caller", "no", "ignored"] },
  { code: 500, cause: 97, expected: ["ambiguous", "once", "ignored"] },
  { code: 500, cause: 111, expected: ["ambiguous", "once", "half-failure"] },
  { code: 500, cause: 127, expected: ["ambiguous", "once", "half-failure"] },
  { code: 501, expected: ["caller", "once", "ignored"] },
  { code: 501, cause: 29, expected: ["caller", "once", "ignored"] },
  { code: 501, cause: 79, expected: ["caller", "once", "ignored"] },
  { code: 502, expected: ["carrier", "yes", "failure"] },
  { code: 502, cause: 27, expected: ["carrier", "yes", "ignored"] },
  ...[34, 38, 41, 42, 44, 47, 58].map((cause): Case => ({ code: 503, cause, expected: ["carrier", "yes", "failure"], concerns: "trunk" })),
  { code: 503, expected: ["carrier", "yes", "failure"], concerns: "trunk" },
  { code: 503, cause: 88, expected: ["caller", "no", "ignored"] },
  { code: 504, expected: ["network", "yes", "failure"] },
  { code: 504, cause: 102, expected: ["network", "yes", "failure"] },
  { code: 504, progress: "alerting", expected: ["ambiguous", "no", "ignored"] },
  { code: 403, cause: 50, expected: ["caller", "once", "ignored"] },
  { code: 403, cause: 55, expected: ["caller", "no", "ignored"] },
  { code: 403, cause: 57, expected: ["caller", "once", "ignored"] },
  { code: 403, cause: 21, expected: ["ambiguous", "once", "ignored"] },
  { code: 403, cause: 21, location: "LN", expected: ["ambiguous", "once", "ignored"] },
  { code: 403, cause: 21, location: "U", expected: ["callee", "no", "success"] },
  { code: 403, cause: 21, location: "RPN", expected: ["callee", "no", "success"] },
  { code: 603, cause: 21, expected: ["callee", "no", "success"] },
  { code: 480, cause: 16, expected: ["callee", "no", "success"] },
  { code: 410, cause: 22, expected: ["callee", "no", "success"] },
  { code: 600, expected: ["callee", "no", "success"], concerns: "callee" },
  { code: 603, expected: ["callee", "no", "success"], concerns: "callee" },
  { code: 604, expected: ["callee", "no", "success"] },
  { code: 606, expected: ["caller", "no", "ignored"] },
  { code: 607, expected: ["callee", "no", "success"] },
  { code: 608, expected: ["caller", "no", "ignored"] },
  // No row of their own: by family (RFC 3261 §8.1.3.2).
  { code: 302, expected: ["carrier", "yes", "failure"] },
  { code: 420, expected: ["ambiguous", "once", "ignored"] },
  { code: 580, expected: ["carrier", "yes", "failure"], concerns: "trunk" },
  { code: 699, expected: ["callee", "no", "success"] },
];

const answerOf = ({ code, cause, location }: Case, said: SipAnswer["said"]): SipAnswer => ({
  code,
  said,
  ...(cause !== undefined && { q850: { value: cause, ...(location && { location }) } }),
});

describe("what the peer's answer means", () => {
  test.each(real)("$code cause $cause at $location, $progress", (row) => {
    const outcome = outcomeOf(answerOf(row, "peer"), row.progress ?? "trying");
    expect([outcome.class, outcome.retry, outcome.vote]).toEqual(row.expected);
    expect(outcome.retryAfterConcerns).toBe(row.concerns ?? "nobody");
  });

  test("every row of both tables is tested above", () => {
    const codes = new Set(real.filter(({ cause }) => cause === undefined).map(({ code }) => code));
    const causes = new Set(real.map(({ cause }) => cause));
    expect(
      Object.keys(codeRows)
        .map(Number)
        .filter((code) => !codes.has(code)),
    ).toEqual([]);
    expect(
      Object.keys(causeRows)
        .map(Number)
        .filter((cause) => !causes.has(cause)),
    ).toEqual([]);
  });

  test("603+ blames neither the callee nor the carrier, and makes no new branch (RFC 8688)", () => {
    const outcome = outcomeOf({ code: 603, said: "peer", blockedByNetwork: true }, "trying");
    expect(outcome).toMatchObject({ class: "caller", retry: "no", vote: "ignored" });
  });
});

describe("what our own stack made up is never the carrier's word", () => {
  const everyAnswer = [...new Set(real.map(({ code }) => code))];
  test.each(everyAnswer)("inferred %i is never classed as the carrier's or the callee's", (code) => {
    for (const progress of ["not-sent", "sent", "trying", "alerting"] as const)
      expect(["network", "local", "ambiguous"]).toContain(outcomeOf({ code, said: "inferred" }, progress).class);
  });

  test.each([
    ["not-sent", 503, "not-connected", "yes"],
    ["sent", 503, "flow-lost", "yes"],
    ["sent", 408, "timeout-no-answer", "yes"],
    ["trying", 408, "timeout-after-1xx", "no"],
    ["alerting", 408, "timeout-after-1xx", "no"],
    ["trying", 487, "own-cancel", "no"],
  ] as const)("%s, inferred %i: %s, retry %s", (progress, code, row, retry) => {
    expect(outcomeOf({ code, said: "inferred" }, progress)).toMatchObject({ row, retry });
  });
});

test("a callee's outcome never counts against the carrier and is never retried (ITU-T E.425)", () => {
  for (const row of real) {
    const outcome = outcomeOf(answerOf(row, "peer"), "trying");
    if (outcome.class === "callee") expect([outcome.retry, outcome.vote]).toEqual(["no", "success"]);
  }
});
