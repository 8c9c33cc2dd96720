import { expect, test } from "vitest";
import { becomes, firstPacketWithinMs, hearEachOther, onCarriers, timesOf } from "./stage.ts";

onCarriers("a call over A", (stage) => {
  test("agent and customer hear each other: each one's tone is found at the other end", async () => {
    const phone = await stage.phone();
    const softphone = await stage.softphone();
    await softphone.run(`dial("${phone.number}")`);
    await becomes(softphone.told, ["ringing A", "answered A"]);
    await hearEachOther(softphone, phone);
    const { firstPacketMs } = await timesOf(softphone, "plain call");
    expect(firstPacketMs).toBeLessThan(firstPacketWithinMs);
  });
});
