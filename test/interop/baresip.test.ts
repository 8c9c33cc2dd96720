import { expect, test } from "vitest";
import { startBaresipPhone } from "./baresip-phone.ts";
import { onPhone } from "./real-phone-contract.ts";

// It has no session timer, and sends digits by RTP events only, which are the audio's and not the call's.
onPhone("baresip", startBaresipPhone, (on) => {
  test("is refused a transfer by a policy that says no, and hangs up", async () => {
    const agent = await on.agent({ transferPolicy: () => false });
    const call = await on.called(agent);
    await on.phone.transfer("sip:+21671000001@a.example");
    expect(await call.ended).toMatchObject({ end: "hung-up-there" });
    expect(agent.entries("call:referred")).toMatchObject([{ because: "policy" }]);
  });
});
