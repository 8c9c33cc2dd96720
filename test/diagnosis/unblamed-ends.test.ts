/** 404, and answers without a reason: one void number, or a route, a list or a start-up that is broken. */
import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/journal.ts";
import { createCallBook } from "../../src/diagnosis/call-book.ts";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { incidentsOf } from "../../src/diagnosis/incident.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { createUnblamedEnds } from "../../src/diagnosis/unblamed-ends.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const unknown = { code: 404 };
const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);
const incidents = (told: Story) => incidentsOf(told.entries, { calmMs: 10_000 });
/** The agent's list, number by number: `.` is reached, `x` is answered 404, `b` is busy. */
const list = (told: Story, ends: string, from = 100) =>
  [...ends].reduce(
    (so, end, index) =>
      so.dials(`n${from + index}`, "local", ["A", end === "x" ? unknown : end === "b" ? { code: 486 } : "answered"]).after(5_000),
    told,
  );

describe("numbers that are void now and then are no fault", () => {
  test.each(["x", "xxx", "x.x.x.x.x.x.x.x", "xxbxxbxxb", "xxx.xx.xx.x"])("%s", (ends) => {
    const told = list(wellBegun("A", "B"), ends);
    expect(codes(told)).not.toContain("numbers-unknown-on-route");
    expect(incidents(told)).toEqual([]);
  });

  test("nor is a wrong number that somebody dials again and again", () => {
    const told = wellBegun("A", "B").repeats(9, (more) => more.dials("n7", "local", ["A", unknown]));
    expect(codes(told)).not.toContain("numbers-unknown-on-route");
    expect(incidents(told)).toEqual([]);
  });

  test("a recorded voice that says so has been reached", () => {
    const told = wellBegun("A", "B").repeats(6, (more, time) => {
      const of = { callId: `v${time}`, attempt: 1, trunkId: "A", route: "local" };
      const outcome = { class: "callee", retry: "no", vote: "success", retryAfterConcerns: "nobody", row: "sip-404" } as const;
      return more
        .write("call:placed", { callId: of.callId, party: { route: "local", alias: of.callId, tail: "01" } })
        .write("attempt:started", of)
        .write("attempt:progressed", { ...of, answer: { code: 183, said: "peer" }, tookMs: 60 })
        .write("attempt:ended", { ...of, outcome, answer: { code: 404, said: "peer" }, tookMs: 900 });
    });
    expect(incidents(told)).toEqual([]);
  });
});

