/** Faults under talks that no failing call tells of. */
import { describe, expect, test } from "vitest";
import type { CallEnd } from "../../src/journal.ts";
import type { EndReason } from "../../src/ports/sip-answer.ts";
import { explain } from "../../src/diagnosis/explain.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { story, type Story } from "./story.ts";

const begun = () => story("A", "A2", "B").boots(1, "passes").connects("A", "A2", "B").after(5_000);

/** A talk that went well, with a customer of its own unless told otherwise. */
function talks(told: Story, callId: string, trunkId: string, talkedMs: number, end: CallEnd = "hung-up-there", alias = callId): Story {
  told.write("call:placed", { callId, party: { route: "local", alias, tail: "01" } });
  told.write("call:answered", { callId, trunkId, setupMs: 600 });
  return told.after(talkedMs).write("call:ended", { callId, end, possibleDuplicate: false, talkedMs }).after(20_000);
}

interface Day {
  /** How long the talks on A are, ms. */
  readonly lengths: readonly number[];
  readonly alias?: string;
  readonly elsewhere?: (told: Story, time: number) => Story;
}
const lastsLonger = (told: Story, time: number) => talks(told, `b${time}`, "B", 80_000 + time * 7_000, "hung-up-here");
const day = ({ lengths, alias, elsewhere = lastsLonger }: Day) =>
  lengths.reduce((told, ms, time) => elsewhere(talks(told, `a${time}`, "A", ms, "hung-up-there", alias), time), begun());

describe("talks that one carrier ends at the same second", () => {
  const lengths = [60_000, 60_400, 59_800, 60_100];

  test("are its own doing, and open an incident that counts them", () => {
    const { incidents, verdict } = explain(day({ lengths }).entries);
    expect(verdict).toMatchObject({ leader: "carrier-signalling", trunkId: "A", conclusion: "clear" });
    expect(incidents).toMatchObject([{ callsLost: 4, verdict: { leader: "carrier-signalling", trunkId: "A" } }]);
  });

  test.each<readonly [string, Day]>([
    ["are too few", { lengths: lengths.slice(1) }],
    ["differ by some seconds, as customers do", { lengths: [60_000, 63_000, 57_000, 61_500, 55_000] }],
    ["are as short as greetings", { lengths: [3_000, 3_100, 3_000, 3_050] }],
    ["are with one number's voicemail", { lengths, alias: "voicemail" }],
    ["end so on every carrier", { lengths, elsewhere: (told, time) => talks(told, `b${time}`, "B", 60_000) }],
    [
      "end so on other carriers too, where some last longer",
      { lengths, elsewhere: (told, time) => lastsLonger(talks(told, `x${time}`, "B", 60_000), time + 10) },
    ],
    ["last longer on no other carrier", { lengths, elsewhere: (told, time) => talks(told, `x${time}`, "A2", 90_000, "hung-up-here") }],
    [
      "are followed by a longer one each time",
      { lengths, elsewhere: (told, time) => lastsLonger(talks(told, `x${time}`, "A", 70_000 + time * 3_000), time) },
    ],
  ])("are nobody's fault where they %s", (_, told) => {
    const { incidents, verdict } = explain(day(told).entries);
    expect([verdict.conclusion, incidents.length]).toEqual(["healthy", 0]);
  });
});

describe("holds that come to nothing on one carrier", () => {
  const holds = (told: Story, callId: string, trunkId: string, code?: number) => {
    told.write("call:placed", { callId, party: { route: "local", alias: callId, tail: "01" } });
    told.write("call:answered", { callId, trunkId, setupMs: 600 }).after(5_000);
    if (code === undefined) told.write("call:held", { callId, trunkId, held: "here" });
    else told.write("hold:refused", { callId, trunkId, wished: "hold", answer: { code, said: "peer" } });
    return told.after(9_000).write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false, talkedMs: 14_000 });
  };
  const refuses = (code: number, other?: number) =>
    begun().repeats(4, (told, time) => holds(holds(told, `a${time}`, "A", code), `b${time}`, "B", other));

  test.each([403, 500, 503])("are its edge's: %i", (code) => {
    const { incidents, verdict } = explain(refuses(code).entries);
    expect(verdict).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
    expect(incidents).toMatchObject([{ callsSaved: 4, callsLost: 0 }]);
  });

  test("are nobody's where every carrier refuses, and nobody's that a moment explains", () => {
    expect(diagnose(refuses(500, 500).entries).conclusion).toBe("healthy");
    expect(diagnose(refuses(491).entries).conclusion).toBe("healthy");
  });

  test("are one customer's telephone where holds between are taken", () => {
    const told = begun().repeats(5, (more, time) => holds(holds(holds(more, `a${time}`, "A", 488), `w${time}`, "A"), `b${time}`, "B"));
    expect(diagnose(told.entries).conclusion).toBe("healthy");
  });
});

