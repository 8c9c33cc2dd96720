import { expect, test } from "vitest";
import { becomes, hearEachOther, onCarriers, talk, type Softphone } from "./stage.ts";

/** The old socket is found dead, and the peer told of the new one, some 12 s after the audio came back. */
const observedMs = 12_000;

/** The peer took a re-INVITE of the new address: for its own sake, or, where ICE does not recover by itself (Firefox), the one that restarts it. */
const isPeerTold = async (softphone: Softphone): Promise<boolean> =>
  [...(await softphone.entries("dialog:refreshed")), ...(await softphone.entries("audio:restarted"))].some(
    ({ answer }) => answer?.code === 200 && answer.said === "peer",
  );

onCarriers("the agent's computer gets another address under a call", (stage) => {
  test("ICE finds the new path: they hear each other again, and go on to while the socket is replaced", async () => {
    const { softphone, phone } = await talk(stage);
    stage.moveAgent();
    await becomes(async () => (await softphone.told()).at(-1), "audio-restored", 20_000);
    // What goes out, Chromium counts as sent, and Firefox does not.
    const flows = expect.stringMatching(/^(outbound|none)$/);
    expect(await softphone.entry("audio:lost")).toMatchObject({ direction: "inbound", kind: "stopped", path: { flows } });
    expect(await softphone.entry("audio:restored")).toMatchObject({ path: { localAddressChanged: true, dtls: "connected" } });
    await hearEachOther(softphone, phone);
    await becomes(() => isPeerTold(softphone), true, 20_000);
    await stage.observe(observedMs);
    await hearEachOther(softphone, phone);
    expect(await softphone.entries("audio:lost")).toHaveLength(1);
    // By then the incident may be over, and nobody suspected any more; a carrier must not be.
    expect((await softphone.verdict())?.leader ?? "nobody").not.toMatch(/^carrier-/);
    expect(await softphone.told()).toEqual(["ringing A", "answered A", "audio-restored"]);
  });
});
