import { describe, expect, test } from "vitest";
import { flowLoss, overdueLoss, rejectedEnding, settledBy } from "../../src/call/ending.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";

const answer = (code: number, said: SipAnswer["said"] = "peer"): SipAnswer => ({ code, said });

describe("what it means that an INVITE comes to nothing", () => {
  test.each([
    ["any-answer", true, "silence-edge-alive", "silence", "at-once"],
    ["any-answer", false, "silence-edge-dead", "silence", "at-once"],
    ["ringing", "unknown", "stalled-after-100", "stalled", "confirmed"],
    ["pickup", "unknown", "own-cancel", "answer", "confirmed"],
  ] as const)("%s did not come, the edge alive: %s", (awaited, edgeAlive, row, because, next) => {
    expect(overdueLoss(awaited, edgeAlive)).toMatchObject({ outcome: { row }, because, next });
  });

  test.each([
    ["not-sent", "at-once"],
    ["sent", "at-once"],
    ["trying", "confirmed"],
  ] as const)("the flow was lost, %s: the next trunk %s", (progress, next) => {
    expect(flowLoss(progress)).toMatchObject({ outcome: { row: "flow-lost" }, because: "flow-lost", next });
  });
});

describe("what a final answer means", () => {
  test("that nothing was sent is another reason than an answer", () => {
    expect(rejectedEnding(answer(503, "inferred"), "not-sent").because).toBe("not-connected");
    expect(rejectedEnding(answer(503), "sent")).toMatchObject({ outcome: { row: "sip-503" }, because: "answer" });
  });

  test.each([
    [answer(487), "cancelled"],
    [answer(487, "inferred"), "cancelled"],
    [answer(408), "rejected"],
    [answer(408, "inferred"), "never-answered"],
    [answer(503, "inferred"), "rejected"],
  ] as const)("%o settles it: %s", (given, how) => {
    expect(settledBy(given)).toBe(how);
  });
});
