/** Audio that two carriers lose in the same minutes, while a third's is well. */
import { describe, expect, test } from "vitest";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import type { MediaPath } from "../../src/ports/audio.ts";
import { wellBegun, type Story } from "./story.ts";

const kept: MediaPath = { ice: "failed", wasConnected: false, flows: "none" };
const sendsNothing: MediaPath = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", answers: true };

/** One call by each of `trunkIds`, some twenty seconds each. */
const talks = (told: Story, isHeard: boolean, trunkIds: string, path = kept): Story =>
  [...trunkIds].reduce((so, trunkId) => {
    const callId = `x${so.entries.length}`;
    so.write("call:placed", { callId, party: { route: "local", alias: callId, tail: "01" } });
    so.write("call:answered", { callId, trunkId, setupMs: 600 }).after(12_000);
    if (isHeard) so.write("audio:rated", { callId, trunkId, level: "good", mos: 4.3, lossPercent: 0, jitterMs: 5 });
    else so.write("audio:given-up", { callId, trunkId, direction: "inbound", kind: "never-came", forMs: 12_000, path });
    so.proves("A", "B", "C").after(8_000);
    return so.write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false }).after(10_000);
  }, told);
const heard = (told: Story, trunkIds: string) => talks(told, true, trunkIds);
const lost = (told: Story, trunkIds: string, path?: MediaPath) => talks(told, false, trunkIds, path);
const begun = () => heard(wellBegun("A", "B", "C"), "ABC");
const verdictOn = ({ entries }: Story) => diagnose(entries);

/** A is well all along. */
const kepts = (told: Story, path?: MediaPath) => lost(heard(lost(heard(lost(told, "BC", path), "A"), "CB", path), "A"), "C", path);

describe("two unrelated carriers", () => {
  test("lose their audio in one minute and have it back in one: what they share keeps it, though a third is well", () => {
    expect(verdictOn(heard(kepts(begun()), "ABC"))).toMatchObject({ leader: "local-network", conclusion: "clear" });
  });

  test("lose it together, and are not back yet", () => {
    expect(verdictOn(heard(kepts(begun()), "A")).leader).toBe("local-network");
  });

  test("lose it together again, and one call of each is enough", () => {
    const again = heard(lost(heard(kepts(begun()), "ABC"), "BC"), "ABC");
    expect(verdictOn(again).leader).toBe("local-network");
  });

  test("lose it one after the other, each while the other is heard: two faults, and each its own carrier's", () => {
    const inTurn = heard(lost(heard(lost(heard(lost(heard(lost(begun(), "B"), "AC"), "B"), "ABC"), "C"), "AB"), "C"), "ABC");
    expect(verdictOn(inTurn).leader).toBe("carrier-media");
  });

  test("have it back at different times: what kept the one was not what kept the other", () => {
    const longer = heard(lost(heard(lost(heard(lost(begun(), "BC"), "A"), "BC"), "AB"), "CC"), "ABC");
    expect(verdictOn(longer).leader).toBe("carrier-media");
  });

  test("lose one call after two of the other's, and no path was found: no callee keeps a call from its carrier's relay", () => {
    const path = { ...kept, ice: "disconnected", wasConnected: true } as const;
    const onceBeside = (of?: MediaPath) => heard(lost(heard(lost(begun(), "BB", of), "A"), "C", of), "A");
    expect(verdictOn(onceBeside()).leader).toBe("local-network");
    expect(verdictOn(onceBeside(path)).leader).toBe("carrier-media");
  });

  test("lose one call each: that may be two callees", () => {
    expect(verdictOn(heard(lost(heard(lost(begun(), "B"), "A"), "C"), "ABC")).leader).not.toBe("local-network");
  });

  test("send nothing from relays that were reached: no firewall does that", () => {
    expect(verdictOn(heard(kepts(begun(), sendsNothing), "ABC")).leader).toBe("carrier-media");
  });
});

test("two carriers lose it together for want of relays that the CRM should have named: no firewall kept it", () => {
  const told = heard(kepts(begun()), "ABC");
  const lostCalls = told.entries.flatMap((entry) => (entry.type === "audio:given-up" ? [entry.callId] : []));
  for (const callId of lostCalls) told.write("ice-servers:failed", { callId, error: "TypeError" });
  expect(verdictOn(told).leader).toBe("crm-config");
});

test("one carrier alone loses it while two are well: it is that carrier's", () => {
  expect(verdictOn(heard(lost(heard(lost(heard(lost(begun(), "B"), "AC"), "B"), "AC"), "B"), "ABC")).leader).toBe("carrier-media");
});
