/** How much it tells that calls broke, or were well, with a start of the CRM: how often it was started anyway, and what broke with it. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import type { Verdict } from "../../src/diagnosis/model.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { evidence as english } from "../../src/report/languages/en/evidence.ts";
import { story, wellBegun, type CallEnd, type Story } from "./story.ts";

const evidence = (told: Story) => evidenceOf(observe(told.entries));
const codes = (told: Story) => evidence(told).map(({ code }) => code);
const onCarriers = ({ probabilities }: Verdict) =>
  probabilities["carrier-signalling"] + probabilities["carrier-routing"] + probabilities["carrier-media"];
const onCrm = ({ probabilities }: Verdict) => probabilities["crm-init"] + probabilities["crm-config"];

const failed: CallEnd = { code: 500 };
const fresh = (...ids: readonly string[]) =>
  story(...ids)
    .boots(1, "passes")
    .connects(...ids)
    .after(10_000);
const restarts = (told: Story, run: number) => told.boots(run, "passes").after(10_000);
/** The edge lives; other carriers' calls and other routes are well. */
const elsewhere = (told: Story, ms: number) =>
  told.repeats(Math.round(ms / 20_000), (more) => more.calls("mobile", ["A", "answered"]).after(14_500).proves("A", "B"));
const local = (told: Story, end: CallEnd) => told.calls("local", ["A", end], ...(end === "answered" ? [] : [["B", "answered"] as const]));

describe("the start after which it is well", () => {
  /** Failed under two starts, and is well some time after the last of several. */
  const told = (untriedMs: number) => {
    const twice = elsewhere(restarts(elsewhere(restarts(local(fresh("A", "B"), "swallowed"), 2), 80_000), 3), 80_000);
    return local(elsewhere(restarts(elsewhere(local(twice, "swallowed"), untriedMs / 2), 4), untriedMs / 2), "answered");
  };

  test("tells little where the CRM is started so often that one start was due while nobody tried", () => {
    expect(codes(told(120_000))).not.toContain("well-after-reinitialisation");
    expect(onCrm(diagnose(told(120_000).entries))).toBeLessThan(0.8);
  });

  test("tells much where it was tried shortly before and after", () => {
    expect(codes(told(40_000))).toContain("well-after-reinitialisation");
    expect(diagnose(told(40_000).entries)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
  });
});

test("what starts alone break and mend, morning after morning, does not fade over night", () => {
  const night = 7_200_000;
  const morning = (told: Story, run: number) =>
    local(restarts(elsewhere(local(restarts(told, run), "stalled"), 300_000), run + 1), "answered").after(night);
  const third = elsewhere(local(restarts(morning(morning(fresh("A", "B"), 2), 4), 6), "stalled"), 60_000);
  const again = local(local(third, "stalled").after(20_000), "stalled");
  expect(codes(again)).toContain("well-after-reinitialisation");
  expect(diagnose(again.entries).leader).toBe("crm-init");
});

describe("all calls on a trunk fail from shortly after a start on, whatever the route", () => {
  const refused = (told: Story) =>
    told
      .calls("international", ["A", failed], ["B", "answered"])
      .after(30_000)
      .calls("local", ["A", failed], ["B", "answered"])
      .after(30_000)
      .calls("local", ["A", failed], ["B", "answered"])
      .after(60_000);
  const back = (told: Story) => told.calls("mobile", ["A", "answered"]).after(30_000).calls("local", ["A", "answered"]).after(120_000);
  const worked = (told: Story) => told.calls("mobile", ["A", "answered"]).after(15_000);
  const begun = () => worked(fresh("A", "B").calls("local", ["A", "answered"]).after(5_000));
  const cycle = (told: Story, run: number) => worked(back(refused(restarts(told, run))));

  test("once, and come back by themselves: it leans towards the carrier, and is not sure of it", () => {
    const told = back(refused(restarts(begun(), 2)));
    expect(onCarriers(diagnose(told.entries))).toBeLessThan(0.8);
    expect(diagnose(told.entries).leader).toMatch(/^carrier-/);
  });

  test("after each start, and at no other time: it is not laid on the carrier", () => {
    const told = cycle(cycle(cycle(begun(), 2), 3), 4);
    expect(diagnose(told.entries).leader).toBe("crm-init");
    expect(codes(told)).not.toContain("failing-after-reinitialisation");
  });

  test("and is told of as what all calls did, for a route need not have been tried before", () => {
    const broken = evidence(refused(restarts(begun(), 2))).find(
      ({ code, params }) => code === "broken-by-start" && params["route"] === "international",
    );
    expect(broken?.params).toMatchObject({ trunk: "A", wider: 1 });
    expect(english["broken-by-start"]?.(broken?.params ?? {})).toMatch(/^Calls worked before a new start of the CRM and failed from it on/);
  });

  test("with a start or without: they are the carrier's", () => {
    const told = back(refused(cycle(cycle(begun(), 2), 3)));
    expect(onCarriers(diagnose(told.entries))).toBeGreaterThan(0.9);
  });

  test("on one route alone while others are carried: the trunk was never broken", () => {
    const one = (told: Story, run: number) => elsewhere(local(elsewhere(local(restarts(told, run), failed), 60_000), "answered"), 60_000);
    for (const item of evidence(one(one(wellBegun("A", "B"), 2), 3))) expect(item.params).not.toHaveProperty("wider");
  });
});

describe("calls fail over all carriers from shortly after each start on, and come back by themselves", () => {
  const screened: CallEnd = { code: 428 };
  const minute = (told: Story) =>
    told.repeats(6, (more, time) => more.calls(time % 3 === 0 ? "mobile" : "local", ["A", screened], ["B", screened]).after(5_000));
  const works = (told: Story) => told.repeats(5, (more) => more.calls("local", ["A", "answered"]).after(25_000));
  const cycle = (told: Story, run: number) => works(minute(restarts(told, run)));

  test("are the CRM's, though one carrier was not tried before each start", () => {
    const told = cycle(cycle(cycle(works(fresh("A", "B")), 2), 3), 4);
    expect(diagnose(told.entries).leader).toMatch(/^crm-|^unknown/);
    expect(onCarriers(diagnose(told.entries))).toBeLessThan(0.2);
  });

  test("nor is it a carrier's before all have been asked anew", () => {
    const begins = restarts(
      cycle(works(fresh("A", "B")), 2)
        .calls("local", ["B", "answered"])
        .after(20_000),
      3,
    );
    expect(onCarriers(diagnose(begins.calls("local", ["B", screened]).entries))).toBeLessThan(0.5);
  });
});