describe("talks that the network of one carrier ends by its own word", () => {
  const down: EndReason = { q850: { value: 38, location: "LN" } };
  const unspecified: EndReason = { q850: { value: 31 } };

  /** A talk of 40 s with a customer of its own, and what befalls it before its end. */
  function ends(
    told: Story,
    callId: string,
    trunkId: string,
    reason?: EndReason,
    befalls: (told: Story) => unknown = () => {},
    alias = callId,
  ) {
    told.write("call:placed", { callId, party: { route: "local", alias, tail: "01" } });
    told.write("call:answered", { callId, trunkId, setupMs: 600 }).after(20_000);
    befalls(told);
    const end = { callId, end: "hung-up-there", possibleDuplicate: false, talkedMs: 40_000, ...(reason && { reason }) } as const;
    return told.after(20_000).write("call:ended", end).after(20_000);
  }
  const elsewhere = (told: Story, time: number, reason?: EndReason) => ends(told, `b${time}`, "B", reason);
  const twice = (reason: EndReason) => begun().repeats(2, (told, time) => elsewhere(ends(told, `a${time}`, "A", reason), time));
  const judged = (told: Story) => {
    const { incidents, verdict } = explain(told.entries);
    return [verdict.conclusion, incidents.length];
  };

  test.each<[string, EndReason]>([
    ["out of order", down],
    ["a temporary failure", { q850: { value: 41 } }],
    ["a timer that ran out", { q850: { value: 102, location: "TN" } }],
    ["a far end that a network on the way calls out of order", { q850: { value: 27, location: "INTL" } }],
    ["a status alone", { sip: 503 }],
    ["a timeout", { sip: 408 }],
    ["a status beside a cause that specifies nothing", { ...unspecified, sip: 500 }],
  ])("are its own from the second customer on: %s", (_, reason) => {
    const { incidents, verdict } = explain(twice(reason).entries);
    expect(verdict).toMatchObject({ trunkId: "A", conclusion: expect.stringMatching(/clear|likely|open/) as string });
    expect(verdict.leader).toMatch(/^carrier-(signalling|routing)$/);
    expect(verdict.reasonsFor).toMatchObject([{ code: "talks-ended-by-network", said: "peer", params: { calls: 2 } }]);
    expect(incidents).toMatchObject([{ callsLost: 2, callsSaved: 0 }]);
  });

  test.each<[string, EndReason]>([
    ["somebody hung up", { q850: { value: 16, location: "LN" } }],
    ["somebody hung up, whatever the status", { q850: { value: 16 }, sip: 503 }],
    ["nothing is specified", unspecified],
    ["somebody else took it", { q850: { value: 26 }, sip: 200 }],
    ["the customer's telephone failed", { q850: { value: 41, location: "U" } }],
    ["the customer's own exchange failed", { q850: { value: 38, location: "RPN" } }],
    ["the agent's own exchange failed", { q850: { value: 41, location: "LPN" } }],
    ["the far end is out of order, and nobody says where", { q850: { value: 27 } }],
    ["no audio came any more", { q850: { value: 41 }, mediaTimeout: true }],
    ["the customer was busy otherwise", { sip: 486 }],
  ])("are nobody's fault where %s", (_, reason) => {
    expect(judged(twice(reason))).toEqual(["healthy", 0]);
  });

  test.each<[string, () => Story]>([
    ["there is one", () => elsewhere(ends(elsewhere(begun(), 0), "a", "A", down), 1)],
    [
      "they are one customer's",
      () => begun().repeats(3, (told, time) => elsewhere(ends(told, `a${time}`, "A", down, undefined, "amel"), time)),
    ],
    [
      "another ends well between each two",
      () => begun().repeats(4, (told, time) => elsewhere(ends(ends(told, `a${time}`, "A", down), `w${time}`, "A"), time)),
    ],
    ["another carrier ends one too", () => elsewhere(elsewhere(twiceOnA(), 8, down), 9)],
    ["no other carrier has had a talk", () => begun().repeats(4, (told, time) => ends(told, `a${time}`, "A", down))],
    [
      "there is an hour between them",
      () => begun().repeats(3, (told, time) => elsewhere(ends(told, `a${time}`, "A", down), time).after(3_600_000)),
    ],
    [
      "the audio was lost before",
      () =>
        begun().repeats(3, (told, time) =>
          elsewhere(
            ends(told, `a${time}`, "A", down, ({ write }) =>
              write("audio:lost", { callId: `a${time}`, trunkId: "A", direction: "outbound", kind: "stopped", forMs: 0 }),
            ),
            time,
          ),
        ),
    ],
  ])("are nobody's yet where %s", (_, told) => {
    expect(explain(told().entries).verdict.reasonsFor.map(({ code }) => code)).not.toContain("talks-ended-by-network");
  });

  test.each([false, true])("are nobody's where the connection was lost under them, unless the edge was told of the next: %s", (isTold) => {
    const told = begun().repeats(2, (more, time) => {
      const callId = `a${time}`;
      const befalls = (now: Story) => {
        now.loses("A").after(2_000).connects("A");
        if (isTold) now.write("dialog:refreshed", { callId, trunkId: "A", answer: { code: 200, said: "peer" } });
      };
      return elsewhere(ends(more, callId, "A", down, befalls), time);
    });
    const codes = explain(told.entries).verdict.reasonsFor.map(({ code }) => code);
    expect(codes.includes("talks-ended-by-network")).toBe(isTold);
  });

  test("are mended by one that a person ends", () => {
    const told = twice(down);
    const before = explain(told.entries).incidents;
    const after = explain(ends(told, "a9", "A").after(600_000).proves("A", "B").entries).incidents;
    expect([before.map(({ closedMs }) => closedMs), after.length, after[0]?.closedMs]).toEqual([[undefined], 1, expect.any(Number)]);
  });

  function twiceOnA(): Story {
    return ends(ends(begun(), "a0", "A", down), "a1", "A", down);
  }
});
