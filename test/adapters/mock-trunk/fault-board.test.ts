/** Which messages a fault hits, for how long; and faults that are no faults. */
import { describe, expect, test } from "vitest";
import { type AnswerHabit, createMockTrunk, type Fault, type MockTrunkOptions, type Phone } from "../../../adapters/mock-trunk/index.ts";
import { bench, number } from "./bench.ts";

describe("a fault", () => {
  test("hits from the next message on, until it is cleared", () => {
    const { client, trunk } = bench();
    const ask = () => client.codes(client.options());
    expect(ask()).toEqual([200]);
    const clear = trunk.fault({ kind: "silence", methods: ["OPTIONS"] });
    expect([ask(), ask()]).toEqual([[], []]);
    clear();
    clear();
    expect(ask()).toEqual([200]);
  });

  test("of two the later counts; cleared, the earlier is back; clearFaults() mends all", () => {
    const { client, trunk } = bench();
    const ask = () => client.codes(client.options());
    trunk.fault({ kind: "reject", code: 500 });
    const clear = trunk.fault({ kind: "reject", code: 503 });
    expect(ask()).toEqual([503]);
    clear();
    expect(ask()).toEqual([500]);
    trunk.clearFaults();
    expect(ask()).toEqual([200]);
  });

  test("is over after so many hits", () => {
    const { client, trunk } = bench();
    trunk.fault({ kind: "reject", code: 500, times: 2 });
    expect([1, 2, 3].map(() => client.codes(client.options())[0])).toEqual([500, 500, 200]);
  });

  test("cannot be changed after it was given", () => {
    const { client, trunk } = bench();
    const fault: { kind: "reject"; code: number } = { kind: "reject", code: 500 };
    trunk.fault(fault);
    fault.code = 404;
    expect(client.codes(client.options())).toEqual([500]);
  });

  test("with a prefix follows the call: its CANCEL, ACK and BYE are of that number", () => {
    const { client, trunk, clock } = bench();
    const invite = client.invite(number);
    clock.advance(100);
    client.ack(invite);
    trunk.fault({ kind: "silence", prefix: "+21671" });
    expect([client.within("BYE", invite), client.options(), client.register()].map((request) => client.codes(request))).toEqual([
      [],
      [200],
      [200],
    ]);
    trunk.clearFaults();
    trunk.fault({ kind: "silence", prefix: "+33" });
    expect(client.codes(client.within("BYE", invite, 3))).toEqual([200]);
  });
});

describe("a brown-out", () => {
  /** Codes of 400 calls under a fault that hits 30 % of them. */
  function browned(options: Partial<MockTrunkOptions>): (number | undefined)[] {
    const { client, trunk } = bench(options);
    trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503, share: 0.3 });
    return Array.from({ length: 400 }, () => client.codes(client.invite(number))[0]);
  }

  test("hits its share of calls, the same for the same seed", () => {
    const codes = browned({ seed: 7 });
    expect(codes.filter((code) => code === 503).length / codes.length).toBeCloseTo(0.3, 1);
    expect(browned({ seed: 7 })).toEqual(codes);
    expect(browned({ seed: 8 })).not.toEqual(codes);
  });

  test("draws with the random numbers that it is given, once for each call", () => {
    const draws = [0.1, 0.9];
    const { client, trunk } = bench({ random: () => draws.shift() ?? 1, users: { agent7: "secret" } });
    trunk.fault({ kind: "silence", methods: ["INVITE"], share: 0.3 });
    const swallowed = client.invite(number);
    const challenged = client.invite(number);
    const authorized = client.authorize(challenged, client.last, "secret");
    expect([swallowed, challenged, authorized].map((request) => client.codes(request))).toEqual([[], [407], [100]]);
    expect(draws).toEqual([]);
  });
});

