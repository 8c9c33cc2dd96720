/** More than one call: one is heard, whatever the agent does, and the others are on hold. */
import { describe, expect, it } from "vitest";
import type { Call, IncomingCall } from "../../src/call/call.ts";
import type { LinekeeperConfig } from "../../src/config.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { scriptedMedia } from "../support/scripted-media.ts";

underFakeTime();

async function open(change: Partial<LinekeeperConfig> = {}) {
  const media = scriptedMedia();
  const house = buildHouse({ media, whileTalking: "hold", whenBusy: "offer", ...change });
  await house.open();
  let serial = 0;
  const { line, a } = house;
  return {
    ...house,
    /** Who is held by the agent, by call in their order; and whose audio is heard. */
    held: () => line.calls.map(({ held }) => held).join(" "),
    heard: () => media.sessions.filter(({ isHeld, told }) => !isHeld && !told.includes("close")).length,
    async dial(): Promise<Call> {
      const call = line.call(`+2167100000${++serial}`);
      await pass(500);
      return call;
    },
    async ring(): Promise<IncomingCall> {
      a.call("agent7", { from: `+2169800000${++serial}` });
      await pass(100);
      return line.calls.at(-1) as IncomingCall;
    },
  };
}

describe("a second call", () => {
  it("that the agent dials holds the first before it rings, and is over: the first is heard again", async () => {
    const { dial, a, line, held, heard } = await open();
    await dial();
    a.phone("+21671000002").answers({ answerAfterMs: 5_000 });
    const second = await dial();
    expect([second.state, held(), heard()]).toEqual(["ringing", "here none", 1]);
    await pass(6_000);
    expect([second.state, held(), heard()]).toEqual(["answered", "here none", 1]);
    second.hangUp();
    await pass(500);
    expect([line.calls.length, held(), heard()]).toEqual([1, "none", 1]);
  });

  it("of a customer's rings, and holds the first when it is answered", async () => {
    const { dial, ring, held, heard, a } = await open();
    await dial();
    const incoming = await ring();
    expect([incoming.state, held()]).toEqual(["ringing", "none none"]);
    void incoming.answer();
    expect(heard()).toBe(1);
    await pass(500);
    expect([incoming.state, held(), heard()]).toEqual(["answered", "here none", 1]);
    a.calls.at(-1)?.hangUp();
    await pass(500);
    expect([held(), heard()]).toEqual(["none", 1]);
  });

  it("that nobody answers, or that is declined, leaves the first as it was", async () => {
    const { dial, ring, held, a } = await open();
    await dial();
    (await ring()).decline();
    await pass(100);
    expect(held()).toBe("none");
    a.phone("+21671000003").isBusy();
    await dial();
    await pass(500);
    expect(held()).toBe("none");
  });

  it("is answered after the agent has turned to a third: it waits on hold", async () => {
    const { dial, held, heard, a } = await open();
    a.phone("+21671000001").answers({ answerAfterMs: 3_000 });
    const first = await dial();
    await dial();
    expect(first.state).toBe("ringing");
    await pass(4_000);
    expect([first.state, held(), heard()]).toEqual(["answered", "here none", 1]);
  });

  it("stays on hold after the hang-up where that is wished", async () => {
    const { dial, held } = await open({ afterHangUp: "stay" });
    await dial();
    const second = await dial();
    second.hangUp();
    await pass(500);
    expect(held()).toBe("here");
  });

  it("is mixed with the first where that is asked for", async () => {
    const { dial, held, heard } = await open({ whileTalking: "mix" });
    await dial();
    const second = await dial();
    expect([held(), heard()]).toEqual(["none none", 2]);
    second.hangUp();
    await pass(500);
    expect(held()).toBe("none");
  });
});

describe("swapping", () => {
  it("turns to the call before, and back; there is one that is heard", async () => {
    const { dial, line, held, heard } = await open();
    expect(await line.swap()).toEqual({ ok: false, because: "not-answered" });
    await dial();
    await dial();
    const swapped = line.swap();
    expect(heard()).toBe(1);
    await pass(200);
    expect([await swapped, held()]).toEqual([{ ok: true }, "none here"]);
    await Promise.all([line.swap(), pass(200)]);
    expect([held(), heard()]).toEqual(["here none", 1]);
  });

  it("is what taking a call back does, among three", async () => {
    const { dial, line, held } = await open();
    const [first] = [await dial(), await dial(), await dial()];
    await Promise.all([first?.unhold(), pass(200)]);
    expect(held()).toBe("none here here");
    first?.hangUp();
    await pass(500);
    expect([held(), line.calls.map(({ id }) => id)]).toEqual(["here none", ["c2", "c3"]]);
  });
});

