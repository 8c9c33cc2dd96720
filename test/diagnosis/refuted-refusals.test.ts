/** Refusals that say that what was sent is wrong: ours, as long as no control says otherwise. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);
const sets = (told: Story) => told.sets(["A"]);
const begun = () => wellBegun("A", "B", "A2").calls("mobile", ["A", "answered"]).after(8_000);

describe("a word on the call itself", () => {
  const words: readonly (readonly [string, CallEnd])[] = [
    ["484 without a cause", { code: 484 }],
    ["404 with Q.850 28", { code: 404, q850: { value: 28, location: "LN" } }],
    ["603+", { code: 603, q850: { value: 21, location: "LN" }, blockedByNetwork: true } as CallEnd],
    ["608", { code: 608 }],
  ];
  const refuses = (told: Story, end: CallEnd, times = 3) =>
    told.repeats(times, (more, time) => more.dials(`r${time}`, "mobile", ["A", end]).after(8_000));
  const compares = (told: Story) => told.dials("r1", "mobile", ["B", "answered"]).after(8_000);

  test.each(words)("is the carrier's who took others with the same settings, where another reaches that number: %s", (_, end) => {
    const told = compares(refuses(begun(), end));
    expect(codes(told)).not.toContain("call-refused-as-misconfigured");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
  });

  test.each(words)("again and again makes nobody sure until then: %s", (_, end) => {
    const { leader, conclusion, probabilities } = diagnose(refuses(begun(), end, 8).entries);
    expect(leader).toBe("crm-config");
    expect(conclusion).not.toBe("clear");
    expect(probabilities["crm-config"]).toBeLessThan(0.8);
  });

  test.each(words)("is the settings' as before, where they were changed, or a start came, before it: %s", (_, end) => {
    for (const changed of [sets(begun()), begun().boots(2, "passes")]) {
      const told = compares(refuses(changed, end));
      expect(codes(told)).toContain("call-refused-as-misconfigured");
      expect(diagnose(told.entries).leader).toMatch(/^crm-/);
    }
  });

  test("is the list's where the other carrier does not take that number either", () => {
    const told = refuses(begun(), { code: 484 })
      .dials("r1", "mobile", ["B", { code: 484 }])
      .after(8_000);
    expect(diagnose(told.entries).leader).toBe("crm-config");
  });

  test("is not refuted by the same carrier's other trunk", () => {
    const told = refuses(begun(), { code: 484 }).dials("r1", "mobile", ["A2", "answered"]);
    expect(diagnose(told.entries).leader).not.toMatch(/^carrier-/);
  });

  test("a word on what the account may do stays the settings', whoever reaches the number", () => {
    for (const code of [403, 484]) {
      const told = compares(refuses(begun(), { code, q850: { value: 57 } }));
      expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
    }
  });
});

describe("a callee's own side that takes no such call (Q.850 88)", () => {
  const fax: CallEnd = { code: 503, q850: { value: 88, location: "U" } };
  const list = (told: Story, end: CallEnd = fax) =>
    told.repeats(3, (more) => more.calls("mobile", ["A", end]).after(6_000).calls("mobile", ["B", end]).after(6_000));

  test("is its own affair, while others are reached with the same settings", () => {
    const both = begun().calls("mobile", ["B", "answered"]).after(8_000);
    expect(diagnose(list(both).entries)).toMatchObject({ leader: "remote-party", actor: "nobody" });
  });

  test("is the settings' where nobody was reached since they were changed, or where a network says it", () => {
    expect(diagnose(list(begun().boots(2, "passes")).entries).leader).toBe("crm-config");
    expect(diagnose(list(begun(), { code: 503, q850: { value: 88, location: "LN" } }).entries).leader).toBe("crm-config");
  });
});

describe("an offer that is not taken (488, 606, Q.850 65)", () => {
  const words: readonly CallEnd[] = [{ code: 488 }, { code: 606 }, { code: 503, q850: { value: 65, location: "LN" } }];
  const refuses = (told: Story, end: CallEnd, route = "mobile") => told.repeats(4, (more) => more.calls(route, ["A", end]).after(8_000));
  const others = (told: Story) => told.repeats(2, (more) => more.calls("local", ["A", "answered"]).after(8_000));

  test.each(words)("by one route that took it before, while others of the trunk take it, is that route's: %j", (end) => {
    const told = others(refuses(begun(), end));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
    expect(codes(others(refuses(begun().boots(2, "passes"), end)))).not.toContain("call-refused-as-misconfigured");
  });

  test.each<readonly [string, (end: CallEnd) => Story]>([
    ["that never took it", (end) => others(refuses(begun(), end, "premium"))],
    ["and by another as well", (end) => others(refuses(refuses(begun(), end), end, "international"))],
    ["that took it until the trunk was set otherwise", (end) => others(refuses(sets(begun()), end))],
    ["while nothing else was called", (end) => refuses(begun(), end)],
  ])("by one route %s is no word on that route", (_, tell) => {
    for (const end of words) expect(diagnose(tell(end).entries).leader).toBe("crm-config");
  });
});

describe("a refusal that comes and goes on one route by itself", () => {
  const barred: CallEnd = { code: 403, q850: { value: 52, location: "TN" } };
  const stretch = (told: Story, from: number, end: CallEnd | "answered", route = "mobile") =>
    told.repeats(3, (more, time) => more.dials(`n${from + time}`, route, ["A", end]).after(8_000));
  const passes = (told: Story, from: number, route = "mobile") => stretch(told, from, "answered", route);
  const twice = (told: Story, route = "mobile") =>
    passes(stretch(passes(stretch(passes(told, 10, route), 20, barred, route), 30, route), 40, barred, route), 50, route);
  const compares = (told: Story) => told.dials("n41", "mobile", ["B", "answered"]).after(8_000);
  const elsewhere = (told: Story) => passes(told, 60, "local");

  test("again, with nothing changed, while the other routes pass and another carrier reaches those numbers, is the carrier's", () => {
    const told = elsewhere(compares(twice(begun())));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
  });

  test.each<readonly [string, Story]>([
    ["once", elsewhere(compares(passes(stretch(passes(begun(), 10), 40, barred), 50)))],
    ["where no other carrier was asked", elsewhere(twice(begun()))],
    ["where other routes are refused as well", elsewhere(compares(twice(stretch(begun(), 1, barred, "local"))))],
    ["where nothing else was called", compares(twice(begun()))],
  ])("is not laid on the carrier %s", (_, told) => {
    const { probabilities } = diagnose(told.entries);
    expect(codes(told)).toContain("call-refused-as-misconfigured");
    expect(probabilities["carrier-routing"]).toBeLessThan(0.5);
  });
});

describe("a circle that all carriers meet with a number", () => {
  const circle: CallEnd = { code: 483, q850: { value: 25, location: "RPN" } };
  const company = (told: Story, route = "mobile") =>
    told.repeats(3, (more) => more.calls(route, ["A", circle], ["B", circle]).after(6_000));

  test("is made by who forwards it, where others are reached on that route", () => {
    expect(diagnose(company(begun()).calls("mobile", ["A", "answered"]).entries)).toMatchObject({ leader: "remote-party" });
  });

  test("is not known to be, where nobody is reached there", () => {
    expect(diagnose(company(begun(), "premium").entries).leader).not.toBe("remote-party");
  });

  test("is the carrier's whose calls alone go round", () => {
    const told = begun().repeats(3, (more) => more.calls("mobile", ["A", circle], ["B", "answered"]).after(6_000));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing" });
  });
});

describe("an account that the registrar refuses", () => {
  const refuses = (told: Story, code = 403) =>
    told
      .write("registration:changed", { trunkId: "A", from: "refreshing", to: "refused", answer: { code, said: "peer" }, tookMs: 50 })
      .after(20_000);
  const binds = (told: Story) =>
    told
      .write("registration:changed", {
        trunkId: "A",
        from: "registering",
        to: "registered",
        answer: { code: 200, said: "peer" },
        tookMs: 50,
        expiresS: 60,
      })
      .after(20_000);

  test("and takes by turns, with nothing changed, is known to some of its servers only", () => {
    const told = refuses(binds(refuses(binds(refuses(begun(), 404)), 404)), 404);
    expect(codes(told)).toContain("registered-account-refused");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });

  test("for want of the user, whom it knows again a moment later, is none of ours: the first time already", () => {
    const told = binds(refuses(binds(begun()), 404)).calls("mobile", ["A", { code: 500 }]);
    expect(codes(told)).toContain("registered-account-refused");
    expect(codes(told)).not.toContain("credentials-refused");
  });

  test("and takes by turns may be of tokens, of which each runs out", () => {
    expect(codes(refuses(binds(refuses(binds(refuses(begun()))))))).not.toContain("registered-account-refused");
  });

  test("and takes a moment later may have been given other credentials; or somebody made the user anew", () => {
    expect(codes(binds(refuses(binds(begun()))))).not.toContain("registered-account-refused");
    expect(codes(binds(refuses(binds(begun()), 404).after(60_000)))).not.toContain("registered-account-refused");
    expect(codes(binds(sets(refuses(binds(begun()), 404))))).not.toContain("registered-account-refused");
  });

  test("is wrong, where it stays refused; or is taken once it was set right, and wrong again since another change", () => {
    expect(diagnose(refuses(refuses(refuses(begun()))).entries)).toMatchObject({ leader: "crm-config" });
    const changed = refuses(sets(binds(sets(refuses(begun(), 404)))), 404);
    expect(codes(changed)).not.toContain("registered-account-refused");
    expect(diagnose(changed.entries)).toMatchObject({ leader: "crm-config" });
  });

  test("and whose calls it refuses by the same word was refused once, and not twice over", () => {
    const told = refuses(
      begun()
        .calls("mobile", ["A", { code: 403 }])
        .after(6_000),
    );
    expect(codes(told)).not.toContain("call-refused-as-misconfigured");
    expect(diagnose(told.entries).probabilities["crm-config"]).toBeLessThan(0.8);
  });
});

describe("refusals that come with a start of the CRM", () => {
  const forbidden: CallEnd = { code: 403 };
  const calls = (told: Story, end: CallEnd, times = 3) => told.repeats(times, (more) => more.calls("mobile", ["A", end]).after(8_000));

  test("and go with the next one, again and again, are the start's", () => {
    let told = wellBegun("A");
    for (let run = 2; run < 6; run += 2) {
      told = calls(calls(told, "answered").boots(run, "passes"), forbidden);
      told = calls(told.boots(run + 1, "passes"), "answered");
    }
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init" });
  });

  test("are the settings' where the trunk was set otherwise with them, or they come and go with none", () => {
    const set = calls(sets(calls(calls(sets(calls(wellBegun("A"), "answered")), forbidden).boots(2, "passes"), forbidden)), "answered");
    expect(diagnose(set.entries)).toMatchObject({ leader: "crm-config" });
    const alone = calls(calls(calls(wellBegun("A"), "answered"), forbidden), "answered");
    expect(diagnose(alone.entries)).toMatchObject({ leader: "crm-config" });
  });
});

describe("what each start breaks, and what comes back by itself each time", () => {
  const calls = (told: Story, end: CallEnd) => told.repeats(2, (more) => more.calls("mobile", ["A", end]).after(8_000));
  const breaks = (times: number, isMendedByStart: boolean) => {
    let told = wellBegun("A", "B");
    let run = 1;
    for (let time = 0; time < times; time++) {
      told = calls(calls(told, "answered").boots(++run, "passes"), { code: 503 });
      told = calls(isMendedByStart ? told.boots(++run, "passes") : told, "answered");
    }
    return told;
  };
  const brokenIn = (told: Story) => evidenceOf(observe(told.entries)).find(({ code }) => code === "broken-by-start");

  test("is not the surer the more starts it meets, but where another start mends it", () => {
    expect(brokenIn(breaks(3, false))).toMatchObject({ count: 1 });
    expect(brokenIn(breaks(3, true))).toMatchObject({ count: 3 });
  });
});
