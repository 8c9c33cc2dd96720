import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/journal.ts";
import { cancelledOutcome, flowLostOutcome } from "../../src/outcome.ts";
import { attemptsOf, type AttemptRecord } from "../../src/report/attempts.ts";
import { allAtOnce } from "../../src/slices.ts";
import type { CallRecord } from "../../src/report/calls.ts";
import { ladder } from "../../src/report/html/ladder.ts";
import { en } from "../../src/report/languages/en.ts";

const call: CallRecord = {
  time: "2026-02-03T14:00:00.000Z",
  callId: "c1",
  direction: "out",
  startedMs: 1_000,
  endedMs: 9_000,
  failovers: [],
  possibleDuplicate: false,
  fate: "saved",
  end: "hung-up-here",
};
const attempt = (trunkId: string, messages: AttemptRecord["messages"]): AttemptRecord => ({
  ...{ time: call.time, startedMs: 1_000, callId: "c1", attempt: 1, trunkId, route: "local", sent: true, codes: [] },
  ...(messages && { messages }),
});

/** What stands on each rung, and which way it points: away from the agent, or to them. */
const rungsOf = (picture: string) =>
  [...picture.matchAll(/<g class="([^"]*)">.*?<path d="M(\d+) [\d.]+H(\d+).*?<text class="mark"[^>]*>([^<]*)</gs)].map(
    ([, look = "", from = "0", to = "0", label = ""]) =>
      `${Number(from) < Number(to) ? "→" : "←"} ${label} ${look.replace("rung", "").trim()}`.trim(),
  );

describe("a call as a ladder", () => {
  test("in the order of time over all trunks, with what the agent ended", () => {
    const picture = ladder(
      call,
      [
        attempt("A", [
          { atMs: 1_000, what: "INVITE" },
          { atMs: 1_100, what: 100 },
          { atMs: 6_000, what: "CANCEL" },
          { atMs: 6_150, what: 487 },
        ]),
        attempt("B", [
          { atMs: 6_100, what: "INVITE" },
          { atMs: 6_300, what: 200 },
          { atMs: 6_300, what: "ACK" },
        ]),
      ],
      en,
    ).toString();
    expect(rungsOf(picture)).toEqual([
      "→ INVITE",
      expect.stringMatching(/^← 100 /),
      "→ CANCEL given-up",
      "→ INVITE",
      expect.stringMatching(/^← 487 .* refused$/),
      expect.stringMatching(/^← 200 .* taken$/),
      "→ ACK",
      "→ BYE",
    ]);
    expect(picture).toContain('aria-label="What went over the wire in call c1"');
  });

  test("a BYE of the other side's says why, in figures", () => {
    const answered = attempt("A", [{ atMs: 1_000, what: "ACK" }]);
    const byeOf = (reason: CallRecord["reason"]) =>
      rungsOf(ladder({ ...call, end: "hung-up-there", ...(reason && { reason }) }, [answered], en).toString()).at(-1);
    expect(byeOf({ q850: { value: 38, location: "LN" }, sip: 503 })).toBe("← BYE · Q.850 38 · SIP 503");
    expect([byeOf({ mediaTimeout: true }), byeOf(undefined)]).toEqual(["← BYE", "← BYE"]);
  });

  test("where nothing is on record there is none; an older report has no messages", () => {
    expect(ladder(call, [attempt("A", undefined)], en).toString()).toBe("");
    expect(ladder(call, [], en).toString()).toBe("");
  });
});

describe("what an attempt's entries say of the wire", () => {
  const of = { callId: "c1", attempt: 1, trunkId: "A", route: "local" };
  const entries = (...facts: readonly object[]) =>
    facts.map((fact, seq) => ({ seq, atMs: seq * 100, ...of, ...fact })) as unknown as readonly Entry[];
  const sent = { type: "attempt:sent", sipCallId: "x", fromTag: "y" };
  const trying = { type: "attempt:progressed", answer: { code: 100, said: "peer" }, tookMs: 100 };
  const said = (...facts: readonly object[]) =>
    allAtOnce(attemptsOf(entries(...facts), new Map(), String)).flatMap(({ messages = [] }) => messages.map(({ what }) => what));

  test("a call given up is cancelled once it was heard of, and by the peer's own word over", () => {
    const over = { type: "attempt:ended", outcome: cancelledOutcome, answer: { code: 487, said: "peer" }, tookMs: 1 };
    const settled = { type: "attempt:settled", how: "cancelled" };
    expect(said(sent, trying, { type: "attempt:abandoned", because: "hung-up" }, settled, over)).toEqual(["INVITE", 100, "CANCEL", 487]);
    expect(said(sent, { type: "attempt:abandoned", because: "silence" })).toEqual(["INVITE"]);
  });

  test("nothing goes out on a flow that is lost, and an end of our own making came over no wire", () => {
    const over = { type: "attempt:ended", outcome: flowLostOutcome, answer: { code: 487, said: "inferred" }, tookMs: 1 };
    const settled = { type: "attempt:settled", how: "cancelled" };
    expect(said(sent, trying, { type: "attempt:abandoned", because: "flow-lost" }, settled, over)).toEqual(["INVITE", 100]);
  });
});
