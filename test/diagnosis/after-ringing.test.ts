/** The network's own word on a call for which a phone had been said to ring, or a voice was heard. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { incidentsOf } from "../../src/diagnosis/incident.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import type { CauseLocation } from "../../src/ports/sip-answer.ts";
import { cancelledOutcome } from "../../src/outcome.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);
const ofNetwork = ["route-refused-by-carrier", "invite-refused-by-edge", "call-failed-after-ringing", "refusals-without-reason"];
const named = (told: Story) => codes(told).filter((code) => ofNetwork.includes(code));

type Answer = Exclude<CallEnd, string>;
const cause = (value: number, location?: CauseLocation, code = 503): Answer => ({ code, q850: { value, ...(location && { location }) } });
const heard = [180, 183] as const;
/** `times` customers in a row, each on A and then on B, which reaches them. */
const list = (times: number, answer: Answer, from = wellBegun("A", "B")) =>
  from.repeats(times, (more) => more.calls("local", ["A", answer], ["B", "answered"]).after(20_000));

describe.each(heard)("after %i", (after) => {
  const routes = [
    ...[34, 38, 41, 42, 44, 47, 58].map((value) => cause(value, "TN")),
    ...[cause(3, "LN", 404), cause(2, "TN", 404), cause(25, "LN", 483), cause(34), cause(38, undefined, 480)],
  ];
  test.each(routes)("a cause of the network's for one number after the other is the route's: $q850", (answer) => {
    const told = list(3, { ...answer, after });
    expect(named(told)).toEqual(["route-refused-by-carrier"]);
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("a plain 5xx of one number after the other is the carrier's", () => {
    const told = list(3, { code: 500, after });
    expect(named(told)).toEqual(["invite-refused-by-edge"]);
    expect(diagnose(told.entries).leader).toMatch(/^carrier-/);
  });

  test.each([cause(63), cause(127, "INTL", 500), cause(102, "TN", 504), { code: 504 }, cause(27, "TN", 502)])(
    "an answer that says nothing of why takes as many numbers as without: $code $q850",
    (answer) => {
      const alone = (times: number) =>
        wellBegun("A", "B").repeats(times, (more) => more.calls("local", ["A", { ...answer, after }]).after(20_000));
      for (const [told, enough] of [[alone, 4] as const, [(times: number) => list(times, { ...answer, after }), 2] as const]) {
        expect(named(told(enough - 1))).toEqual([]);
        expect(named(told(enough))).toEqual(["refusals-without-reason"]);
        expect(diagnose(told(enough).entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
      }
    },
  );

  test("so it does where the agent asks another carrier himself, for part of the calls", () => {
    const interworking = { ...cause(127, "TN", 500), after };
    const told = wellBegun("A", "B").repeats(3, (more, time) =>
      more
        .dials(`n${time}`, "local", ["A", interworking])
        .after(4_000)
        .dials(`n${time}`, "local", ["B", "answered"])
        .after(4_000)
        .calls("local", ["A", "answered"]),
    );
    expect(named(told)).toEqual(["refusals-without-reason"]);
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  const callees = [
    ...[cause(16, "TN", 480), cause(17, "TN", 486), cause(18, "TN", 408), cause(19, "TN", 480), cause(20, "RLN", 480)],
    ...[cause(21, "TN", 403), cause(22, "TN", 410), cause(28, "LN", 484), cause(31, "TN", 480), cause(1, "LN", 404), cause(27, "RPN", 502)],
    ...[cause(34, "RPN"), cause(38, "U"), cause(127, "U", 500), { code: 408 }, { code: 480 }, { code: 603 }, { code: 404 }],
  ];
  test.each(callees)("what the callee's side says, or a customer who is not there, is nobody's fault: $code $q850", (answer) => {
    expect(named(list(6, { ...answer, after }))).toEqual([]);
  });

  test("all routes of a trunk are its edge's", () => {
    const told = wellBegun("A", "B").repeats(4, (more, time) =>
      more.calls(time % 2 ? "local" : "mobile", ["A", { code: 503, after }], ["B", "answered"]).after(5_000),
    );
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });

  test("calls that no carrier places are laid on none of them", () => {
    const broken = { code: 500, after };
    const told = wellBegun("A", "B").repeats(4, (more) => more.calls("local", ["A", broken], ["B", broken]).after(5_000));
    expect(diagnose(told.entries).leader).not.toMatch(/^carrier-/);
  });

  test("a service that the network denies the account is a setting", () => {
    expect(codes(list(2, { ...cause(57, "LN", 403), after }))).toContain("call-refused-as-misconfigured");
    expect(codes(list(2, { ...cause(65, "RPN", 488), after }))).not.toContain("call-refused-as-misconfigured");
  });
});

describe("one number alone", () => {
  const redials = (answer: Answer) => wellBegun("A").repeats(5, (more) => more.dials("n9", "local", ["A", answer]).after(20_000));

  test("that rings, and is then ended by the network, may be its owner's exchange: little is known", () => {
    const told = redials({ ...cause(34, "TN"), after: 180 });
    expect(named(told)).toEqual(["call-failed-after-ringing"]);
    expect(diagnose(told.entries).conclusion).toBe("inconclusive");
  });

  test("is refused by the network like any other where only a voice was heard", () => {
    expect(named(redials({ ...cause(34, "TN"), after: 183 }))).toEqual(["route-refused-by-carrier"]);
  });

  test("is one of the route's once another fares alike, though that rang for nobody", () => {
    const told = redials({ ...cause(34, "TN"), after: 180 }).calls("local", ["A", cause(34, "TN")]);
    expect(named(told)).toEqual(["route-refused-by-carrier"]);
  });
});

describe("lines that are out of order", () => {
  const out = (location: "U" | "RPN" | "TN", times = 3, begun = wellBegun("A", "B")) => {
    const answer = cause(27, location, 502);
    return begun.repeats(times, (more) => more.calls("local", ["A", answer], ["B", answer]).after(5_000));
  };

  test.each(["U", "RPN"] as const)("as their own side says (%s), whoever carries it, are nobody's to mend", (location) => {
    const verdict = diagnose(out(location).entries, { isDegraded: true });
    expect(verdict).toMatchObject({ conclusion: "clear", leader: "remote-party", actor: "nobody" });
    expect(verdict.reasonsFor).toMatchObject([{ code: "callee-refused", params: { calls: 3 } }]);
  });

  test("are so at the first of them, whatever others were reached: carriers that share nothing agree", () => {
    const busy = wellBegun("A", "B").repeats(9, (more) => more.calls("local", ["A", "answered"]).after(5_000));
    const told = out("U", 1, busy);
    expect(incidentsOf(told.entries)).toMatchObject([{ verdict: { conclusion: "clear", leader: "remote-party" } }]);
    const byOne = busy.calls("local", ["A", cause(27, "U", 502)]);
    expect(diagnose(byOne.entries, { isDegraded: true }).reasonsFor).not.toMatchObject([{ params: { calls: 2 } }]);
  });

  test("are not so by a network's word", () => {
    expect(diagnose(out("TN").entries, { isDegraded: true }).leader).not.toBe("remote-party");
  });
});

test("phones that ring, and answer, speak for the route; a ringing that the network takes back does not", () => {
  const pretends = { ...cause(127, "TN", 500), after: 180 } as const;
  const mixed = wellBegun("A", "B").repeats(8, (more, time) => more.calls("local", ["A", time % 2 ? "answered" : pretends]).after(5_000));
  expect(named(mixed)).toEqual([]);
  expect(incidentsOf(mixed.entries)).toEqual([]);
  const told = list(4, pretends);
  expect(incidentsOf(told.entries)).toMatchObject([{ callsSaved: 4, callsLost: 0 }]);
});

describe("an agent who hangs up", () => {
  const hangsUp = (answer: Answer) =>
    wellBegun("A", "B").repeats(3, (more, time) => {
      const of = { callId: `h${time}`, attempt: 1, trunkId: "A", route: "local" };
      return more
        .write("call:placed", { callId: of.callId, party: { route: "local", alias: of.callId, tail: "01" } })
        .write("attempt:started", of)
        .write("attempt:progressed", { ...of, answer: { code: 180, said: "peer" }, tookMs: 60 })
        .write("attempt:abandoned", { ...of, because: "hung-up" })
        .write("attempt:ended", { ...of, outcome: cancelledOutcome, answer: { ...answer, said: "peer" }, tookMs: 900 })
        .after(5_000);
    });

  test("hears the network's cause all the same, where it crosses the CANCEL", () => {
    expect(named(hangsUp(cause(38, "TN")))).toEqual(["route-refused-by-carrier"]);
  });

  test.each([cause(38, "TN", 487), cause(17, "TN", 486), { code: 487 }, { code: 503 }])(
    "is answered for it, or told of the callee: no fault: $code",
    (answer) => expect(named(hangsUp(answer))).toEqual([]),
  );
});

describe("lines that are all taken", () => {
  const taken = (location: CauseLocation, times = 4, begun = wellBegun("A", "B")) =>
    begun.repeats(times, (more) => more.dials("m1", "local", ["A", cause(34, location, 486)]).after(20_000));

  test.each(["U", "RPN"] as const)("as their own side says (%s), are no fault: no incident, and nobody's to mend", (location) => {
    const told = taken(location);
    expect(incidentsOf(told.entries)).toEqual([]);
    expect(diagnose(told.entries, { isDegraded: true })).toMatchObject({ conclusion: "clear", leader: "remote-party" });
  });

  test.each(["LN", "TN", "RLN"] as const)("as a network says (%s), are its own", (location) => {
    const told = taken(location);
    expect(incidentsOf(told.entries)).toHaveLength(1);
    expect(named(told)).toEqual(["route-refused-by-carrier"]);
  });

  test("where the line went on over another carrier, are told as the callee's", () => {
    const answer = cause(34, "RPN");
    const told = wellBegun("A", "B").repeats(2, (more) => more.dials("m1", "local", ["A", answer], ["B", answer]).after(20_000));
    expect(incidentsOf(told.entries)).toMatchObject([{ verdict: { conclusion: "clear", leader: "remote-party" } }]);
  });

  test("acquit no carrier of what its own network says of others", () => {
    const told = taken("RPN", 3).repeats(3, (more) => more.calls("mobile", ["A", cause(34, "TN")], ["B", "answered"]).after(8_000));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A", conclusion: "clear" });
  });
});
