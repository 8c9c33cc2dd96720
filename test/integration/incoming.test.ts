/** Customers who call the agent, over whichever trunk. */
import { describe, expect, test } from "vitest";
import type { IncomingCall } from "../../src/call/call.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const customer = "+21671000042";

async function open(change = {}): Promise<House & { readonly offered: IncomingCall[] }> {
  const house = buildHouse(change);
  await house.open();
  const offered: IncomingCall[] = [];
  house.line.on("call:offered", (call) => offered.push(call));
  return { ...house, offered };
}

describe("the same call by two trunks", () => {
  test("rings once; the answer ends the other leg", async () => {
    const { a, b, offered, entries } = await open();
    const first = a.call("agent7", { from: customer });
    const second = b.call("agent7", { from: customer });
    await pass(100);
    expect(offered).toHaveLength(1);
    expect([first.answers, second.answers]).toEqual([
      [100, 180],
      [100, 180],
    ]);
    expect(entries("call:turned-away")).toMatchObject([{ trunkId: "B", because: "duplicate", callId: offered[0]?.id }]);
    await Promise.all([offered[0]?.answer(), pass(100)]);
    expect(offered[0]?.state).toBe("answered");
    expect(first.answers.at(-1)).toBe(200);
    expect(second.answers.at(-1)).toBe(486);
    offered[0]?.hangUp();
  });

  test("rings once though one of them writes the customer's number without the country", async () => {
    const { a, b, offered } = await open();
    a.call("agent7", { from: customer });
    b.call("agent7", { from: customer.replace("+216", "") });
    await pass(100);
    expect(offered).toHaveLength(1);
  });

  test("goes on by the second when the first is lost before the answer", async () => {
    const { a, b, offered } = await open();
    a.call("agent7", { from: customer });
    const second = b.call("agent7", { from: customer });
    await pass(100);
    a.resetAll();
    await pass(100);
    expect(offered[0]?.state).toBe("ringing");
    await Promise.all([offered[0]?.answer(), pass(100)]);
    expect([offered[0]?.state, offered[0]?.trunkId]).toEqual(["answered", "B"]);
    expect(second.answers.at(-1)).toBe(200);
    offered[0]?.hangUp();
  });

  test("is declined on both, and over when the customer gives both up", async () => {
    const { a, b, offered } = await open();
    const legs = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
    await pass(100);
    offered[0]?.decline();
    await pass(100);
    expect(legs.map(({ answers }) => answers.at(-1))).toEqual([486, 486]);
    await pass(10_000);
    const again = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
    await pass(100);
    expect(offered).toHaveLength(2);
    again[0]?.cancel();
    await pass(100);
    expect(offered[1]?.state).toBe("ringing");
    again[1]?.cancel();
    await pass(100);
    expect(offered[1]?.state).toBe("ended");
  });

  test("two strangers without a number are two calls", async () => {
    const { a, b, offered } = await open();
    a.call("agent7", { from: "anonymous" });
    b.call("agent7", { from: "anonymous" });
    await pass(100);
    expect(offered).toHaveLength(2);
    for (const call of offered) call.decline();
  });
});

describe("a busy agent", () => {
  test("is busy on every trunk, and free again after the call", async () => {
    const { line, a, b, offered, entries } = await open();
    const out = line.call("+21671000001");
    await pass(3_000);
    expect(out.trunkId).toBe("A");
    const refused = b.call("agent7", { from: customer });
    await pass(100);
    expect(refused.answers.at(-1)).toBe(486);
    expect(entries("call:turned-away")).toMatchObject([{ trunkId: "B", because: "busy" }]);
    out.hangUp();
    await pass(100);
    a.call("agent7", { from: customer });
    await pass(100);
    expect(offered).toHaveLength(1);
    offered[0]?.decline();
  });

  test("may be shown a second call, where the integrator wants it", async () => {
    const { line, b, offered } = await open({ whenBusy: "offer" });
    const out = line.call("+21671000001");
    await pass(3_000);
    b.call("agent7", { from: customer });
    await pass(100);
    expect(offered).toHaveLength(1);
    offered[0]?.decline();
    out.hangUp();
  });

  test("says so for every trunk at once", async () => {
    const { line, a, b, offered } = await open();
    line.setAvailable(false);
    const refused = [a.call("agent7", { from: customer }), b.call("agent7", { from: "+21671000043" })];
    await pass(100);
    expect(refused.map(({ answers }) => answers.at(-1))).toEqual([486, 486]);
    line.setAvailable(true);
    a.call("agent7", { from: customer });
    await pass(100);
    expect(offered).toHaveLength(1);
    offered[0]?.decline();
  });
});

describe("the BYE", () => {
  test("that the lost flow swallowed is sent again on the next one", async () => {
    const { line, a, entries } = await open();
    const call = line.call("+21671000001");
    await pass(3_000);
    a.resetAll();
    call.hangUp();
    expect(call.state).toBe("ended");
    await pass(5_000);
    expect(a.calls[0]?.state).toBe("ended");
    expect(entries("dialog:ended")).toMatchObject([{ trunkId: "A", answer: { code: 200, said: "peer" } }]);
    expect([line.calls, line.followedCalls]).toEqual([[], 0]);
  });

  test("that nobody answers makes the edge be asked, and is given up in the end", async () => {
    const { line, a, entries } = await open();
    const call = line.call("+21671000001");
    await pass(3_000);
    a.fault({ kind: "silence" });
    call.hangUp();
    await pass(4_000);
    expect(entries("probe:unanswered").length).toBeGreaterThan(0);
    expect(entries("flow:changed").at(-1)).toMatchObject({ trunkId: "A" });
    await pass(70_000);
    expect(entries("dialog:ended")).toMatchObject([{ trunkId: "A", answer: { said: "inferred" } }]);
    expect([line.calls, line.followedCalls]).toEqual([[], 0]);
  });

  test("of a customer's call is sent again too", async () => {
    const { line, a, offered } = await open();
    const ringing = a.call("agent7", { from: customer });
    await pass(100);
    await Promise.all([offered[0]?.answer(), pass(100)]);
    a.resetAll();
    offered[0]?.hangUp();
    await pass(5_000);
    expect(ringing.state).toBe("ended");
    expect([line.calls, line.followedCalls]).toEqual([[], 0]);
  });
});

test("who listens to calls of both kinds alike is heard; a name that no call's event has is told", async () => {
  const { a, offered } = await open();
  a.call("agent7", { from: customer });
  await pass(100);
  const [call] = offered as unknown as [{ on(event: string, listener: () => void): void; hangUp(): void }];
  for (const event of ["dialling", "ringing", "failed-over", "choice-needed", "answered", "held", "ended"]) call.on(event, () => {});
  expect(() => call.on("answer", () => {})).toThrow('there is no event "answer"');
  call.hangUp();
});
