import { expect, test } from "vitest";
import { becomes, callCustomer, hearEachOther, hears, isQuiet, onCarriers, takenOverWithinMs, talk, tonesHz } from "./stage.ts";

/** Longer than audio may be away before it is missed (`audioStoppedMs`). */
const observedMs = 5_000;

onCarriers("in a call with audio", (stage) => {
  test("the socket is lost: they hear each other all the while, and the peer is told the new address", async () => {
    const { phone, softphone } = await talk(stage);
    stage.network.run("ss", "-K", "dst", stage.a.address.split(":")[0] ?? "");
    await becomes(
      async () => (await softphone.entries("flow:changed")).some(({ trunkId, to }) => trunkId === "A" && to === "waiting"),
      true,
    );
    await hearEachOther(softphone, phone);
    expect(await softphone.entry("dialog:refreshed")).toMatchObject({ answer: { code: 200, said: "peer" } });
    await stage.observe(observedMs);
    await hearEachOther(softphone, phone);
    await isQuiet(softphone);
  });

  test("the customer holds the call, then the agent: no fault, who is held hears music or nothing; and after each they hear each other", async () => {
    const { customer, softphone, ringing: call } = await callCustomer(stage);
    await hearEachOther(softphone, customer.speech);
    const both = () => hears(softphone, customer.speech);
    await call.hold();
    await becomes(async () => (await softphone.told()).at(-1), "held there");
    await becomes(both, [tonesHz.customer, 0]);
    await stage.observe(observedMs);
    await isQuiet(softphone);
    await call.resume();
    await becomes(async () => (await softphone.told()).at(-1), "held none");
    await becomes(both, [tonesHz.customer, tonesHz.agent]);
    expect(await softphone.run("hold()")).toMatchObject({ ok: true });
    await becomes(() => customer.speech.heardHz, 0);
    await stage.observe(observedMs);
    await isQuiet(softphone);
    expect(await softphone.run("unhold()")).toMatchObject({ ok: true });
    await becomes(both, [tonesHz.customer, tonesHz.agent]);
    await isQuiet(softphone);
  });

  test("a real phone holds the call: no fault; and takes it back: the agent hears the customer", async () => {
    const { phone, softphone } = await talk(stage);
    await phone.hold();
    await becomes(async () => (await softphone.told()).at(-1), "held there");
    await phone.resume();
    await becomes(async () => (await softphone.told()).at(-1), "held none");
    // What baresip hears after a hold of its own it does not record: for that there is the test before.
    await becomes(async () => (await hears(softphone))[0], tonesHz.customer);
    await isQuiet(softphone);
  });

  test("digits go as RTP events both ways, and they hear each other all the while", async () => {
    const { phone, softphone } = await talk(stage);
    expect(await softphone.run(`sendDigits("1#")`)).toEqual({ ok: true, via: "rtp", sent: 2 });
    await becomes(() => phone.digits, ["1", "#"]);
    const tones = stage.countTones();
    for (const digit of "42") await phone.sendDigit(digit);
    await stage.observe(observedMs);
    await hearEachOther(softphone, phone);
    await isQuiet(softphone);
    // Of a digit's end alone there are three (RFC 4733 §2.5.1.4).
    expect(tones()).toBeGreaterThan(6);
  });

  test("the page is reloaded: within seconds they hear each other again, over the same call of the customer's", async () => {
    const { phone, softphone } = await talk(stage, { isResumed: true });
    await softphone.reload();
    await becomes(softphone.told, ["resumed A"]);
    await hearEachOther(softphone, phone, takenOverWithinMs);
    expect((await softphone.entry("call:resumed")).gapMs).toBeLessThan(3_000);
    await stage.observe(observedMs);
    await hearEachOther(softphone, phone);
    await isQuiet(softphone);
  });

  test("a second call holds the first: of two customers the one hears the agent to whom the agent has turned", async () => {
    const { customer: first, softphone } = await callCustomer(stage);
    await hearEachOther(softphone, first.speech);
    const second = await stage.customer((ringing) => ringing.answer());
    const customers = () => [first, second].map(({ speech }) => (speech.heardHz === 0 ? 0 : tonesHz.agent));
    await softphone.run(`dial("${second.number}")`);
    await becomes(customers, [0, tonesHz.agent]);
    expect(await softphone.run("swap()")).toMatchObject({ ok: true });
    await becomes(customers, [tonesHz.agent, 0]);
    expect(await softphone.run("swap()")).toMatchObject({ ok: true });
    await becomes(customers, [0, tonesHz.agent]);
    await hearEachOther(softphone, second.speech);
    await softphone.run("hangUp()");
    await becomes(customers, [tonesHz.agent, 0]);
    await isQuiet(softphone);
  });

  test("of one of two tabs: a customer's call rings where the telephone is; a call from the other holds it, and gives it back", async () => {
    const [customer, callee, [one, two]] = await Promise.all([
      stage.customer(),
      stage.customer((ringing) => ringing.answer()),
      stage.tabs(),
    ]);
    await one.show();
    await becomes(() => Promise.all([one, two].map((tab) => tab.run("telephone()"))), ["here", "elsewhere"], 20_000);
    const dialled = customer.dial(`sip:${one.user}@a.example`, stage.a.address);
    await becomes(one.told, ["offered"]);
    await one.run("answer()");
    await dialled;
    await becomes(one.told, ["offered", "answered A"]);
    await hearEachOther(one, customer.speech);
    // From now on the agent looks at this one.
    await two.show();
    await two.run(`dial("${callee.number}")`);
    await becomes(async () => (await two.told()).map((what) => what.split(" ")[0]), ["answered"]);
    await becomes(async () => (await one.told()).at(-1), "held here");
    await becomes(() => customer.speech.heardHz, 0);
    await stage.observe(observedMs);
    await hearEachOther(two, callee.speech);
    await two.run("hangUp()");
    await becomes(async () => (await one.told()).at(-1), "held none");
    await hearEachOther(one, customer.speech);
    for (const tab of [one, two]) await isQuiet(tab);
  });
});
