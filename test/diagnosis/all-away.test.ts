/** A bare 480, or no response (Q.850 18): callees who are away, now and then or for a reason of theirs, or a route that leads nowhere. */
import { describe, expect, test } from "vitest";
import { explain } from "../../src/diagnosis/explain.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const away = { code: 480 };

/** The agent's list, number by number: `o` is reached, `x` is away, `r` is rung first, `b` is busy; capitals are called by B. */
const endOf: Readonly<Record<string, CallEnd>> = { o: "answered", r: { ...away, after: 180 }, b: { code: 486 } };
const list = (told: Story, ends: string, { pauseMs = 5_000, route = "local", from = 100, said = away as CallEnd } = {}) =>
  [...ends].reduce((so, end, index) => {
    const known = end.toLowerCase();
    const becomes = known === "x" ? said : endOf[known];
    return so.dials(`n${from + index}`, route, [end === known ? "A" : "B", becomes ?? said]).after(pauseMs);
  }, told);

const codes = ({ verdict }: ReturnType<typeof explain>) => [...verdict.reasonsFor, ...verdict.reasonsAgainst].map(({ code }) => code);

describe("customers who are away are no fault of anybody's", () => {
  test.each<readonly [string, Story]>([
    ["now and then", list(wellBegun("A", "B"), "xxoxxxoxoxxxxoxxoxxxxxxoxx")],
    ["one who is called again and again", wellBegun("A", "B").repeats(12, (told) => told.dials("n7", "local", ["A", away]).after(5_000))],
    ["after their phones had rung", list(wellBegun("A", "B"), "rrrrrrrrrrrr")],
    ["among others who are busy", list(wellBegun("A", "B"), "xxxxxbxxxxxbxxxxx")],
    ["over a day", list(wellBegun("A", "B"), "xxxxxxxxxx", { pauseMs: 6 * 60_000 })],
    ["as another carrier finds them", list(wellBegun("A", "B"), "xXxXxXxXxXxXxXxX")],
    ["until one carrier reaches them again, and then the other", list(wellBegun("A", "B"), "xXxXxXxXxXxXxXxXOxXxoOxX")],
    ["four in a row, though another carrier reached many between", list(wellBegun("A", "B"), "xOOOxOOOxOOOxOOO")],
    ["five in a row, while another carrier reached no more than a few", list(wellBegun("A", "B"), "xOxOOxOxOOx")],
    ["five in a row, while another carrier found one of many away", list(wellBegun("A", "B"), "xOOOxOXOxOOOxOOOx")],
    [
      "five in a row, hours after another carrier had reached many",
      list(list(wellBegun("A", "B"), "xOOOOOOOOOOO").after(60 * 60_000), "xxxxx", { from: 200 }),
    ],
    ["on a route that nobody was ever reached on", list(wellBegun("A", "B"), "xxxxxxxxxx", { route: "mobile" })],
  ])("%s", (_, told) => {
    const { verdict, incidents } = explain(told.entries);
    expect(incidents).toEqual([]);
    expect([undefined, "remote-party"]).toContain(verdict.leader);
  });
});

