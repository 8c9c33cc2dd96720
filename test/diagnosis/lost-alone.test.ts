/** Audio that stops in the midst of talks and comes back with a restart: by one carrier alone, or by whichever. */
import { describe, expect, test } from "vitest";
import { explain } from "../../src/diagnosis/explain.ts";
import { buildReport } from "../../src/report/index.ts";
import type { MediaPath } from "../../src/ports/audio.ts";
import { wellBegun, type Story } from "./story.ts";

const path: MediaPath = { ice: "connected", dtls: "connected", wasConnected: true, flows: "both", answers: true };

/**
 * Talk after talk, one letter each: `a` and `b` are heard over A and B, of `A` and `B` the audio stops and comes back, `M` comes back over A from another
 * address of the agent's own, `s` is over before A's talks lost their audio, `N` is lost for good over B.
 */
function talks(told: Story, letters: string): Story {
  for (const letter of letters) {
    const callId = `t${told.entries.length}`;
    const trunkId = "bBsN".includes(letter) ? "B" : "A";
    const of = { callId, trunkId };
    told.write("call:placed", { callId, party: { route: "local", alias: callId, tail: "01" } });
    told.write("call:answered", { ...of, setupMs: 600 }).after(letter === "s" ? 3_000 : 9_000);
    if ("abs".includes(letter)) {
      told.write("audio:rated", { ...of, level: "good", mos: 4.3, lossPercent: 0, jitterMs: 5 }).after(letter === "s" ? 500 : 15_000);
    } else if (letter === "N") {
      told.write("audio:given-up", { ...of, direction: "inbound", kind: "stopped", forMs: 4_000, path: { ...path, answers: false } });
    } else {
      told.write("audio:lost", { ...of, direction: "inbound", kind: "stopped", forMs: 4_000, path: { ...path, answers: false } });
      told.write("audio:restarted", { ...of, answer: { code: 200, said: "peer" } }).after(3_000);
      told.write("audio:restored", { ...of, path: { ...path, ...(letter === "M" && { localAddressChanged: true }) } }).after(8_000);
    }
    told.write("call:ended", { callId, end: "hung-up-here", possibleDuplicate: false, talkedMs: 20_000 }).proves("A", "B").after(8_000);
  }
  return told;
}

const verdictOn = (letters: string) => explain(talks(wellBegun("A", "B"), letters).entries).verdict;

describe("audio that is lost and found again", () => {
  test.each(["AbAbbAbbA", "AbbaAbbAabbAbbA"])("in talk after talk by one carrier, and by no other, is that carrier's: %s", (letters) => {
    const verdict = verdictOn(letters);
    expect(verdict).toMatchObject({ leader: "carrier-media", trunkId: "A", conclusion: "clear" });
    expect(verdict.reasonsFor.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["audio-lost-again-and-again-on-trunk", "audio-well-on-other-trunk"]),
    );
  });

  test.each([
    ["once, though others' were heard", "bbbAbbb"],
    ["on the only carrier that was called by", "AAaAAaA"],
    ["by whichever carrier", "AbBaAbBaAaBb"],
    ["by another once as well", "AbAbbBAbAbA"],
    ["where the device had changed its network between", "AbAbMbAbbA"],
    ["where those of the others were over too soon to be met", "AsAssAsAsA"],
  ])("%s is the agent's own path", (_, letters) => {
    expect(verdictOn(letters)).toMatchObject({ leader: "local-network" });
  });

  test("by one carrier, and others were given up on another's, accuses neither of them clearly", () => {
    expect(verdictOn("AbAbNbAbA").reasonsFor.map(({ code }) => code)).not.toContain("audio-lost-again-and-again-on-trunk");
  });

  test.each(["AbbA", "AbbaAbbaAbbaA"])("a few times by one carrier, while a few were heard by another, may be either's: %s", (letters) => {
    expect(verdictOn(letters)).toMatchObject({ conclusion: "inconclusive", actor: "nobody" });
  });

  test("is told to the carrier with what its own trunk showed", () => {
    const { entries } = talks(wellBegun("A", "B"), "AbAbbAbbA");
    const text = JSON.stringify(buildReport(entries, undefined, { verdict: explain(entries).verdict }));
    expect(text).toContain("audio-lost-again-and-again-on-trunk");
  });
});
