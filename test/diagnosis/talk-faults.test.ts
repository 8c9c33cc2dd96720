/** Faults under talks that no failing call tells of. */
import { describe, expect, test } from "vitest";
import type { CallEnd } from "../../src/journal.ts";
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
