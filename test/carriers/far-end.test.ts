import { expect, test } from "vitest";
import { becomes, callCustomer, hearEachOther, isQuiet, onCarriers, toldNoAudio, tonesHz } from "./stage.ts";

/** Longer than audio may be away before it is missed (`audioStoppedMs`). */
const observedMs = 6_000;

onCarriers("at the far end of a call", (stage) => {
  test("the phone answers and says nothing: the agent is told, and what works is left alone", async () => {
    const { softphone, customer } = await callCustomer(stage, "mutely");
    const { leader, reasons } = await toldNoAudio(softphone);
    expect(reasons).toContain("connected-without-audio");
    expect(leader).toBe("carrier-media");
    expect(await softphone.entry("audio:lost")).toMatchObject({
      ...{ trunkId: "A", direction: "inbound", kind: "never-came" },
      path: { wasConnected: true, dtls: "connected", answers: true },
    });
    expect(await softphone.entries("audio:restarted")).toEqual([]);
    expect(await softphone.entries("audio:renewed")).toEqual([]);
    // The customer hears the agent all the while.
    await becomes(() => customer.speech.heardHz, expect.closeTo(tonesHz.agent, -1));
  });

  test("the voice comes from another source (SSRC) from now on: they hear each other", async () => {
    const { softphone, customer, ringing } = await callCustomer(stage);
    await hearEachOther(softphone, customer.speech);
    ringing.talkAnew();
    await stage.observe(observedMs);
    await hearEachOther(softphone, customer.speech);
    await isQuiet(softphone);
  });

  test("the call is put through to another phone of the carrier (re-INVITE): they hear each other", async () => {
    const { softphone, customer, ringing } = await callCustomer(stage);
    await hearEachOther(softphone, customer.speech);
    await ringing.move();
    await hearEachOther(softphone, customer.speech);
    await stage.observe(observedMs);
    await hearEachOther(softphone, customer.speech);
    await isQuiet(softphone);
  });
});