describe("nearly all numbers of a route that used to be answered", () => {
  const dead = () => list(wellBegun("A", "B"), "xxxx").calls("international", ["A", "answered"]).after(5_000);

  test.each(["xxxx", "xx.xxx", "bxxxx"])("%s open an incident, with all of its calls", (ends) => {
    const told = list(wellBegun("A", "B"), ends);
    expect(incidents(told)).toMatchObject([{ callsAffected: [...ends].filter((end) => end === "x").length }]);
  });

  test("may be the route or the list: neither is named, and one call would tell them apart", () => {
    const verdict = diagnose(dead().entries);
    expect(verdict).toMatchObject({ conclusion: "inconclusive", actor: "nobody", nextTest: { code: "call-same-number-over-other-trunk" } });
    expect(verdict.probabilities["carrier-routing"]).toBeGreaterThan(0.25);
    expect(verdict.probabilities["crm-config"]).toBeGreaterThan(0.25);
  });

  test("the carrier leads once one of them is reached on another carrier", () => {
    const told = dead().dials("n101", "local", ["B", "answered"]);
    expect(diagnose(told.entries)).toMatchObject({ conclusion: "clear", leader: "carrier-routing", trunkId: "A" });
    expect(codes(told)).toContain("same-number-well-on-other-trunk");
  });

  test("so it does, less surely, where the same trunk had reached one of them before", () => {
    const before = wellBegun("A", "B").dials("n101", "local", ["A", "answered"]);
    const told = list(before, "xxxx").calls("international", ["A", "answered"]);
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing" });
    expect(codes(told)).toContain("same-number-well-at-other-time");
  });

  test("the list leads once another carrier does not know one of them either, whatever others it reaches later", () => {
    const told = dead().dials("n101", "local", ["B", unknown]).after(20_000).calls("local", ["B", "answered"]);
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
  });

  test("a start of the CRM that they came with is the first to be asked", () => {
    const started = wellBegun("A", "B").boots(2, "passes", "passes").after(2_000);
    const told = list(started, "xxxx").calls("international", ["A", "answered"]);
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init" });
    const mended = list(told.boots(3, "passes", "passes").after(2_000), "...", 200);
    expect(diagnose(mended.entries)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
  });

  test("calls that get there close it", () => {
    const told = list(dead(), "...", 200).after(60_000).proves("A");
    expect(incidents(told)).toMatchObject([{ callsLost: 4, callsSaved: 0 }]);
    expect(incidents(told)[0]?.closedMs).toBeDefined();
  });

  test("of every route: a setting, not the edge", () => {
    const told = list(wellBegun("A", "B"), "xxxx").repeats(4, (more, time) => more.dials(`i${time}`, "international", ["A", unknown]));
    expect(codes(told)).not.toContain("all-routes-failed-on-trunk");
    expect(diagnose(told.entries).leader).toBe("crm-config");
  });
});

describe("a number that a carrier calls unallocated (Q.850 1)", () => {
  const unallocated = { code: 404, q850: { value: 1 } };
  const denied = (told: Story, count: number) => told.repeats(count, (more, time) => more.dials(`n${time}`, "local", ["A", unallocated]));

  test("is believed, however many there are", () => {
    expect(incidents(denied(wellBegun("A", "B"), 9))).toEqual([]);
  });

  test("is not any more once another carrier's phone rings there: that carrier's numbers are out of date", () => {
    const told = denied(wellBegun("A", "B"), 3).dials("n1", "local", ["B", "answered"]);
    expect(codes(told)).toEqual(expect.arrayContaining(["numbers-unknown-on-route", "same-number-well-on-other-trunk"]));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("is one still where the same trunk reaches it later: its owner has come", () => {
    const told = denied(wellBegun("A", "B"), 1).dials("n0", "local", ["A", "answered"]);
    expect(codes(told)).not.toContain("numbers-unknown-on-route");
  });

  const ofTwoTrunks = (numbers: number, reached: number) =>
    denied(wellBegun("A", "A2", "B"), numbers).repeats(reached, (more, time) => more.dials(`n${time}`, "local", ["A2", "answered"]));

  test("is taken back by its own carrier, once: an owner may have come, and that is nobody's fault", () => {
    const told = ofTwoTrunks(9, 1);
    expect(codes(told)).not.toContain("numbers-unknown-on-route");
    expect(incidents(told)).toEqual([]);
  });

  test("is taken back again and again: the carrier's own routing, or what that trunk asks of it", () => {
    const told = ofTwoTrunks(9, 4);
    expect(incidents(told)).toMatchObject([{ callsAffected: 4, callsLost: 4 }]);
    expect(codes(told)).toEqual(expect.arrayContaining(["numbers-unknown-on-route", "same-number-well-at-other-time"]));
    expect(codes(told)).not.toContain("same-number-well-on-other-trunk");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "likely" });
  });
});

describe("each end is told once", () => {
  const told = (told: Story) => {
    const book = createCallBook();
    const unblamed = createUnblamedEnds(book);
    const read = (entry: Entry) => (book.read(entry), unblamed.read(entry));
    return told.entries.flatMap(read).map(({ callId }) => callId);
  };

  test("by the streak, though another carrier reaches its numbers later", () => {
    const story = list(wellBegun("A", "B"), "xxxx").dials("n101", "local", ["B", "answered"]);
    expect(told(story)).toEqual([...new Set(told(story))]);
    expect(told(story)).toHaveLength(4);
  });

  test("by another carrier that reached it, though a streak follows", () => {
    const story = list(list(wellBegun("A", "B"), "xx").dials("n101", "local", ["B", "answered"]), "xx", 200);
    expect(told(story)).toEqual([...new Set(told(story))]);
    expect(told(story)).toHaveLength(4);
  });

  test("so an incident that was over is not opened again by what it counted", () => {
    const mended = list(list(wellBegun("A", "B"), "xxxx"), "....", 200).after(60_000);
    const [incident] = incidents(mended.dials("n101", "local", ["B", "answered"]));
    expect(incident).toMatchObject({ callsLost: 4 });
    expect(incident).not.toHaveProperty("reopened");
  });
});

describe("an answer that says nothing of why", () => {
  const refusals = [{ code: 408 }, { code: 480, q850: { value: 31 } }, { code: 500, q850: { value: 127 } }, { code: 485 }];

  test.each(refusals)("is nobody's fault now and then: $code", (answer) => {
    const told = wellBegun("A", "B").repeats(6, (more, time) => more.calls("local", ["A", time % 2 === 0 ? answer : "answered"]));
    expect(incidents(told)).toEqual([]);
  });

  test.each(refusals)("is the carrier's where number after number gets it, and goes through elsewhere: $code", (answer) => {
    const told = wellBegun("A", "B").repeats(5, (more) => more.calls("local", ["A", answer], ["B", "answered"]).after(5_000));
    expect(codes(told)).toContain("refusals-without-reason");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  const failsOfItself = { code: 500, q850: { value: 127 } };
  const refuted = (told: Story, times: number, answer: typeof failsOfItself | { code: number } = failsOfItself) =>
    told.repeats(times, (more) => more.calls("local", ["A", answer], ["B", "answered"]).after(5_000));

  test("is the carrier's at the second number at which another gets through, where it says that it failed itself", () => {
    const told = refuted(wellBegun("A", "B"), 2);
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
    expect(incidents(told)).toMatchObject([{ callsAffected: 2, verdict: { leader: "carrier-routing" } }]);
  });

  const asksLater = (told: Story, answer: CallEnd, waitMs: number) =>
    told.repeats(2, (more, time) =>
      more
        .dials(`n${time}`, "local", ["A", answer])
        .after(5_000)
        .calls("mobile", ["B", "answered"])
        .after(waitMs)
        .dials(`n${time}`, "local", ["B", "answered"]),
    );

  test("so it is where the agent calls those numbers over another carrier himself, soon after", () => {
    expect(codes(asksLater(wellBegun("A", "B"), failsOfItself, 20_000))).toContain("refusals-without-reason");
    expect(codes(asksLater(wellBegun("A", "B"), failsOfItself, 15 * 60_000))).not.toContain("refusals-without-reason");
  });

  test("so it is for one call in two, at the third, and where no other carrier was asked for each", () => {
    const halves = (times: number) =>
      wellBegun("A", "B").repeats(times, (more) => refuted(more, 1).calls("local", ["A", "answered"]).after(5_000));
    expect(codes(halves(2))).not.toContain("refusals-without-reason");
    expect(codes(halves(3))).toContain("refusals-without-reason");
    const oneOfThree = refuted(
      wellBegun("A", "B").repeats(2, (more) => more.calls("local", ["A", failsOfItself]).after(5_000)),
      1,
    );
    expect(codes(oneOfThree)).toContain("refusals-without-reason");
  });

  test("a voice that the other carrier lets be heard, and then fails alike, is no control", () => {
    const told = wellBegun("A", "B").repeats(3, (more) =>
      more.calls("local", ["A", failsOfItself], ["B", { ...failsOfItself, after: 183 }]).after(5_000),
    );
    expect(codes(told)).not.toContain("refusals-without-reason");
  });

  test.each([{ code: 404 }, { code: 486 }] as const)("nor is what was announced as $code, whoever reaches it", (answer) => {
    expect(codes(asksLater(wellBegun("A", "B"), { ...answer, after: 183 }, 20_000))).not.toContain("refusals-without-reason");
  });

  test.each([
    ["one number alone", refuted(wellBegun("A", "B"), 1)],
    ["two with one that it carried between", refuted(refuted(wellBegun("A", "B"), 1).calls("local", ["A", "answered"]), 1)],
    ["answers that may be about what was asked for", refuted(wellBegun("A", "B"), 2, { code: 485 })],
    [
      "the same number twice",
      wellBegun("A", "B").repeats(2, (more) => more.dials("n7", "local", ["A", failsOfItself], ["B", "answered"]).after(5_000)),
    ],
    ["numbers that nobody else was asked for", wellBegun("A", "B").repeats(2, (more) => more.calls("local", ["A", failsOfItself]))],
  ])("not so %s", (_, told) => {
    expect(codes(told)).not.toContain("refusals-without-reason");
  });

  test("a call that two carriers refused and a third placed was saved, and not lost as well", () => {
    const told = wellBegun("A", "B", "C").repeats(4, (more) =>
      more.calls("local", ["A", { code: 408 }], ["B", { code: 408 }], ["C", "answered"]).after(5_000),
    );
    expect(incidents(told)).toMatchObject([{ callsSaved: 4, callsLost: 0 }]);
  });

  test("is laid on no carrier where all of them give it", () => {
    const told = wellBegun("A", "B").repeats(5, (more) => more.calls("local", ["A", { code: 485 }], ["B", { code: 485 }]).after(5_000));
    expect(diagnose(told.entries).leader).not.toMatch(/^carrier-/);
  });
});

describe("numbers that one carrier calls changed", () => {
  const changed = { code: 410, q850: { value: 22 } } as const;
  const asks = (told: Story) => told.repeats(3, (more, time) => more.dials(`changed${time}`, "mobile", ["A", changed]).after(20_000));

  test("are the carrier's own error where another carrier reaches one of them", () => {
    const told = asks(wellBegun("A", "B")).dials("changed0", "mobile", ["B", "answered"]);
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("are their owners' doing as long as nobody reaches them", () => {
    expect(codes(asks(wellBegun("A", "B")))).not.toContain("numbers-unknown-on-route");
  });
});