describe("two calls while", () => {
  it.each<[string, (house: Awaited<ReturnType<typeof open>>) => unknown]>([
    ["the socket is lost", ({ a }) => a.resetAll()],
    [
      "the trunk is dead for a while",
      async ({ a }) => {
        const mend = a.fault({ kind: "refuse" });
        a.resetAll();
        await pass(5_000);
        mend();
      },
    ],
    ["the line is registered anew", ({ line }) => line.restore("A")],
  ])("%s: the one that was held is, and the agent may swap", async (_, happens) => {
    const house = await open();
    await house.dial();
    await house.dial();
    await happens(house);
    await pass(20_000);
    expect([house.held(), house.heard()]).toEqual(["here none", 1]);
    const swapped = house.line.swap();
    await pass(20_000);
    expect([await swapped, house.held(), house.heard()]).toEqual([{ ok: true }, "none here", 1]);
  });
});

describe("of two calls over two carriers", () => {
  /** The first over A, on hold; the second over B, heard. */
  async function openTwo() {
    const house = await open();
    const first = await house.dial();
    house.line.isolate("A");
    const second = await house.dial();
    house.line.restore("A");
    expect([first.trunkId, second.trunkId, house.held()]).toEqual(["A", "B", "here none"]);
    return { ...house, first, second };
  }

  it("the held one whose carrier dies is taken back when the other is hung up, and told so as soon as it can be", async () => {
    const { a, first, second, heard, held } = await openTwo();
    const mend = a.fault({ kind: "refuse" });
    a.resetAll();
    await pass(3_000);
    second.hangUp();
    await pass(500);
    expect([first.state, first.held, heard()]).toEqual(["answered", "here", 1]);
    mend();
    await pass(20_000);
    expect([held(), heard(), a.calls[0]?.isHeld]).toEqual(["none", 1, false]);
  });

  it("the held one that is lost is not heard; called back, it is in place of the other", async () => {
    const { a, b, first, second, heard } = await openTwo();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 481, times: 1 });
    a.resetAll();
    await pass(5_000);
    expect([first.state, second.held, heard()]).toEqual(["choosing", "none", 1]);
    b.phone("+21671000001").answers({ answerAfterMs: 1_000 });
    first.redial();
    await pass(2_000);
    expect([first.state, first.held, second.held, heard()]).toEqual(["answered", "none", "here", 1]);
    first.hangUp();
    await pass(500);
    expect([second.held, heard()]).toEqual(["none", 1]);
  });

  it("the one that fails over while a customer rings is answered, and the customer rings on", async () => {
    const { line, a, b, ring, heard, held } = await open();
    a.fault({ kind: "silence", methods: ["INVITE"] });
    const call = line.call("+21671000009");
    b.phone("+21671000009").answers({ answerAfterMs: 2_000 });
    const customer = await ring();
    await pass(5_000);
    expect([call.state, call.trunkId, customer.state]).toEqual(["answered", "B", "ringing"]);
    void customer.answer();
    await pass(1_000);
    expect([customer.state, held(), heard()]).toEqual(["answered", "here none", 1]);
  });

  it("the customer's that is answered while the other fails over is heard, and the other waits", async () => {
    const { line, a, b, ring, heard, held } = await open();
    a.fault({ kind: "silence", methods: ["INVITE"], times: 1 });
    b.phone("+21671000009").answers({ answerAfterMs: 2_000 });
    const call = line.call("+21671000009");
    const customer = await ring();
    void customer.answer();
    await pass(6_000);
    expect([call.state, call.trunkId, customer.state, held(), heard()]).toEqual(["answered", "B", "answered", "here none", 1]);
  });
});

describe("the other of two calls", () => {
  it("that is transferred to the present one is not taken back when that ends first", async () => {
    const { dial, line, a, heard } = await open();
    const first = await dial();
    const second = await dial();
    a.phone("+21671000009").doesNotAnswer();
    void first.transfer("+21671000009");
    await pass(500);
    second.hangUp();
    await pass(500);
    expect([first.held, heard(), line.calls.length]).toEqual(["here", 0, 1]);
  });
});
