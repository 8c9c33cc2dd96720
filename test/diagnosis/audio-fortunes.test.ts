/** Audio that comes and goes with starts of the CRM, or with changes of its trunks' settings; and its look-alikes that do so with neither. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { incidentsOf } from "../../src/diagnosis/incident.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import type { MediaPath } from "../../src/ports/audio.ts";
import { evidence as english } from "../../src/report/languages/en/evidence.ts";
import { evidence as french } from "../../src/report/languages/fr/evidence.ts";
import { wellBegun, type Story } from "./story.ts";

const pathless: MediaPath = { ice: "failed", wasConnected: false, flows: "none" };
const noHandshake: MediaPath = { ice: "connected", dtls: "failed", wasConnected: true, flows: "none", answers: true };

const talk = (told: Story, trunkId: string, path?: MediaPath): Story => {
  const callId = `x${told.entries.length}`;
  told.write("call:placed", { callId, party: { route: "local", alias: callId, tail: "01" } });
  told.write("call:answered", { callId, trunkId, setupMs: 600 }).after(8_000);
  if (path) told.write("audio:given-up", { callId, trunkId, direction: "inbound", kind: "never-came", forMs: 8_000, path });
  else told.write("audio:rated", { callId, trunkId, level: "good", mos: 4.3, lossPercent: 0, jitterMs: 5 });
  told.proves("A", "A2", "B", "C").after(4_000);
  return told.write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false }).after(8_000);
};
/** One call by each of these trunks in turn. */
const heard = (told: Story, ...trunkIds: readonly string[]) => trunkIds.reduce((so, id) => talk(so, id), told);
/** The same, where these are not heard. */
const deafTo =
  (path: MediaPath, ...deaf: readonly string[]) =>
  (told: Story, ...trunkIds: readonly string[]) =>
    trunkIds.reduce((so, id) => talk(so, id, deaf.includes(id) ? path : undefined), told);

const found = (told: Story) => evidenceOf(observe(told.entries)).filter(({ params }) => params["heard"] !== undefined);
const codes = (told: Story) => found(told).map(({ code }) => code);
const verdictOn = ({ entries }: Story) => diagnose(entries);

describe("audio that comes and goes with starts of the CRM", () => {
  const ids = ["A", "B", "C"] as const;
  const round = [...ids, ...ids, ...ids];
  const begun = () => heard(wellBegun(...ids), ...round);
  const restarts = (told: Story, run: number) => told.boots(run, "passes").after(5_000);
  const lost = deafTo(pathless, "A", "B");
  /** Taken away by one start, given back by the next. */
  const once = (told: Story, run: number, part = lost) => heard(restarts(part(restarts(told, run), ...round), run + 1), ...round);

  test("again and again is the start-up's, though two unrelated carriers lost it and a third did not", () => {
    const told = once(once(begun(), 2), 4);
    expect(codes(told)).toEqual(["broken-by-start", "well-after-reinitialisation"]);
    expect(verdictOn(told)).toMatchObject({ leader: "crm-init", conclusion: "clear", faults: [{ domain: "crm-init" }] });
  });

  test("is so in every incident, once it has been so twice, though each is over before the next", () => {
    const later = once(once(begun(), 2).after(1_200_000), 4);
    // Each calls before it, after a long quiet.
    const told = once(heard(later.after(1_200_000), ...round), 6);
    expect(incidentsOf(told.entries).at(-1)?.verdict).toMatchObject({ leader: "crm-init" });
  });

  test("again and again by one carrier alone is the start-up's as well", () => {
    const told = once(once(begun(), 2, deafTo(pathless, "B")), 4, deafTo(pathless, "B"));
    expect(verdictOn(told)).toMatchObject({ leader: "crm-init", conclusion: "clear" });
    expect(found(told)[0]?.params).toEqual({ carrier: "Carrier B", heard: 2 });
  });

  test("and besides by another carrier without one: each is told of apart", () => {
    const told = heard(lost(once(once(begun(), 2, deafTo(pathless, "B")), 4, deafTo(pathless, "B")), "A", "C", "A"), ...round);
    expect(found(told).map(({ params }) => params["carrier"])).toEqual(["Carrier B", "Carrier B"]);
  });

  test("once is chance: the carrier's, or the network's, as without a start", () => {
    expect(codes(once(begun(), 2))).toEqual([]);
    expect(verdictOn(once(begun(), 2)).leader).toBe("local-network");
    expect(verdictOn(once(begun(), 2, deafTo(noHandshake, "B"))).leader).toBe("carrier-media");
  });

  test("but came or went once with no start is not the starts'", () => {
    const byItself = (told: Story) => heard(lost(told, ...round), ...round);
    expect(codes(byItself(once(once(begun(), 2), 4)))).toEqual([]);
    expect(verdictOn(byItself(once(once(begun(), 2), 4))).leader).toBe("local-network");
  });

  test("that were made in vain, while something keeps it all day, is that thing's", () => {
    const kept = lost(restarts(lost(restarts(lost(restarts(begun(), 2), ...round), 3), ...round), 4), ...round);
    expect(codes(kept)).toEqual([]);
    expect(verdictOn(kept).leader).toBe("local-network");
  });

  test("that are made after every other call is nobody's for that: there was one to every change", () => {
    const often = (told: Story, run: number, part: typeof lost) => part(restarts(part(restarts(told, run), "A", "B"), run + 1), "A", "B");
    const all = [heard, lost, heard, lost, heard].reduce(
      (told, part, index) => often(told, 2 + 2 * index, part),
      heard(wellBegun(...ids), "A"),
    );
    expect(codes(all)).toEqual([]);
  });

  test("long after the last call tells nothing of the start that came between", () => {
    const slow = (told: Story, run: number) => heard(restarts(lost(restarts(told.after(200_000), run), ...round), run + 1), ...round);
    expect(codes(slow(slow(begun(), 2), 4))).toEqual([]);
  });
});

