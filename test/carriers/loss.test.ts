import { expect, test } from "vitest";
import type { Entry } from "../../src/index.ts";
import { becomes, figure, onCarriers, talk, toldNoAudio, type Softphone, type Stage } from "./stage.ts";

/** What a rating may say while 30 % are lost: it is over some seconds, the first of which may have been well. */
const aboutThirty = { from: 8, to: 45 };

/** In a call that was well: loses 30 % one way until that is found. @returns what was found, and after how long. */
async function loseSome(stage: Stage, softphone: Softphone, onTheWayTo: "agent" | "carriers") {
  const ratings = () => softphone.entries("audio:rated");
  await becomes(async () => (await ratings()).map(({ level }) => level), ["good"]);
  const fromMs = await softphone.run<number>("nowMs()");
  stage.lose(30, onTheWayTo);
  await becomes(async () => (await ratings()).map(({ level }) => level), ["good", "poor"], 20_000);
  // Loss is no loss of the audio: nothing is mended.
  expect(await softphone.entries("audio:lost")).toEqual([]);
  const [, poor] = (await ratings()) as readonly [Entry<"audio:rated">, Entry<"audio:rated">];
  const afterMs = Math.round(poor.atMs - fromMs);
  figure(`30 % lost on the way to the ${onTheWayTo}: found after ${afterMs} ms`);
  return { poor, afterMs };
}

/** Of the leader and what speaks for it. */
async function blamed(softphone: Softphone) {
  const verdict = await softphone.verdict();
  return { leader: verdict?.leader, conclusion: verdict?.conclusion, reasons: verdict?.reasonsFor.map(({ code }) => code) };
}

onCarriers("packets are lost", (stage) => {
  test("30 % on the way to the agent: poor, and one call over one carrier does not tell whose fault it is", async () => {
    const { softphone } = await talk(stage);
    const { poor, afterMs } = await loseSome(stage, softphone, "agent");
    expect(poor.lossPercent).toBeGreaterThan(aboutThirty.from);
    expect(poor.lossPercent).toBeLessThan(aboutThirty.to);
    expect(afterMs).toBeLessThan(10_000);
    expect(await blamed(softphone)).toMatchObject({ conclusion: "inconclusive", reasons: ["audio-poor-on-trunk"] });
  });

  test("30 % on the way to the carrier: the uplink is poor, what comes in is well", async () => {
    const { softphone } = await talk(stage);
    const { poor, afterMs } = await loseSome(stage, softphone, "carriers");
    expect(poor.uplink?.lossPercent).toBeGreaterThan(aboutThirty.from);
    expect(poor.uplink?.lossPercent).toBeLessThan(aboutThirty.to);
    expect(poor.lossPercent).toBeLessThan(1);
    // The phone reports every 5 s (RFC 3550 §6.2).
    expect(afterMs).toBeLessThan(15_000);
    expect(await blamed(softphone)).toMatchObject({ leader: "local-network", reasons: ["uplink-poor-on-trunk"] });
  });

  test("all on the way to the agent, under a call: it had a path, so that no network blocks UDP", async () => {
    const { softphone } = await talk(stage, { limits: { audioGraceMs: 1_000 } });
    stage.lose(100, "agent");
    const { reasons } = await toldNoAudio(softphone);
    expect(reasons).toContain("media-relay-silent");
    expect(reasons).not.toContain("ice-never-connected");
    expect(await softphone.entry("audio:lost")).toMatchObject({ direction: "inbound", kind: "stopped", path: { wasConnected: true } });
  });
});
