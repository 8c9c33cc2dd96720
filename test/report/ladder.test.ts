import { describe, expect, test } from "vitest";
import type { AttemptRecord } from "../../src/report/attempts.ts";
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

  test("where nothing is on record there is none; an older report has no messages", () => {
    expect(ladder(call, [attempt("A", undefined)], en).toString()).toBe("");
    expect(ladder(call, [], en).toString()).toBe("");
  });
});