describe("audio that comes and goes with changes of settings", () => {
  const ids = ["A", "A2", "B"] as const;
  const round = [...ids, ...ids, ...ids];
  const begun = () => heard(wellBegun(...ids), ...round);
  const sets = (told: Story, which: readonly string[], what?: string) => told.sets(which, what).after(5_000);
  const lost = deafTo(noHandshake, "A", "A2");
  const undone = (which: readonly string[] = ["A", "A2"], what?: string, part = lost) =>
    heard(sets(part(sets(begun(), which, what), ...round), which, what), ...round);

  test("on both trunks of one carrier, and back when these were undone, is the settings'", () => {
    expect(codes(undone())).toEqual(["broken-after-change-of-settings", "well-after-change-of-settings"]);
    expect(verdictOn(undone())).toMatchObject({ leader: "crm-config", conclusion: "clear", faults: [{ domain: "crm-config" }] });
  });

  test("on one trunk alone, where it alone was set otherwise, is the settings'", () => {
    const told = undone(["A"], "callerId", deafTo(noHandshake, "A"));
    expect(verdictOn(told)).toMatchObject({ leader: "crm-config", conclusion: "clear" });
    expect(found(told)[0]?.params).toEqual({ carrier: "Carrier A", heard: 1 });
  });

  test("of another trunk, or of its turn alone, is the carrier's", () => {
    expect(codes(undone(["B"]))).toEqual([]);
    expect(codes(undone(["A", "A2"], "priority"))).toEqual([]);
    expect(verdictOn(undone(["B"])).leader).toBe("carrier-media");
    expect(verdictOn(undone(["A", "A2"], "priority")).leader).toBe("carrier-media");
  });

  test("of one trunk, while the carrier's other trunk lost it and was set as ever, is the carrier's", () => {
    expect(codes(undone(["A"]))).toEqual([]);
    expect(verdictOn(undone(["A"])).leader).toBe("carrier-media");
  });

  test("and began or ended by chance as one was made is the carrier's", () => {
    const began = heard(lost(sets(begun(), ["A", "A2"]), ...round), ...round);
    const ended = heard(sets(lost(begun(), ...round), ["A", "A2"]), ...round);
    const inVain = heard(lost(sets(lost(begun(), ...round), ["A", "A2"]), ...round), ...round);
    for (const told of [began, ended, inVain]) {
      expect(codes(told)).toEqual([]);
      expect(verdictOn(told).leader).toBe("carrier-media");
    }
  });

  test("and lasts since one change is not known to be either's, until it is undone", () => {
    const told = lost(sets(begun(), ["A", "A2"]), ...round);
    expect(codes(told)).toEqual(["broken-after-one-change"]);
    expect(verdictOn(told).probabilities["carrier-media"]).toBeLessThan(0.5);
    expect(codes(lost(sets(begun(), ["B"]), ...round))).toEqual([]);
  });
});

test("the words say whose talks they were, and how often", () => {
  const words = (params: Record<string, string | number>) =>
    [english, french].flatMap((language) =>
      (["broken-by-start", "well-after-reinitialisation", "broken-after-change-of-settings", "well-after-change-of-settings"] as const).map(
        (code) => language[code](params),
      ),
    );
  for (const sentence of words({ carrier: "Carrier A", heard: 3 })) expect(sentence).toMatch(/Carrier A.*3 /);
  for (const sentence of words({ heard: 3 })) expect(sentence).not.toContain("undefined");
});
