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