describe("number after number of a route that was reached until then", () => {
  const dead = () => list(wellBegun("A", "B"), "xxxxxxx");

  test("opens an incident, with all of its calls", () => {
    expect(explain(dead().entries).incidents).toMatchObject([{ callsAffected: 7, callsLost: 7, verdict: { leader: "carrier-routing" } }]);
  });

  test("leans towards the route, and accuses nobody while no other carrier was asked", () => {
    const told = dead().calls("international", ["A", "answered"]).after(5_000);
    for (const { verdict } of [explain(dead().entries), explain(told.entries)]) {
      expect(verdict).toMatchObject({ leader: "carrier-routing", runnerUp: "remote-party" });
      expect(verdict.conclusion).not.toBe("clear");
      expect(verdict.nextTest?.code).toBe("call-same-number-over-other-trunk");
    }
  });

  test("is the route's once another carrier reaches it", () => {
    const told = list(dead(), "OO", { from: 200 });
    expect(explain(told.entries).verdict).toMatchObject({ conclusion: "clear", leader: "carrier-routing", trunkId: "A" });
  });

  test("is the route's where another carrier reached it between, though it had never been by this one", () => {
    const told = list(wellBegun("A", "B"), "xxOxxxOxxx", { route: "mobile" });
    expect(explain(told.entries).verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("is the route's from the fifth on where another carrier reached twice as many there meanwhile, and found none away", () => {
    const told = list(wellBegun("A", "B"), "xOOOxOOOxOOOxOOx");
    const { incidents, verdict } = explain(told.entries);
    expect(incidents).toMatchObject([{ callsAffected: 5 }]);
    expect(verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("is over when somebody is reached there", () => {
    const told = list(list(dead(), "xxx", { from: 300 }), "oooo", { from: 400, pauseMs: 30_000 });
    const [incident] = explain(told.entries).incidents;
    expect(incident).toMatchObject({ callsLost: 10, closedMs: expect.any(Number) });
    expect(incident).not.toHaveProperty("unproven");
  });

  test("is not started by who was away before that", () => {
    expect(codes(explain(list(wellBegun("A", "B"), "xxxxoxxxxxx").entries))).not.toContain("callees-all-away-on-route");
  });
});

describe("number after number of a route by every carrier, until a start brings it back by one of them", () => {
  const lost = () => list(wellBegun("A", "B").boots(2, "passes"), "xXxXxXxXxXxXxX");
  const half = () => list(lost().boots(3, "passes"), "OxOxOxOx", { from: 200 });

  test("may be what those customers share as long as it is so by all", () => {
    const { verdict, incidents } = explain(lost().entries);
    expect(incidents).toEqual([]);
    expect(verdict.leader).toBe("remote-party");
  });

  test("was no customer's doing by either carrier, but that start's which lost it", () => {
    const told = explain(half().entries);
    expect(told.incidents).toHaveLength(1);
    expect(told.verdict).toMatchObject({ leader: "crm-init" });
    expect(codes(told)).toEqual(expect.arrayContaining(["callees-all-away-on-route", "broken-by-start", "well-after-reinitialisation"]));
  });

  test("is told only once there are enough since", () => {
    expect(explain(list(lost().boots(3, "passes"), "OxOxOx", { from: 200 }).entries).incidents).toEqual([]);
  });

  test("is over when the next start brings back the other's", () => {
    const told = list(half().boots(4, "passes"), "oOoOoO", { from: 300, pauseMs: 30_000 });
    const { incidents } = explain(told.entries);
    expect(incidents).toMatchObject([{ closedMs: expect.any(Number), verdict: { leader: "crm-init", conclusion: "clear" } }]);
    expect(incidents[0]).not.toHaveProperty("unproven");
  });
});

describe("number after number of which a network says that nobody responds (Q.850 18)", () => {
  const unresponsive: CallEnd = { code: 480, q850: { value: 18, location: "LN" } };

  test.each<readonly [string, CallEnd]>([
    ["as the network says", unresponsive],
    ["as somebody says", { code: 408, q850: { value: 18 } }],
    ["as their own switchboard says", { code: 480, q850: { value: 18, location: "RPN" } }],
  ])("is no carrier's where all find it so until the shops open, a start falling on the hour: %s", (_, said) => {
    const closed = list(wellBegun("A", "B"), "xXxxXXxoxXxxxxXxXx", { said });
    const open = list(closed.boots(2, "passes"), "oOOooOoO", { from: 200 });
    const { verdict, incidents } = explain(open.entries);
    expect(incidents).toEqual([]);
    expect([undefined, "remote-party"]).toContain(verdict.leader);
  });

  test("is the route's where another carrier reaches it between", () => {
    const told = list(wellBegun("A", "B"), "xxOxxxOxxx", { route: "mobile", said: unresponsive });
    expect(explain(told.entries).verdict).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("is the callees' own where their own side says so, though another carrier reaches others", () => {
    const said: CallEnd = { code: 480, q850: { value: 18, location: "U" } };
    const { verdict, incidents } = explain(list(wellBegun("A", "B"), "xxOxxxOxxxxxOx", { said }).entries);
    expect(incidents).toEqual([]);
    expect([undefined, "remote-party"]).toContain(verdict.leader);
  });
});
