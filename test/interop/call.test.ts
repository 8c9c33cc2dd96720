import { expect, test } from "vitest";
import { becomes, dial, onStage } from "./stage.ts";

onStage("a call", (stage) => {
  test("is answered, and the agent hangs up", async () => {
    const phone = await stage.phone("answers");
    const { call, events } = dial(await stage.agent(), phone);
    await becomes(() => events, ["ringing A", "answered A"]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ end: "hung-up-here", attempts: 1, possibleDuplicate: false });
    await becomes(() => phone.heard, [["INVITE", "ACK", "BYE"]]);
  });

  test("is answered, and the customer hangs up", async () => {
    const phone = await stage.phone("answers and hangs up");
    const { events } = dial(await stage.agent(), phone);
    await becomes(() => events, ["ringing A", "answered A", "ended hung-up-there"]);
    await becomes(() => phone.heard, [["INVITE", "ACK", "200"]]);
  });

  test("is cancelled while it rings", async () => {
    const phone = await stage.phone("rings until cancelled");
    const agent = await stage.agent();
    const { call, events } = dial(agent, phone);
    await becomes(() => events, ["ringing A"]);
    call.hangUp();
    expect(await agent.entry("attempt:settled")).toMatchObject({ how: "cancelled" });
    expect(phone.heard).toEqual([["INVITE", "CANCEL", "ACK"]]);
    expect(await call.ended).toMatchObject({ end: "hung-up-here", possibleDuplicate: false });
  });

  test("is cancelled before it rings", async () => {
    const phone = await stage.phone("stalls until cancelled");
    const agent = await stage.agent();
    const { call } = dial(agent, phone);
    await becomes(() => phone.heard, [["INVITE"]]);
    call.hangUp();
    expect(await agent.entry("attempt:settled")).toMatchObject({ how: "cancelled" });
    expect(phone.heard).toEqual([["INVITE", "CANCEL", "ACK"]]);
  });

  test("is answered just when it is cancelled: acknowledged and ended", async () => {
    const phone = await stage.phone("answers when cancelled");
    const agent = await stage.agent();
    const { call, events } = dial(agent, phone);
    await becomes(() => events, ["ringing A"]);
    call.hangUp();
    await becomes(() => phone.heard, [["INVITE", "CANCEL", "ACK", "BYE"]]);
    expect(await agent.entry("attempt:settled")).toMatchObject({ how: "answered-late-and-ended" });
    expect(events).toEqual(["ringing A", "ended hung-up-here"]);
  });

  test("meets a busy phone: no other trunk is tried", async () => {
    const phone = await stage.phone("is busy");
    const { call } = dial(await stage.agent(), phone);
    expect(await call.ended).toMatchObject({ end: "callee-refused", attempts: 1, possibleDuplicate: false });
    expect(phone.heard).toEqual([["INVITE", "ACK"]]);
  });
});
