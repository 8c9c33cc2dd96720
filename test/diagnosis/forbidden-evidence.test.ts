/** Calls that a trunk's peer forbids (403, Q.850 21), not their callees: the account may not do more, or the carrier screens. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { incidentsOf } from "../../src/diagnosis/incident.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);
const isCited = (told: Story) => codes(told).some((code) => code.startsWith("calls-forbidden"));
const barred: CallEnd = { code: 403, q850: { value: 21, location: "LN" } };
const forbids = (told: Story, times: number, route = "local", end = barred) =>
  told.repeats(times, (more) => more.calls(route, ["A", end], ["B", "answered"]).after(8_000));
const passes = (told: Story, times = 1, route = "local") =>
  told.repeats(times, (more) => more.calls(route, ["A", "answered"]).after(8_000));
const begun = () => passes(wellBegun("A", "B"));

/** Of either side, and of no more certainty than there is. */
function expectDivided(told: Story) {
  const { probabilities, conclusion } = diagnose(told.entries);
  const [account, carrier] = [probabilities["crm-config"], probabilities["carrier-routing"] + probabilities["carrier-signalling"]];
  expect(Math.min(account, carrier)).toBeGreaterThan(0.1);
  expect(Math.max(account, carrier)).toBeLessThan(0.8);
  expect(conclusion).not.toBe("clear");
}

describe("calls that are forbidden to one carrier's trunk, and placed by another", () => {
  test("are told of at the second number, and laid on neither side for certain", () => {
    const told = forbids(begun(), 2);
    expect(incidentsOf(told.entries)).toMatchObject([{ callsAffected: 2 }]);
    expectDivided(told);
  });

  test.each([4, 12])("nor are they however many there are: %i", (times) => expectDivided(forbids(begun(), times)));

  test("and come and go on any route lean towards the account's limit", () => {
    const told = begun().repeats(6, (more, time) =>
      passes(forbids(more, 1, time % 2 ? "local" : "mobile"), 1, time % 2 ? "local" : "mobile"),
    );
    expect(codes(told)).toContain("calls-forbidden-on-trunk");
    expect(diagnose(told.entries).leader).toBe("crm-config");
    expectDivided(told);
  });

  test("on one route alone, while all else passes, lean towards who screens it", () => {
    const told = begun().repeats(5, (more) => passes(forbids(more, 1), 1, "mobile"));
    expect(codes(told)).toContain("calls-forbidden-on-one-route");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
    expectDivided(told);
  });

  test("on one route are no more than a chance where little else was called, or that route is carried too", () => {
    const little = forbids(passes(forbids(begun(), 2), 1, "mobile"), 2);
    const both = begun().repeats(5, (more) => passes(passes(forbids(more, 1), 1, "mobile"), 1, "local"));
    for (const told of [little, both]) expect(codes(told)).not.toContain("calls-forbidden-on-one-route");
  });

  test("from one start of the CRM to another, twice, are the start-up's", () => {
    const broken = (told: Story, run: number) => forbids(told.boots(run, "passes").after(2_000), 4);
    const told = passes(broken(passes(broken(passes(begun(), 3), 2).boots(3, "passes").after(2_000), 4), 4).boots(5, "passes"), 4);
    expect(diagnose(told.entries).leader).toBe("crm-init");
  });
});

describe("403 without a cause", () => {
  const plain: CallEnd = { code: 403 };
  const stale = (told: Story, times = 1, route = "international") =>
    told.repeats(times, (more) => more.calls(route, ["A", plain], ["B", "answered"]).after(8_000));
  const abroad = (told: Story, times = 1) => passes(told, times, "international");
  /** Every other call abroad is forbidden. */
  const half = (told: Story, times: number) => told.repeats(times, (more) => abroad(stale(more)));
  const sets = (told: Story) => told.sets(["A"]);
  const isOpen = (told: Story) => isCited(told) && !codes(told).includes("call-refused-as-misconfigured");

  test("is no word on the settings where that route takes others between, and another carrier reaches those numbers", () => {
    for (const told of [stale(half(abroad(begun(), 3), 1)), half(abroad(begun(), 3), 5)]) {
      expect(isOpen(told)).toBe(true);
      expectDivided(told);
    }
  });

  test("leads to who screens that route, where all others pass meanwhile", () => {
    const told = half(abroad(begun(), 3), 2).repeats(3, (more) => half(passes(more, 2, "mobile"), 2));
    expect(codes(told)).toContain("calls-forbidden-on-one-route");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
    expectDivided(told);
  });

  test("makes nobody sure of the settings at any moment of such a day", () => {
    const told = half(abroad(begun(), 3), 5);
    for (let end = 1; end <= told.entries.length; end++)
      expect(diagnose(told.entries.slice(0, end)).probabilities["crm-config"]).toBeLessThan(0.8);
  });

  test.each([
    ["all calls of that route are forbidden: a right may be missing", stale(abroad(begun(), 3), 8)],
    ["other routes are forbidden as well: it may be the account's", half(stale(abroad(begun(), 3), 2, "local"), 4)],
    [
      "no other carrier reaches those numbers",
      abroad(begun(), 3).repeats(5, (more) => abroad(more.calls("international", ["A", plain]).after(8_000))),
    ],
    ["the trunk was set otherwise between", stale(abroad(sets(stale(abroad(begun(), 3)))))],
    ["the CRM was started anew between", stale(abroad(stale(abroad(begun(), 3)).boots(2, "passes").after(5_000)))],
    [
      "the very number is dialled again",
      abroad(begun(), 3).repeats(4, (more) => abroad(more.dials("n7", "international", ["A", plain], ["B", "answered"]).after(8_000))),
    ],
  ])("is the settings' as before, where %s", (_, told) => {
    expect(codes(told)).toContain("call-refused-as-misconfigured");
    expect(diagnose(told.entries).leader).toBe("crm-config");
  });
});

describe("what is no sign of it", () => {
  const byCallee: CallEnd = { code: 403, q850: { value: 21, location: "U" } };

  test.each([
    ["one number alone", forbids(begun(), 1)],
    ["one number again and again", begun().repeats(3, (more) => more.dials("n7", "local", ["A", barred], ["B", "answered"]).after(8_000))],
    ["callees who say so themselves", forbids(begun(), 6, "local", byCallee)],
    ["callees who decline (603)", forbids(begun(), 6, "local", { code: 603, q850: { value: 21 } })],
    ["now and then one of many", begun().repeats(3, (more) => passes(forbids(more, 1), 5))],
    ["numbers of which two trunks of one carrier say so", ofOneCarrier()],
  ])("%s", (_, told) => expect(isCited(told)).toBe(false));

  function ofOneCarrier() {
    return wellBegun("A", "A2", "B").repeats(3, (more) => more.calls("local", ["A", barred], ["A2", "answered"]).after(8_000));
  }

  test("what unrelated carriers both forbid is laid on neither of them", () => {
    const told = begun().repeats(6, (more) => more.calls("local", ["A", barred], ["B", barred]).after(8_000));
    expect(diagnose(told.entries).leader).not.toMatch(/^carrier-/);
  });
});