describe("what is no fault is refused, and the field named", () => {
  test.each<[unknown, RegExp]>([
    [undefined, /fault\.kind undefined is not known; there are: silence, stall, /],
    [{ kind: "silent" }, /fault\.kind "silent" is not known/],
    [{ kind: "constructor" }, /fault\.kind "constructor" is not known/],
    [{ kind: "freeze", prefix: "+216" }, /fault\.prefix is not a field of "freeze"; it takes: none/],
    [{ kind: "stall", methods: ["INVITE"], after: 100 }, /fault\.methods is not a field of "stall"; it takes: after, prefix, share, times/],
    [{ kind: "stall" }, /fault\.after is missing in "stall"; it must be a status code/],
    [{ kind: "stall", after: 200 }, /fault\.after must be 100, 180 or 183, not 200/],
    [{ kind: "reject", code: 200 }, /fault\.code must be a whole number from 300 to 699, not 200/],
    [{ kind: "reject", code: undefined }, /fault\.code must be a whole number from 300 to 699, not undefined/],
    [{ kind: "reject", code: 503, text: "a", q850: 128 }, /fault\.q850 must be a whole number from 0 to 127, not 128/],
    [{ kind: "reject", code: 503, phrase: "a\r\nb" }, /fault\.phrase must be a text on one line/],
    [{ kind: "reject", code: 503, text: "a\r\nb" }, /fault\.text must be a text on one line/],
    [{ kind: "slow", delayMs: -1 }, /fault\.delayMs must be a time of 0 ms or more, not -1/],
    [{ kind: "slow", delayMs: NaN }, /fault\.delayMs must be a time/],
    [{ kind: "late" }, /fault\.alertAfterMs or fault\.answerAfterMs must be given in "late"/],
    [{ kind: "silence", share: 0 }, /fault\.share must be above 0 and at most 1, not 0/],
    [{ kind: "silence", share: 1.1 }, /fault\.share must be above 0 and at most 1, not 1\.1/],
    [{ kind: "silence", times: 0 }, /fault\.times must be a whole number above 0, not 0/],
    [{ kind: "silence", methods: [] }, /fault\.methods must be a list of methods in capitals/],
    [{ kind: "silence", methods: ["invite"] }, /fault\.methods must be a list of methods in capitals, not \["invite"\]/],
    [{ kind: "silence", prefix: "" }, /fault\.prefix must be the beginning of a number/],
    [{ kind: "short-binding", expiresS: 0 }, /fault\.expiresS must be a whole number of seconds above 0, not 0/],
    [{ kind: "refuse-upgrade", status: 101 }, /fault\.status must be a whole number from 300 to 599, not 101/],
    [{ kind: "garbage" }, /fault\.text or fault\.frame must be given in "garbage", and not both/],
    [{ kind: "garbage", text: "x", frame: "malformed" }, /and not both/],
    [{ kind: "garbage", frame: "huge" }, /fault\.frame must be "malformed", "oversize" or "unmatched", not "huge"/],
  ])("%j", (fault, message) => {
    const { client, trunk } = bench();
    expect(() => trunk.fault(fault as Fault)).toThrow(message);
    expect(client.codes(client.options())).toEqual([200]);
  });
});

describe("what no phone does is refused, and named", () => {
  test.each<[string, (phone: Phone) => unknown, RegExp]>([
    ["a negative time", (phone) => phone.answers({ answerAfterMs: -5 }), /habit\.answerAfterMs must be a time of 0 ms or more, not -5/],
    ["an unknown field", (phone) => phone.answers({ after: 5 } as AnswerHabit), /habit\.after is not known; there are: ringAfterMs, /],
    ["200 as a refusal", (phone) => phone.refuses({ code: 200 }), /refusal\.code must be a whole number from 300 to 699, not 200/],
    ["two lines", (phone) => phone.refuses({ code: 486, text: "a\r\nb" }), /refusal\.text must be a text on one line/],
    ["a time that is none", (phone) => phone.declines({ afterMs: NaN }), /habit\.refuseAfterMs must be a time of 0 ms or more/],
  ])("%s", (_, tell, message) => {
    const { client, trunk, clock } = bench();
    expect(() => tell(trunk.phone(number))).toThrow(message);
    const invite = client.invite(number);
    clock.advance(100);
    expect(client.codes(invite)).toEqual([100, 180, 200]);
  });
});

describe("what is no option is refused, and named", () => {
  const good = { name: "A", domain: "a.example" };
  test.each<[unknown, RegExp]>([
    [undefined, /createMockTrunk: options must be given/],
    [{ domain: "a.example" }, /createMockTrunk: name must be a text that is not empty$/],
    [{ ...good, name: "" }, /name must be a text that is not empty, not ""/],
    [{ ...good, domain: "a example" }, /domain must be a host name, not "a example"/],
    [{ ...good, user: {} }, /user is not an option; there are: name, domain, users, /],
    [{ ...good, users: ["agent7"] }, /users must be passwords by user name/],
    [{ ...good, users: { agent7: 7 } }, /users must be passwords by user name, not what was given/],
    [{ ...good, challenge: "both", users: {} }, /challenge must be "register", "all" or "none", not "both"/],
    [{ ...good, challenge: "all" }, /users is missing: challenge "all" asks for passwords/],
    [{ ...good, nonceLifeMs: -1 }, /nonceLifeMs must be a time of 0 ms or more, not -1/],
    [{ ...good, grantedS: 0 }, /grantedS must be a whole number of seconds above 0, not 0/],
    [{ ...good, grantedS: 60, minExpiresS: 61 }, /minExpiresS must not be above grantedS \(60\)/],
    [{ ...good, media: {} }, /media must be a function/],
    [{ ...good, clock: { nowMs: () => 0 } }, /clock must be a Clock/],
    [{ ...good, seed: 0.5 }, /seed must be a whole number, not 0\.5/],
    [{ ...good, habit: { ringAfter: 5 } }, /habit\.ringAfter is not known; there are: ringAfterMs, answerAfterMs, /],
    [{ ...good, habit: { ringAfterMs: undefined } }, /habit\.ringAfterMs must be a time of 0 ms or more, not undefined/],
    [{ ...good, habit: { refusal: { code: 200 } } }, /refusal\.code must be a whole number from 300 to 699, not 200/],
    [{ ...good, answersTo: "nobody" }, /answersTo must be "agent" or "connection", not "nobody"/],
    [{ ...good, logLimit: 0 }, /logLimit must be a whole number above 0, not 0/],
  ])("%j", (options, message) => {
    expect(() => createMockTrunk(options as MockTrunkOptions)).toThrow(message);
  });

  test("a password is never told", () => {
    const options = { ...good, users: { agent7: "hush", agent8: 8 as unknown as string } };
    expect(() => createMockTrunk(options)).toThrow(expect.not.objectContaining({ message: expect.stringContaining("hush") as string }));
  });
});
