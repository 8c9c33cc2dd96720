import { expect, test } from "vitest";
import { startBaresipPhone } from "./baresip-phone.ts";
import { hangUp, onPhone } from "./real-phone-contract.ts";

// It has no session timer, and sends digits by RTP events only, which are the audio's and not the call's.
onPhone("baresip", startBaresipPhone, (on) => {
  test("is refused a transfer by a policy that says no, and hangs up", async () => {
    const agent = await on.agent({ transferPolicy: () => false });
    const call = await on.called(agent);
    await on.phone.transfer("sip:+21671000001@a.example");
    expect(await call.ended).toMatchObject({ end: "hung-up-there" });
    expect(agent.entries("call:referred")).toMatchObject([{ because: "policy" }]);
  });

  test("and another one cannot be joined by the agent, who has both calls still", async () => {
    const second = await on.another();
    const agent = await on.agent();
    const one = await on.called(agent);
    await one.hold();
    const two = await on.called(agent, second);
    // It takes the Replaces of Refer-To for a part of the URI, and calls that.
    expect(await one.transfer(two)).toMatchObject({ ok: false, because: "not-reached" });
    expect([one.state, one.held, two.state]).toEqual(["answered", "here", "answered"]);
    await hangUp(on, one);
    two.hangUp();
    expect(await two.ended).toMatchObject({ end: "hung-up-here" });
  });
});
