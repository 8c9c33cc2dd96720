import { describe, expect, it } from "vitest";
import { createHolding, directionFor, type HoldResult } from "../../src/call/holding.ts";
import type { Held } from "../../src/states.ts";

function holding() {
  const told: string[] = [];
  const made = createHolding({
    apply: (isHeld) => told.push(isHeld ? "quiet" : "open"),
    changed: (held) => told.push(held),
    onViolation: (...what) => {
      throw new Error(what.join(" "));
    },
  });
  const results: HoldResult[] = [];
  const wish = (isHeld: boolean) => void made.wish(isHeld).then((result) => results.push(result));
  return { ...made, made, wish, told, results };
}

const sdp = (direction: string) => `v=0\r\nm=audio 9 RTP/AVP 0\r\na=${direction}\r\n`;

describe("the direction of an offer (RFC 3264 §8.4)", () => {
  it.each<[Held, string, string]>([
    ["none", "sendonly", "sendrecv"],
    ["here", "sendonly", "sendrecv"],
    ["there", "inactive", "sendrecv"],
    ["both", "inactive", "sendrecv"],
  ])("held %s: %s to hold, %s to take back", (held, toHold, toTakeBack) => {
    expect([directionFor(true, held), directionFor(false, held)]).toEqual([toHold, toTakeBack]);
  });
});

describe("a wish", () => {
  it("makes the agent's audio quiet at once, and counts when the peer was told", async () => {
    const { made, wish, told, results } = holding();
    wish(true);
    expect([made.held, made.isPending, told]).toEqual(["none", true, ["quiet"]]);
    made.told(true);
    made.settle();
    await Promise.resolve();
    expect([made.held, made.isPending, told, results]).toEqual(["here", false, ["quiet", "here"], [{ ok: true }]]);
  });

  it("that is the same again waits for the same end, and once that is there for nothing", async () => {
    const { made, wish, results } = holding();
    wish(true);
    wish(true);
    await Promise.resolve();
    expect(results).toEqual([]);
    made.told(true);
    made.settle();
    wish(true);
    await Promise.resolve();
    expect(results).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
  });

  it("is overtaken by its opposite, which waits for what is under way", async () => {
    const { made, wish, told, results } = holding();
    wish(true);
    wish(false);
    await Promise.resolve();
    expect(results).toEqual([{ ok: false, because: "overtaken" }]);
    made.told(true);
    made.settle();
    expect(made.isPending).toBe(true);
    made.told(false);
    made.settle();
    await Promise.resolve();
    expect([results.at(-1), told]).toEqual([{ ok: true }, ["quiet", "open", "here", "none"]]);
  });

  it("that is given up leaves the call, and the agent's audio, as the peer knows them", async () => {
    const { made, wish, told, results } = holding();
    wish(true);
    made.giveUp({ ok: false, because: "refused", sipCode: 488 });
    await Promise.resolve();
    expect([made.held, made.isPending, told]).toEqual(["none", false, ["quiet", "open"]]);
    expect(results).toEqual([{ ok: false, because: "refused", sipCode: 488 }]);
  });
});

describe("what the peer says of its audio", () => {
  it("is a hold where it receives nothing, and beside ours it makes two", () => {
    const { made, wish, told } = holding();
    for (const direction of ["sendonly", "inactive", "recvonly", "sendrecv"]) made.heed(sdp(direction));
    wish(true);
    made.told(true);
    made.heed(sdp("inactive"));
    made.heed(sdp("sendrecv"));
    expect(told).toEqual(["there", "none", "quiet", "here", "both", "here"]);
  });
});
