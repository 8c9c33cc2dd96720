/** The questions that a test asks: log, rings, rung twice; and what is left after close(). */
import { describe, expect, test } from "vitest";
import { alertingOverlap, createMockTrunk, rungTwice } from "../../../adapters/mock-trunk/index.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";
import { bench, connect, number, talking } from "./bench.ts";

describe("the log", () => {
  test("has each message with its time, connection, number and fault", () => {
    const { client, trunk, clock, link } = bench();
    trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    clock.advance(5);
    const invite = client.invite(number);
    client.ack(invite);
    client.say("hello");
    link.closed();
    const callId = invite.get("Call-ID");
    expect(trunk.log.map(({ raw: _, ...entry }) => entry)).toEqual([
      { atMs: 0, link: 1, what: "opened" },
      { atMs: 5, link: 1, what: "received", method: "INVITE", callId, number },
      { atMs: 5, link: 1, what: "sent", method: "INVITE", code: 503, callId, number, fault: "reject" },
      { atMs: 5, link: 1, what: "received", method: "ACK", callId, number },
      { atMs: 5, link: 1, what: "unreadable" },
      { atMs: 5, link: 1, what: "closed" },
    ]);
  });

  test("has each message as it went over the wire, sent, received and unreadable", () => {
    const { client, trunk } = bench();
    const invite = client.invite(number);
    client.say("hello");
    expect(trunk.log.map(({ raw }) => raw)).toEqual([undefined, invite.raw, client.frames[0]?.raw, "hello"]);
  });

  test("keeps no more text than it may: of one message 65 536 characters, of all the newest 8 million", () => {
    const { client, trunk } = bench();
    for (let index = 0; index < 200; index++) client.say("x".repeat(70_000));
    const kept = trunk.log.flatMap(({ raw }) => (raw === undefined ? [] : [raw.length]));
    expect(kept).toEqual(Array.from({ length: 128 }, () => 65_536));
    expect(trunk.log.at(-1)?.raw).toHaveLength(65_536);
    expect(trunk.log).toHaveLength(201);
  });

  test("claims nothing sent on a connection that is gone", () => {
    const { client, trunk, clock, link } = bench();
    trunk.fault({ kind: "slow", delayMs: 100 });
    client.options();
    link.closed();
    clock.advance(100);
    expect(trunk.log.map(({ what }) => what)).toEqual(["opened", "received", "closed"]);
  });

  test("is bounded, and so are rings and ended calls", () => {
    const { client, trunk, clock } = bench({ logLimit: 5 });
    for (let index = 0; index < 20; index++) {
      const invite = client.invite(number);
      clock.advance(30);
      client.cancel(invite);
    }
    expect([trunk.log.length, trunk.rings().length, trunk.calls.length]).toEqual([5, 5, 5]);
    expect(trunk.log.at(-1)).toMatchObject({ method: "INVITE", code: 487 });
  });

  test("never forgets a live call", () => {
    const { client, clock } = bench({ logLimit: 2 });
    const invites = [1, 2, 3, 4].map(() => client.invite(number));
    clock.advance(100);
    for (const invite of invites) client.ack(invite);
    expect(invites.map((invite) => client.codes(client.within("BYE", invite)))).toEqual([[200], [200], [200], [200]]);
  });
});

