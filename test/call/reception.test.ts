import { describe, expect, test } from "vitest";
import { receive, type Arrival, type UnderWay } from "../../src/call/reception.ts";

const arrival = (more: Partial<Arrival> = {}): Arrival => ({
  number: "1",
  nowMs: 10_000,
  sameCallMs: 5_000,
  maxRinging: 3,
  isPsapCallback: false,
  talksElsewhere: false,
  refuses: { always: false, whileTalking: true },
  ...more,
});
const incoming = (state: string, more: Partial<NonNullable<UnderWay["arrival"]>> = {}): UnderWay => ({
  kind: "incoming",
  state,
  arrival: { number: "1", offeredMs: 8_000, byTrunk: false, bySipCallId: false, unconfirmedMs: undefined, ...more },
});
const outgoing = (state: string): UnderWay => ({ kind: "outgoing", state });

describe("an INVITE to the agent", () => {
  test("rings when the agent is free", () => expect(receive(arrival(), [])).toBe("offer"));
  test("of the same number by another trunk is the same call", () =>
    expect(receive(arrival(), [outgoing("ended"), incoming("ringing")])).toEqual({ sameAs: 1 }));
  test("still is when the first was answered meanwhile", () => expect(receive(arrival(), [incoming("answered")])).toEqual({ sameAs: 0 }));
  test("with the same Call-ID is the same call, whatever the number says", () =>
    expect(receive(arrival({ number: undefined }), [incoming("ringing", { number: "9", bySipCallId: true })])).toEqual({ sameAs: 0 }));
  test("by the same trunk is another call of that customer's", () =>
    expect(receive(arrival(), [incoming("ringing", { byTrunk: true })])).toBe("offer"));
  test("later than the window is another call", () =>
    expect(receive(arrival(), [incoming("ringing", { offeredMs: 4_999 })])).toBe("offer"));
  test("of two strangers without a number are two calls", () =>
    expect(receive(arrival({ number: undefined }), [incoming("ringing")])).toBe("offer"));
  test.each([true, false])(
    "of whoever was answered and never confirmed it is the same call anew, by whatever trunk (the same: %s)",
    (byTrunk) =>
      expect(receive(arrival(), [incoming("answering", { byTrunk, offeredMs: 0, unconfirmedMs: 5_001 })])).toEqual({
        sameAs: 0,
        isAnew: true,
      }),
  );
  test.each([
    [true, { sameAs: 0, isAnew: true }],
    [false, { sameAs: 0 }],
  ])("with that Call-ID once more is so by the same trunk (%s); by another it is a fork's other branch", (byTrunk, same) =>
    expect(receive(arrival({ number: undefined }), [incoming("answering", { bySipCallId: true, byTrunk, unconfirmedMs: 5_001 })])).toEqual(
      same,
    ),
  );
  test.each([
    ["while an ACK may still come", { unconfirmedMs: 5_000 }],
    ["while the agent has not spoken yet", {}],
    ["of another number", { number: "2", unconfirmedMs: 5_001 }],
  ])("by the same trunk is none of it: %s", (_, more) =>
    expect(receive(arrival({ refuses: { always: false, whileTalking: false } }), [incoming("answering", { byTrunk: true, ...more })])).toBe(
      "offer",
    ),
  );
  test("of two strangers without a number is none of it either", () =>
    expect(receive(arrival({ number: undefined }), [incoming("answering", { number: undefined, unconfirmedMs: 5_001 })])).toBe("busy"));
  test("after the customer has given up is a new call", () => expect(receive(arrival(), [incoming("ended")])).toBe("offer"));
  test.each([outgoing("preparing"), outgoing("ringing"), outgoing("answered"), incoming("answering", { number: "2" })])(
    "hears busy while the agent is on a call, whichever trunk that is on: %o",
    (call) => expect(receive(arrival(), [call])).toBe("busy"),
  );
  test("is shown during a call where the integrator wants it", () =>
    expect(receive(arrival({ refuses: { always: false, whileTalking: false } }), [outgoing("answered")])).toBe("offer"));
  test("hears busy when the agent has declared it", () =>
    expect(receive(arrival({ refuses: { always: true, whileTalking: false } }), [])).toBe("busy"));
  test("and while the agent talks in another page, unless a second call is wanted", () => {
    expect(receive(arrival({ talksElsewhere: true }), [])).toBe("busy");
    expect(receive(arrival({ talksElsewhere: true, refuses: { always: false, whileTalking: false } }), [])).toBe("offer");
  });
  test("of another customer rings beside one that only rings", () =>
    expect(receive(arrival({ number: "2" }), [incoming("ringing")])).toBe("offer"));
});
