/** Callees who are absent or decline, as one carrier says, and who pick up when another calls. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { explain } from "../../src/diagnosis/explain.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const absent: CallEnd = { code: 480, q850: { value: 20, location: "LN" } };
const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);

/**
 * A list that is worked through over A, one letter a number: `x` is denied by A and picks up when B calls, `X` is denied by both, `d` is denied by A and not
 * dialled again, `o` is reached by A, `O` is denied by B and picks up when A calls.
 */
function list(told: Story, letters: string, denial: CallEnd = absent, { pauseMs = 8_000, routes = ["local"] } = {}): Story {
  [...letters].forEach((letter, index) => {
    const dials = (by: string, end: CallEnd) => told.dials(`m${index}`, routes[index % routes.length] ?? "local", [by, end]).after(pauseMs);
    if (letter === "o") return void dials("A", "answered");
    dials(letter === "O" ? "B" : "A", denial);
    if (letter === "x") dials("B", "answered");
    else if (letter === "X") dials("B", denial);
    else if (letter === "O") dials("A", "answered");
  });
  return told;
}

const denials: readonly (readonly [string, CallEnd])[] = [
  ["absent, as the network says", absent],
  ["not responding, as the network says", { code: 480, q850: { value: 18, location: "LN" } }],
  ["absent, as 404 says with that cause", { code: 404, q850: { value: 20, location: "TN" } }],
  ["declined, with no cause", { code: 603 }],
  ["declined, as a network on the way says", { code: 603, q850: { value: 21, location: "TN" } }],
  ["away, with no cause", { code: 480 }],
  ["gone, with no cause", { code: 410 }],
];

describe("callees whom one carrier denies and another reaches", () => {
  test.each(denials)("were never asked by the first: %s", (_, denial) => {
    const { verdict, incidents } = explain(list(wellBegun("A", "B"), "xdx", denial).entries);
    expect(verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
    expect(incidents).toMatchObject([{ callsAffected: 3, callsLost: 3, verdict: { leader: "carrier-routing", trunkId: "A" } }]);
  });

  test("were not, whatever their routes are", () => {
    const told = list(wellBegun("A", "B"), "xxx", { code: 603 }, { routes: ["local", "mobile", "international"] });
    expect(explain(told.entries)).toMatchObject({
      verdict: { leader: expect.stringMatching(/^carrier-/), trunkId: "A" },
      incidents: [{ callsLost: 3 }],
    });
  });

  test("were not, though some are reached between, when there are more of them", () => {
    expect(explain(list(wellBegun("A", "B"), "xodoxoxox").entries).verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("are its callees' again once it reaches them", () => {
    const told = list(list(wellBegun("A", "B"), "xdx"), "oooooooooooo", absent, { pauseMs: 30_000 });
    expect(explain(told.entries).incidents).toMatchObject([{ closedMs: expect.any(Number), callsLost: 3 }]);
    const later = told.dials("z", "local", ["A", absent]).after(8_000);
    expect(explain(later.entries).incidents).toHaveLength(1);
  });
});

describe("callees who answer for themselves", () => {
  const own: CallEnd = { code: 480, q850: { value: 20, location: "U" } };
  test.each<readonly [string, Story]>([
    ["one who comes back", list(wellBegun("A", "B"), "dxddd")],
    ["one who comes back again and again", wellBegun("A", "B").repeats(6, (told) => list(told, "x"))],
    ["two among many who are reached", list(wellBegun("A", "B"), "ooxooooooooxooodoo")],
    ["who are away for both", list(wellBegun("A", "B"), "XXXXxXXX")],
    ["who come and go for either", list(wellBegun("A", "B"), "xOxOxOxO")],
    ["hours later", list(wellBegun("A", "B"), "xdxx", absent, { pauseMs: 3_600_000 })],
    [
      "whom the same carrier's other trunk reaches",
      wellBegun("A", "A2").repeats(4, (told, time) =>
        told.dials(`m${time}`, "local", ["A", absent]).after(8_000).dials(`m${time}`, "local", ["A2", "answered"]).after(8_000),
      ),
    ],
    ["busy", list(wellBegun("A", "B"), "xxxx", { code: 486, q850: { value: 17 } })],
    ["busy everywhere", list(wellBegun("A", "B"), "xxxx", { code: 600 })],
    ["who do not want that caller", list(wellBegun("A", "B"), "xxxx", { code: 607 })],
    ["who reject that caller's number", list(wellBegun("A", "B"), "xxxx", { code: 603, q850: { value: 21 } })],
    ["as their own side says", list(wellBegun("A", "B"), "xxxx", own)],
    ["who decline when it has rung", list(wellBegun("A", "B"), "xxxx", { code: 603, after: 180 })],
  ])("are nobody's fault: %s", (_, told) => {
    const { incidents, verdict } = explain(told.entries);
    expect(incidents).toEqual([]);
    expect(codes(told)).not.toContain("callee-answers-contradicted");
    expect([undefined, "remote-party"]).toContain(verdict.leader);
  });
});

describe("customers who are all away until one hour", () => {
  /** Denied in turn by A and by B until they open, when a start happens to fall; then called again, by `again`. */
  function shops(pattern: string, again: (by: string) => string): Story {
    const told = wellBegun("A", "B");
    [...pattern].forEach((by, index) => told.dials(`s${index}`, "local", [by, absent]).after(8_000));
    told.boots(2, "passes").after(3_000);
    [...pattern].forEach((by, index) => told.dials(`s${index}`, "local", [again(by), "answered"]).after(8_000));
    return told;
  }
  const other = (by: string) => (by === "A" ? "B" : "A");

  test.each(["ABABABABAB", "AABBAABBAABB", "ABBABAABAB"])(
    "contradict no carrier by whichever they are reached first then: %s",
    (pattern) => {
      for (const again of [() => "B", () => "A", other]) {
        const { verdict, incidents } = explain(shops(pattern, again).entries);
        expect(incidents).toEqual([]);
        expect([undefined, "remote-party"]).toContain(verdict.leader);
      }
    },
  );

  test("contradict the one whose calls alone were in vain", () => {
    expect(
      explain(
        list(
          shops("ABABAB", () => "B"),
          "xdx",
        ).entries,
      ).verdict,
    ).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
    expect(explain(shops("AAAAAA", () => "B").entries).verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });
});
