import { expect, test } from "vitest";
import { becomes, figure, hearEachOther, onCarriers, talk, toldNoAudio } from "./stage.ts";

/** Sooner than in life, for what is said does not depend on it. */
const limits = { audioGraceMs: 1_000 };

/** Where a restart of ICE went wrong, the last of the audio died 20 s later. */
const listenedMs = 20_000;

onCarriers("the audio's path is dead", (stage) => {
  test.each(["killed", "frozen"] as const)("A's relay is %s under a call: it is A's media that fails", async (how) => {
    const { softphone } = await talk(stage, { limits });
    const fromMs = await softphone.run<number>("nowMs()");
    if (how === "killed") await stage.a.relay.kill();
    else stage.a.relay.freeze();
    expect(await toldNoAudio(softphone)).toMatchObject({ leader: "carrier-media", trunkId: "A" });
    const lost = await softphone.entry("audio:lost");
    expect(lost).toMatchObject({ trunkId: "A", kind: "stopped", path: { wasConnected: true, dtls: "connected" } });
    figure(`relay ${how}: ${lost.direction} audio found lost after ${Math.round(lost.atMs - fromMs)} ms`);
  });

  test("A's relay restarts under a call, its memory lost: they hear each other again", async () => {
    const { softphone, phone } = await talk(stage);
    await stage.a.relay.kill();
    await stage.a.relay.start();
    await becomes(async () => (await softphone.told()).at(-1), "audio-restored", 20_000);
    await hearEachOther(softphone, phone);
    await stage.observe(listenedMs);
    await hearEachOther(softphone, phone);
  });

  test("the agent's network blocks UDP: whatever the carrier, ICE never connects", async () => {
    stage.blockUdp();
    const [phone, softphone] = await Promise.all([stage.phone(), stage.softphone({ limits })]);
    await softphone.run(`dial("${phone.number}")`);
    await becomes(softphone.told, ["ringing A", "answered A"]);
    expect(await toldNoAudio(softphone)).toMatchObject({
      leader: "local-network",
      reasons: expect.arrayContaining(["ice-never-connected"]),
    });
    await softphone.run("hangUp()");

    await phone.dial(`sip:${softphone.user}@${stage.b.address}`);
    await becomes(async () => (await softphone.told()).at(-1), "offered");
    await softphone.run("answer()");
    expect(await toldNoAudio(softphone, 2)).toMatchObject({
      leader: "local-network",
      reasons: expect.arrayContaining(["ice-never-connected-on-unrelated-trunks"]),
    });
    const neverCame = { direction: "both", kind: "never-came", path: { wasConnected: false } };
    const [overA, overB, ...more] = await softphone.entries("audio:lost");
    expect([overA, overB]).toMatchObject([
      { trunkId: "A", ...neverCame },
      { trunkId: "B", ...neverCame },
    ]);
    expect(more).toEqual([]);
  });
});
