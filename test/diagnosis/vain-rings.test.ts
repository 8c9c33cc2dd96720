/** Phones that are said to ring and that nobody picks up: their owners' affair, or a tone that the carrier plays to nobody. */
import { describe, expect, test } from "vitest";
import { outcomeOf, cancelledOutcome } from "../../src/outcome.ts";
import { explain } from "../../src/diagnosis/explain.ts";
import type { CauseLocation } from "../../src/ports/sip-answer.ts";
import { wellBegun, type Story } from "./story.ts";

interface Ring {
  readonly by: string;
  readonly ms?: number;
  readonly route?: string;
  /** How the peer ends it; the agent hangs up where it does not. */
  readonly code?: number;
  readonly q850?: { readonly value: number; readonly location?: CauseLocation };
}

let calls = 0;

/** A phone is said to ring, and nobody picks up. */
function rings(told: Story, alias: string, { by: trunkId, ms = 20_000, route = "international", code, q850 }: Ring): Story {
  const callId = `v${(calls += 1)}`;
  const of = { callId, attempt: 1, trunkId, route };
  const answer = { code: code ?? 487, said: "peer", ...(q850 && { q850 }) } as const;
  const outcome = code === undefined ? cancelledOutcome : outcomeOf(answer, "alerting");
  told
    .write("call:placed", { callId, party: { route, alias, tail: "01" } })
    .write("attempt:started", of)
    .write("attempt:sent", { ...of, sipCallId: callId, fromTag: "t" })
    .after(600)
    .write("attempt:progressed", { ...of, answer: { code: 180, said: "peer" }, tookMs: 600 })
    .after(ms);
  if (code === undefined)
    told
      .write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false })
      .write("attempt:abandoned", { ...of, because: "hung-up" });
  return told.write("attempt:ended", { ...of, outcome, answer, tookMs: ms }).after(4_000);
}

const picksUp = (told: Story, alias: string, by: string, route = "international") =>
  told.dials(alias, route, [by, "answered"]).after(4_000);

/** So many customers in a row whom A does not get to pick up, and B does. */
const compared = (ring: Partial<Ring> = {}, times = 4) =>
  wellBegun("A", "B").repeats(times, (told, time) => picksUp(rings(told, `n${time}`, { by: "A", ...ring }), `n${time}`, "B"));

describe("customers who pick up when another carrier calls them", () => {
  test.each<readonly [string, Partial<Ring>]>([
    ["the agent gives up", {}],
    ["the network says that nobody answers", { code: 480 }],
    ["the network waits no longer", { code: 408 }],
    ["the network waits no longer, and says so soon", { ms: 5_000, code: 480, q850: { value: 19, location: "LN" } }],
    ["the network waits no longer for an answer, and says so soon", { ms: 5_000, code: 408, q850: { value: 18, location: "TN" } }],
  ])("were never rung by the first, where %s", (_, ring) => {
    const { verdict, incidents } = explain(compared(ring).entries);
    expect(verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
    expect(incidents).toMatchObject([{ callsLost: 4, verdict: { leader: "carrier-routing", trunkId: "A" } }]);
  });

  test("open an incident that is over when somebody picks up on that route, and on no other", () => {
    const closedMs = (route: string) => {
      const told = compared().repeats(8, (more, time) => picksUp(more, `m${time}`, "A", route).after(30_000));
      return explain(told.entries).incidents[0]?.closedMs;
    };
    expect([closedMs("local"), closedMs("international")]).toEqual([undefined, expect.any(Number)]);
  });

  test.each<readonly [string, Story]>([
    ["are too few", compared({}, 2)],
    ["were not waited for", compared({ ms: 8_000 })],
    ["do not pick up soon, as their own side says", compared({ ms: 5_000, code: 480, q850: { value: 19, location: "U" } })],
    ["do not pick up soon, as anybody may say", compared({ ms: 5_000, code: 480, q850: { value: 19 } })],
    ["are sent away soon, with no cause", compared({ ms: 5_000, code: 480 })],
    ["are declined at last, and so were rung", compared({ code: 603 })],
    ["are one", wellBegun("A", "B").repeats(5, (told) => picksUp(rings(told, "n1", { by: "A" }), "n1", "B"))],
    [
      "come between others who pick up there",
      wellBegun("A", "B").repeats(5, (told, time) =>
        picksUp(picksUp(rings(told, `n${time}`, { by: "A" }), `n${time}`, "B"), `m${time}`, "A"),
      ),
    ],
    [
      "are as many as those who do not pick up there either",
      wellBegun("A", "B").repeats(8, (told, time) => {
        const away = rings(told, `n${time}`, { by: "A" });
        return time % 2 ? picksUp(away, `n${time}`, "B") : rings(away, `n${time}`, { by: "B" });
      }),
    ],
    [
      "pick up an hour later",
      wellBegun("A", "B")
        .repeats(4, (told, time) => rings(told, `n${time}`, { by: "A" }))
        .after(3_600_000)
        .repeats(4, (told, time) => picksUp(told, `n${time}`, "B")),
    ],
    [
      "are called by the same carrier's other trunk",
      wellBegun("A", "A2").repeats(4, (told, time) => picksUp(rings(told, `n${time}`, { by: "A" }), `n${time}`, "A2")),
    ],
  ])("are nobody's fault where they %s", (_, told) => {
    const { verdict, incidents } = explain(told.entries);
    expect([verdict.conclusion, incidents.length]).toEqual(["healthy", 0]);
  });
});

describe("shops that nobody opens before nine", () => {
  /** Called in vain by each carrier of `pattern` in turn, and again by B once they have opened. */
  const shops = (pattern: string) => {
    const told = [...pattern].reduce((so, by, index) => rings(so, `s${index}`, { by }), wellBegun("A", "B")).boots(2, "passes");
    return [...pattern].reduce((so, _, index) => picksUp(so, `s${index}`, "B"), told);
  };

  test("were rung by both carriers before, whichever reaches them first then", () => {
    const { verdict, incidents } = explain(shops("ABABABABAB").entries);
    expect(incidents).toEqual([]);
    expect(verdict.leader ?? "remote-party").toBe("remote-party");
  });

  test("were not by the one that alone had called them, as far as anybody can tell", () => {
    expect(explain(shops("AAAAA").entries).verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });
});
