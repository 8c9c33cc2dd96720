/** What the line tells of the agent's own calls, for a part of the page that did not place them. */
import { describe, expect, it } from "vitest";
import type { AnyCall, Call } from "../../src/call/call.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

async function open() {
  const house = buildHouse({ emergencyNumbers: ["190", "10190"], whenBusy: "offer" });
  await house.open();
  const told: Call[] = [];
  house.line.on("call:placed", (call) => told.push(call));
  return { ...house, told };
}

describe("call:placed", () => {
  it("tells of each call that is placed, once, with whom it goes to; not of one that is given back", async () => {
    const { line, told } = await open();
    const call = line.call("71 000 001");
    expect(line.call("+216 71 000 001")).toBe(call);
    expect(line.call("71 000 002")).not.toBe(call);
    const refused = line.call("nobody");
    expect(told.map(({ id, number }) => [id, number])).toEqual([
      ["c1", "+21671000001"],
      ["c2", "+21671000002"],
      ["c3", ""],
    ]);
    expect(told[2]).toBe(refused);
    // Whoever is told of it hears its end.
    expect((await refused.ended).refusal).toBe("bad-number");
  });

  it("leaves a short number and an emergency number as it was dialled", async () => {
    const { line } = await open();
    const dialled = ["190", "10190", "1234", "*21#", "0033 1 23 45 67 89"];
    expect(dialled.map((number) => line.call(number).number)).toEqual(["190", "10190", "1234", "*21#", "+33123456789"]);
  });

  it("may be answered by hanging up, or by closing the line: then nobody is rung", async () => {
    const { line, a, b } = await open();
    line.once("call:placed", (call) => call.hangUp());
    const first = line.call("+21671000001");
    line.once("call:placed", () => void line.close());
    const second = line.call("+21671000002");
    await pass(2_000);
    expect([(await first.ended).end, (await second.ended).end]).toEqual(["hung-up-here", "hung-up-here"]);
    expect([...a.calls, ...b.calls]).toEqual([]);
  });

  it("is one of a call's two directions, and the answer has a time", async () => {
    const { line, a } = await open();
    const call = line.call("+21671000001");
    expect(call.answeredDateMs).toBeUndefined();
    await pass(1_000);
    const answeredDateMs = Number(call.answeredDateMs);
    expect(Date.now() - answeredDateMs).toBeLessThan(1_000);
    a.call("agent7", { from: "+21698000001" });
    await pass(500);
    const all: readonly AnyCall[] = line.calls;
    expect(all.map((each) => [each.direction, each.answeredDateMs])).toEqual([
      ["out", answeredDateMs],
      ["in", undefined],
    ]);
    for (const each of line.calls) {
      // Compiles only where the direction tells the two apart.
      if (each.direction === "out") expect(each.number).toBe("+21671000001");
    }
  });
});
