import { expect, test } from "vitest";
import { becomes, hearEachOther, onCarriers, talk } from "./stage.ts";

/** The old socket is found dead, and the peer told of the new one, some 12 s after the audio came back. */
const observedMs = 12_000;

onCarriers("the agent's computer gets another address under a call", (stage) => {
  test("ICE finds the new path: they hear each other again, and go on to while the socket is replaced", async () => {
    const { softphone, phone } = await talk(stage);
    stage.moveAgent();
    await becomes(async () => (await softphone.told()).at(-1), "audio-restored", 20_000);
    expect(await softphone.entry("audio:lost")).toMatchObject({ direction: "inbound", kind: "stopped", path: { flows: "outbound" } });
    expect(await softphone.entry("audio:restored")).toMatchObject({ path: { localAddressChanged: true, dtls: "connected" } });
    await hearEachOther(softphone, phone);
    expect(await softphone.entry("dialog:refreshed", 20_000)).toMatchObject({ answer: { code: 200, said: "peer" } });
    await stage.observe(observedMs);
    await hearEachOther(softphone, phone);
    expect(await softphone.entries("audio:lost")).toHaveLength(1);
    // By then the incident may be over, and nobody suspected any more; a carrier must not be.
    expect((await softphone.verdict())?.leader ?? "nobody").not.toMatch(/^carrier-/);
    expect(await softphone.told()).toEqual(["ringing A", "answered A", "audio-restored"]);
  });
});
