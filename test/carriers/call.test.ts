import { expect, test } from "vitest";
import type { Ringing } from "./customer.ts";
import { becomes, firstPacketWithinMs, hearEachOther, onCarriers, timesOf, tonesHz } from "./stage.ts";

onCarriers("a call with audio", (stage) => {
  test("to a real phone over A: each one's tone is found at the other end", async () => {
    const phone = await stage.phone();
    const softphone = await stage.softphone();
    await softphone.run(`dial("${phone.number}")`);
    await becomes(softphone.told, ["ringing A", "answered A"]);
    await hearEachOther(softphone, phone);
    const { firstPacketMs } = await timesOf(softphone, "call over A");
    expect(firstPacketMs).toBeLessThan(firstPacketWithinMs);
  });

  test("from a real phone, over B", async () => {
    const [phone, softphone] = await Promise.all([stage.phone(), stage.softphone()]);
    await phone.dial(`sip:${softphone.user}@${stage.b.address}`);
    await becomes(softphone.told, ["offered"]);
    await softphone.run("answer()");
    await becomes(softphone.told, ["offered", "answered B"]);
    await hearEachOther(softphone, phone);
    const { firstPacketMs } = await timesOf(softphone, "inbound call over B");
    expect(firstPacketMs).toBeLessThan(firstPacketWithinMs);
    await softphone.run("hangUp()");
    expect(await softphone.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
  });

  test("that an announcement precedes (183): the agent hears it, then the customer, who hears the agent", async () => {
    const calls: Ringing[] = [];
    const customer = await stage.customer((call) => {
      calls.push(call);
      call.announce();
    });
    const softphone = await stage.softphone();
    await softphone.run(`dial("${customer.number}")`);
    await becomes(softphone.told, ["ringing A"]);
    await becomes(() => softphone.run("heardHz()"), expect.closeTo(tonesHz.customer, -1));
    calls[0]?.answer();
    await becomes(softphone.told, ["ringing A", "answered A"]);
    await hearEachOther(softphone, customer.speech);
  });

  test("after an announcement by A that ended in a 503: the agent dials again, and they hear each other over B", async () => {
    const calls: Ringing[] = [];
    const [customer, phone] = await Promise.all([
      stage.customer((call) => {
        calls.push(call);
        call.announce();
      }),
      stage.phone(),
    ]);
    const softphone = await stage.softphone({ overB: phone });
    await softphone.run(`dial("${customer.number}")`);
    await becomes(() => softphone.run("heardHz()"), expect.closeTo(tonesHz.customer, -1));
    calls[0]?.refuse("503 Service Unavailable");
    await becomes(softphone.told, ["ringing A", "choice A"]);
    await softphone.run("redial()");
    await becomes(async () => (await softphone.told()).at(-1), "answered B");
    await hearEachOther(softphone, phone);
    const { firstPacketMs } = await timesOf(softphone, "announcement by A, then B");
    expect(firstPacketMs).toBeLessThan(firstPacketWithinMs);
  });
});
