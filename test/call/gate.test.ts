import { describe, expect, test } from "vitest";
import { gate, type GateInput } from "../../src/call/gate.ts";
import { emergency, ordinary } from "../../src/call/policy.ts";
import {
  cancelledOutcome,
  causeRows,
  codeRows,
  flowLostOutcome,
  notConnectedOutcome,
  outcomeOf,
  silentOutcome,
  stalledOutcome,
  swallowedOutcome,
  type Outcome,
  type Progress,
} from "../../src/outcome.ts";

const answer = (code: number, progress: Progress = "trying"): Outcome => outcomeOf({ code, said: "peer" }, progress);

function decide(outcome: Outcome, progress: Progress, more: { settled?: boolean } & Partial<Omit<GateInput, "end">> = {}) {
  const { settled = true, ...rest } = more;
  return gate({
    end: { outcome, progress, settled },
    hasRung: false,
    isStale: false,
    policy: ordinary,
    cancelled: false,
    attemptsMade: 1,
    maxAttempts: 4,
    trunksLeft: 1,
    onceUsed: false,
    ...rest,
  });
}

test("what was asked for before the device slept is the agent's to ask for again, but for an emergency call", () => {
  expect(decide(silentOutcome, "sent", { isStale: true })).toBe("choose");
  expect(decide(silentOutcome, "sent", { isStale: true, policy: emergency })).toBe("fail-over");
  expect(decide(silentOutcome, "sent", { isStale: true, trunksLeft: 0 })).toBe("end");
  expect(decide(answer(486), "trying", { isStale: true })).toBe("end");
});

describe("the state of the attempt before decides", () => {
  test.each([
    ["not written", notConnectedOutcome, "not-sent", true, "fail-over"],
    ["written, no 1xx, socket lost", flowLostOutcome, "sent", false, "fail-over"],
    ["written, no 1xx, silence, edge dead", silentOutcome, "sent", false, "fail-over"],
    ["written, no 1xx, silence, edge alive", swallowedOutcome, "sent", false, "fail-over"],
    ["100 only, stalled, cancel confirmed", stalledOutcome, "trying", true, "fail-over"],
    ["100 only, stalled, cancel not confirmed", stalledOutcome, "trying", false, "choose"],
    ["100 only, socket lost, cancel not confirmed", flowLostOutcome, "trying", false, "choose"],
    ["503 without 18x", answer(503), "trying", true, "fail-over"],
    ["503 after 18x", answer(503, "alerting"), "alerting", true, "choose"],
    ["socket lost after 18x", flowLostOutcome, "alerting", false, "choose"],
    ["486", answer(486), "trying", true, "end"],
    ["486 after 18x", answer(486, "alerting"), "alerting", true, "end"],
    ["603", answer(603), "sent", true, "end"],
    ["404", answer(404), "trying", true, "end"],
    ["487 unsolicited", answer(487), "trying", true, "end"],
    ["own cancel", cancelledOutcome, "trying", true, "end"],
  ] as const)("%s", (_, outcome, progress, settled, expected) => {
    expect(decide(outcome, progress, { settled })).toBe(expected);
  });
});

describe("a phone rang for an attempt that was given up before", () => {
  test.each([
    ["a fault of the line's: the agent chooses", answer(503), "choose"],
    ["its flow was lost: the agent chooses", flowLostOutcome, "choose"],
    ["the customer's answer ends it", answer(486), "end"],
  ] as const)("%s", (_, outcome, expected) => {
    expect(decide(outcome, "sent", { hasRung: true })).toBe(expected);
    expect(decide(outcome, "sent", { hasRung: true, policy: emergency })).toBe("fail-over");
  });
});

/** Every answer that a carrier can give, and every way in which an attempt can end without one. */
const everyEnd: readonly (readonly [string, Outcome])[] = [
  ...Object.keys(codeRows).map((code) => [`SIP ${code}`, answer(Number(code))] as const),
  ...Object.keys(causeRows).map(
    (cause) => [`Q.850 ${cause}`, outcomeOf({ code: 503, said: "peer", q850: { value: Number(cause) } }, "trying")] as const,
  ),
  ...[302, 433, 599, 699].map((code) => [`SIP ${code}`, answer(code)] as const),
  ...[flowLostOutcome, notConnectedOutcome, silentOutcome, stalledOutcome, swallowedOutcome].map((end) => [end.row, end] as const),
];
const everyState = (["not-sent", "sent", "trying", "alerting"] as const).flatMap((progress) =>
  [true, false].map((settled) => ({ progress, settled })),
);

describe("an emergency call", () => {
  describe.each(everyState)("$progress, settled: $settled", ({ progress, settled }) => {
    test.each(everyEnd)("after %s goes on as long as a trunk is left, and asks nobody", (_, outcome) => {
      const more = { settled, policy: emergency, maxAttempts: Infinity, onceUsed: true };
      expect(decide(outcome, progress, { ...more, attemptsMade: 9 })).toBe("fail-over");
      expect(decide(outcome, progress, { ...more, trunksLeft: 0 })).toBe("end");
      expect(decide(outcome, progress, { ...more, cancelled: true })).toBe("end");
    });
  });
});

describe("an ordinary call", () => {
  test.each(everyState.flatMap((state) => everyEnd.map(([name, outcome]) => ({ name, outcome, ...state }))))(
    "$name, $progress, settled $settled: no phone is made to ring beside another",
    ({ outcome, progress, settled }) => {
      const decision = decide(outcome, progress, { settled });
      if (progress === "alerting" || (progress === "trying" && !settled)) expect(decision).not.toBe("fail-over");
      if (outcome.class === "callee") expect(decision).toBe("end");
    },
  );
});

describe("bounds", () => {
  test("never after the agent hung up", () => expect(decide(answer(503), "trying", { cancelled: true })).toBe("end"));
  test("not without another trunk", () => expect(decide(answer(503), "trying", { trunksLeft: 0 })).toBe("end"));
  test("not past the attempts allowed", () => expect(decide(answer(503), "trying", { attemptsMade: 4 })).toBe("end"));
  test("an answer that allows one more trunk allows only one", () => {
    expect(decide(answer(403), "trying")).toBe("fail-over");
    expect(decide(answer(403), "trying", { onceUsed: true })).toBe("end");
  });
  test("no choice is offered where there is no other trunk", () =>
    expect(decide(answer(503, "alerting"), "alerting", { trunksLeft: 0 })).toBe("end"));
});
