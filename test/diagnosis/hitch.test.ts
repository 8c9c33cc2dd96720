/** One call in many that is refused, and carried by another trunk: no fault, once it has been proven well. */
import { describe, expect, test } from "vitest";
import { explain } from "../../src/diagnosis/explain.ts";
import { buildReport, renderText } from "../../src/report/index.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const refused = { code: 503 };
const well = (told: Story, count: number, route = "local") =>
  told.repeats(count, (more) => more.calls(route, ["A", "answered"]).after(8_000));
const hitch = (told: Story, end: CallEnd = refused, route = "local") => told.calls(route, ["A", end], ["B", "answered"]).after(8_000);
const conclusions = (told: Story) => {
  const { verdict, incidents } = explain(told.entries);
  return [verdict.conclusion, ...incidents.map((incident) => incident.verdict.conclusion)];
};

describe("the only call of many that was refused", () => {
  const day = () => well(hitch(well(wellBegun("A", "B"), 50)), 10);

  test("is an incident that was nobody's fault, and nobody has to act", () => {
    const { verdict, incidents } = explain(day().entries);
    expect(verdict).toMatchObject({ conclusion: "healthy", actor: "nobody" });
    expect(incidents).toMatchObject([
      { callsAffected: 1, callsSaved: 1, closedMs: expect.any(Number), verdict: { conclusion: "healthy" } },
    ]);
  });

  test("and its report says so", () => {
    const { entries } = day();
    const text = renderText(buildReport(entries, explain(entries).incidents[0]));
    expect(text).toContain("Nothing on record points to a fault that somebody has to mend.");
    expect(text).not.toContain("No incident on record");
  });

  test.each([{ code: 500 }, { code: 503, q850: { value: 34, location: "LN" as const } }])("so is %j", (end) => {
    expect(conclusions(well(hitch(well(wellBegun("A", "B"), 50), end), 10))).toEqual(["healthy", "healthy"]);
  });

  test("would be a fault without that excuse", () => {
    const { incidents } = explain(day().entries, {
      reconsider: (found) => found.filter(({ code }) => code !== "call-refused-in-passing"),
    });
    expect(incidents[0]?.verdict.conclusion).toBe("inconclusive");
  });
});

describe("odd words on what was sent, each said of one call of many", () => {
  const words: readonly CallEnd[] = [
    { code: 606 },
    { code: 415, q850: { value: 79, location: "RPN" } },
    { code: 403 },
    { code: 488, q850: { value: 65, location: "RPN" } },
    { code: 484 },
  ];
  const begun = () => well(well(wellBegun("A", "B"), 30), 5, "mobile");
  const says = (told: Story, end: CallEnd, route = "local") => told.calls(route, ["A", end], ["B", end]).after(8_000);
  /** What each of a day's calls in some dozens is told. */
  const day = (ends: readonly CallEnd[], between = 30, told = begun()) =>
    ends.reduce<Story>((more, end) => well(says(more, end), between), told);
  const sets = (told: Story) => told.sets(["A"]);

  test("are nobody's fault, singly and together, whatever the other carrier says of that number", () => {
    expect(new Set(conclusions(day(words)))).toEqual(new Set(["healthy"]));
    const saved = well(hitch(well(hitch(begun(), { code: 488 }), 30), { code: 415 }), 30);
    expect(new Set(conclusions(saved))).toEqual(new Set(["healthy"]));
  });

  test("are told of with the trunk that took others before and after", () => {
    const text = renderText(buildReport(day(words).entries, explain(day(words).entries).incidents[0]));
    expect(text).toContain("Nothing on record points to a fault that somebody has to mend.");
  });

  test("leave a refusal for want of anything else as it is judged alone", () => {
    expect(new Set(conclusions(well(hitch(day(words.slice(0, 2))), 10)))).toEqual(new Set(["healthy"]));
  });

  test.each<readonly [string, Story]>([
    ["the same word again", day([{ code: 488 }, { code: 488 }])],
    [
      "the same cause under another code",
      day([
        { code: 404, q850: { value: 28 } },
        { code: 484, q850: { value: 28 } },
      ]),
    ],
    ["another word soon after", well(says(well(says(well(begun(), 30), { code: 606 }), 4), { code: 415 }), 30)],
    ["one of few calls", well(says(well(wellBegun("A", "B"), 8), { code: 488 }), 8)],
    ["before it has been proven well", says(begun(), { code: 488 })],
    ["while only other routes have been", well(says(begun(), { code: 488 }), 30, "mobile")],
    ["from the first call to its route on", well(says(begun(), { code: 488 }, "premium"), 30, "premium")],
    ["where the trunk was set otherwise since", well(sets(says(begun(), { code: 488 })), 30)],
    ["where it was set otherwise before it", well(says(sets(begun()), { code: 488 }), 30)],
    ["where the CRM was started anew before it", well(says(begun().boots(2, "passes").after(5_000), { code: 488 }), 30)],
    ["what the account may not do", day([{ code: 403, q850: { value: 57 } }])],
    ["what the account has left", day([{ code: 402 }])],
  ])("but %s is a sign as before", (_, told) => {
    expect(explain(told.entries).verdict).toMatchObject({ leader: "crm-config" });
  });

  test("and no certain one where that route is carried after it, set as it was: of few calls, and of the first of its route too", () => {
    const one = (told: Story, code = 488) => told.calls("premium", ["A", { code }]).after(8_000);
    for (const told of [well(one(begun()), 3, "premium"), well(one(wellBegun("A", "B"), 606), 3, "premium")])
      expect(explain(told.entries).incidents[0]?.verdict).toMatchObject({
        leader: "crm-config",
        conclusion: expect.stringMatching(/likely|inconclusive/),
      });
    expect(explain(well(sets(one(begun())), 3, "premium").entries).incidents[0]?.verdict).toMatchObject({
      leader: "crm-config",
      conclusion: "clear",
    });
  });
});

describe("it stays a sign of the carrier's", () => {
  const only = (told: Story) => explain(told.entries).verdict;

  test.each<readonly [string, Story]>([
    ["of an agent of few calls", well(hitch(well(wellBegun("A", "B"), 20)), 10)],
    ["until it has been proven well", hitch(well(wellBegun("A", "B"), 60))],
    ["while only other routes have been", well(hitch(well(wellBegun("A", "B"), 60)), 10, "international")],
    ["from the first call to its route on", well(hitch(well(wellBegun("A", "B"), 60), refused, "mobile"), 10, "mobile")],
    ["when it comes again", well(hitch(well(hitch(well(wellBegun("A", "B"), 60)), 10)), 10)],
    ["where it is of the route by its own word", well(hitch(well(wellBegun("A", "B"), 60), { code: 404, q850: { value: 3 } }), 10)],
    ["where it was silence", well(hitch(well(wellBegun("A", "B"), 60), "swallowed"), 10)],
    ["where nobody saved the call", well(well(wellBegun("A"), 60).calls("local", ["A", refused]).after(8_000), 10)],
  ])("%s", (_, told) => {
    expect(only(told).leader).toMatch(/^carrier-/);
  });

  test("and excuses nothing else that goes wrong beside it", () => {
    const told = well(hitch(well(wellBegun("A", "B"), 60)), 2)
      .proves("B")
      .loses("A")
      .after(20_000)
      .proves("B");
    expect(explain(told.entries).incidents.at(-1)?.verdict).toMatchObject({ leader: "carrier-signalling" });
  });
});