describe("a phone that rang twice", () => {
  /** Two trunks on one clock; a phone that rings on each from when to when. */
  function pair(a: readonly [number, number], b: readonly [number, number]) {
    const clock = createVirtualClock();
    const trunks = ["a", "b"].map((name) => createMockTrunk({ name, domain: `${name}.example`, clock }));
    const events = [a, b].flatMap(([fromMs, untilMs], index) => {
      const trunk = trunks[index];
      if (!trunk) throw new Error("there are two");
      trunk.phone(number).answers({ ringAfterMs: 0, answerAfterMs: 1_000_000 });
      const { client } = connect(trunk);
      let invite = client.options();
      return [
        { atMs: fromMs, act: () => (invite = client.invite(number)) },
        { atMs: untilMs, act: () => client.cancel(invite) },
      ];
    });
    for (const { atMs, act } of events.sort((x, y) => x.atMs - y.atMs)) {
      clock.advance(atMs - clock.nowMs());
      act();
    }
    return trunks;
  }

  test("one after the other: rung twice, but not at once", () => {
    const trunks = pair([0, 100], [200, 300]);
    expect(rungTwice(trunks)).toMatchObject([{ number, rings: [{ fromMs: 0 }, { fromMs: 200 }] }]);
    expect(alertingOverlap(trunks)).toEqual([]);
  });

  test("at the same time: both", () => {
    const trunks = pair([0, 100], [50, 300]);
    expect(rungTwice(trunks)).toHaveLength(1);
    expect(alertingOverlap(trunks)).toMatchObject([
      [
        { fromMs: 0, untilMs: 100 },
        { fromMs: 50, untilMs: 300 },
      ],
    ]);
  });

  test.each([
    ["all of it", {}, 1],
    ["that number", { number }, 1],
    ["another number", { number: "+33" }, 0],
    ["the first alone", { untilMs: 150 }, 0],
    ["the second alone", { fromMs: 150 }, 0],
    ["the end of the first, the beginning of the second", { fromMs: 90, untilMs: 210 }, 1],
  ])("within %s", (_, scope, found) => {
    expect(rungTwice(pair([0, 100], [200, 300]), scope)).toHaveLength(found);
  });

  test("an alert that goes on counts until now", () => {
    const { client, trunk, clock } = bench();
    trunk.phone(number).doesNotAnswer();
    client.invite(number);
    clock.advance(1_000);
    client.invite(number);
    clock.advance(1_000);
    expect(alertingOverlap([trunk])).toHaveLength(1);
    expect(rungTwice([trunk], { fromMs: 500 })).toHaveLength(1);
  });

  test("a phone that is answered without a 180 alerted too", () => {
    const { client, trunk, clock } = bench();
    trunk.fault({ kind: "late", answerAfterMs: 10 });
    client.invite(number);
    clock.advance(10);
    expect(trunk.rings("+216 71 000 001")).toMatchObject([{ fromMs: 10, untilMs: 10, endedBy: "answered" }]);
  });
});

describe("close()", () => {
  test("leaves no timer, no connection, no call; and what comes then is closed", async () => {
    const on = talking();
    const { client, trunk, clock } = on;
    client.register();
    client.invite(number);
    trunk.fault({ kind: "slow", delayMs: 1_000 });
    client.options();
    trunk.fault({ kind: "ghost" });
    client.invite(number);
    trunk.call("agent7", { from: "+21698000000", giveUpAfterMs: 5_000 });
    expect(clock.pending).toBeGreaterThan(0);
    const [first] = trunk.calls;
    trunk.close();
    trunk.close();
    expect([clock.pending, trunk.connections, trunk.registrations, on.ends]).toEqual([0, 0, [], ["closed 1001 Carrier A"]]);
    expect(await first?.ended).toMatchObject({ by: "carrier" });
    expect(on.connect().ends).toEqual(["closed 1001 Carrier A"]);
    const heard = client.frames.length;
    client.options();
    expect(client.frames).toHaveLength(heard);
  });

  test("while all is frozen reads nothing that waits, and rings no phone", () => {
    const { client, trunk, clock, ends } = bench({ users: {}, challenge: "none", habit: { ringAfterMs: 0 } });
    trunk.fault({ kind: "freeze" });
    client.invite(number);
    trunk.close();
    expect([clock.pending, trunk.calls, trunk.rings(), ends]).toEqual([0, [], [], ["closed 1001 Carrier A"]]);
    expect(trunk.log.map(({ what }) => what)).toEqual(["opened", "closed"]);
  });

  test("two trunks give out no tag, branch, Call-ID or nonce twice", () => {
    // Of one name and seed, as after a restart.
    const texts = [1, 2].flatMap(() => {
      const { client, trunk } = talking({ users: { agent7: "x" }, challenge: "register", seed: 1 });
      client.authorize(client.register(), client.last, "x");
      trunk.call("agent7", { from: number });
      const [invite] = client.requests("INVITE");
      const given = [
        client
          .responses()
          .find((frame) => frame.get("WWW-Authenticate") !== "")
          ?.get("WWW-Authenticate"),
        invite?.get("Call-ID"),
      ];
      return [...given, invite?.get("From"), invite?.branch, ...client.responses().map((frame) => /;tag=\w+$/.exec(frame.get("To"))?.[0])];
    });
    const told = texts.filter((text) => text !== undefined);
    // One dialog of each trunk is named twice, by its 180 and its 200.
    expect([told.length, new Set(told).size]).toEqual([16, 14]);
  });
});
