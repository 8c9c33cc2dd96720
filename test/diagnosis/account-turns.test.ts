/** An account that a carrier takes and refuses by turns: its own doing, or a token's, a start's or a setting's. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { story, wellBegun, type CallEnd, type Story } from "./story.ts";

const begun = () => wellBegun("A", "B").after(10_000);
const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);
const starts = (told: Story, run: number) => told.boots(run, "passes").after(5_000);
const sets = (told: Story) => told.sets(["A"]).after(5_000);

/** The server closes the socket of its own will, and takes the account anew. */
const saysGoodbye = (told: Story, code = 1001, ...ids: string[]) => {
  for (const id of ids) told.loses(id, { wasOpen: true, code, clean: true });
  return told.connects(...ids).after(2_000);
};

describe("a registrar that refuses the account", () => {
  const refuses = (told: Story, ...ids: string[]) => {
    for (const trunkId of ids)
      told.write("registration:changed", {
        trunkId,
        from: "refreshing",
        to: "refused",
        answer: { code: 401, said: "peer", askedAgain: "registrars-account" },
        tookMs: 50,
      });
    return told.after(90_000);
  };
  const takes = (told: Story, ...ids: string[]) => {
    for (const trunkId of ids)
      told.write("registration:changed", {
        trunkId,
        from: "registering",
        to: "registered",
        answer: { code: 200, said: "peer" },
        tookMs: 50,
        expiresS: 60,
      });
    return told.after(150_000);
  };
  const returns = (told: Story) => saysGoodbye(told, 1012, "A").after(150_000);
  const twice = (between: (told: Story, time: number) => Story) =>
    begun().repeats(2, (told, time) => returns(between(refuses(told, "A"), time)));

  test("and takes it again twice over, when its edge comes back and nothing is changed here, is itself at fault", () => {
    const told = twice((same) => same);
    expect(codes(told)).not.toContain("credentials-refused");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });

  test("is so where a start falls on one of the turns, and not where starts fall on more", () => {
    const atOne = twice((told, time) => (time === 0 ? starts(told, 2) : told));
    expect(codes(atOne)).not.toContain("credentials-refused");
    expect(diagnose(atOne.entries)).toMatchObject({ leader: "carrier-signalling" });
    expect(codes(twice((told, time) => starts(told, time + 2)))).not.toContain("registered-account-refused");
  });

  test("is not where the trunk was set otherwise each time", () => {
    expect(codes(twice(sets))).not.toContain("registered-account-refused");
  });

  test("is not where it takes the account again with no goodbye: each time a token may have run out", () => {
    expect(codes(begun().repeats(2, (told) => takes(refuses(told, "A"), "A")))).not.toContain("registered-account-refused");
  });

  test("is not where another carrier's does the same: tokens of one store run out on each", () => {
    const told = begun().repeats(2, (more) => takes(returns(refuses(more, "A", "B")), "B"));
    expect(codes(told)).not.toContain("registered-account-refused");
  });

  test("may have been right, once", () => {
    const told = takes(refuses(begun(), "A"), "A");
    expect(codes(told)).not.toContain("registered-account-refused");
    expect(diagnose(refuses(told, "A").entries)).toMatchObject({ leader: "crm-config" });
  });

  test("leaves it open the second time, where the first was over when the edge had said goodbye", () => {
    const once = saysGoodbye(refuses(begun(), "A"), 1012, "A").after(150_000);
    expect(codes(once)).not.toContain("registered-account-refused");
    expect(codes(refuses(once, "A"))).toEqual(expect.arrayContaining(["registered-account-refused", "credentials-refused"]));
  });
});

describe("calls to which an edge is a stranger after its goodbye", () => {
  const ends: readonly CallEnd[] = [{ code: 403 }, { code: 404 }, { code: 407, askedAgain: "other-realm" }];
  const calls = (told: Story, end: CallEnd, times = 3) =>
    told.repeats(times, (more) =>
      (end === "answered" ? more.calls("mobile", ["A", end]) : more.calls("mobile", ["A", end], ["B", "answered"])).after(15_000),
    );
  const forgets = (told: Story, end: CallEnd, ...ids: string[]) =>
    calls(calls(saysGoodbye(calls(told, "answered"), 1001, ...ids), end), "answered");

  test.each(ends)("are refused by the carrier's own doing: %j", (end) => {
    expect(diagnose(forgets(begun(), end, "A").entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });

  test("are so at a start as well, where no start had come between once", () => {
    const first = forgets(begun(), { code: 403 }, "A");
    const told = calls(saysGoodbye(starts(first, 2), 1001, "A"), { code: 403 }, 1);
    expect(codes(told)).not.toContain("call-refused-as-misconfigured");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling" });
  });

  test("may not be the carrier's where a start came between each time, or the trunk was set otherwise", () => {
    const between = (change: (told: Story) => Story) => calls(saysGoodbye(change(calls(begun(), "answered")), 1001, "A"), { code: 403 });
    expect(codes(between((told) => starts(told, 2)))).not.toContain("registered-account-refused");
    expect(codes(between(sets))).not.toContain("registered-account-refused");
  });

  test("may not be the carrier's where the socket was merely lost, or no call was carried before", () => {
    const lost = calls(calls(begun(), "answered").loses("A").connects("A").after(2_000), { code: 403 });
    expect(codes(lost)).not.toContain("registered-account-refused");
    const fresh = story("A", "B").boots(1, "passes").connects("A", "B").after(10_000);
    expect(codes(calls(saysGoodbye(fresh, 1001, "A"), { code: 403 }))).not.toContain("registered-account-refused");
  });

  test("may not be the carrier's where another one's sockets were closed with its own", () => {
    expect(codes(forgets(begun(), { code: 403 }, "A", "B"))).not.toContain("registered-account-refused");
  });

  test("may not be the carrier's where others are carried first: what comes and goes is what the account may do", () => {
    const told = calls(calls(saysGoodbye(calls(begun(), "answered"), 1001, "A"), "answered", 1), { code: 403 });
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
  });

  test("say nothing of the account where only one was refused: it may be about its number", () => {
    expect(codes(calls(saysGoodbye(calls(begun(), "answered"), 1001, "A"), { code: 403 }, 1))).not.toContain("registered-account-refused");
  });
});
