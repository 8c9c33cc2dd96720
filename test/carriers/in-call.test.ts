import { expect, test } from "vitest";
import { becomes, hearEachOther, isQuiet, onCarriers, talk } from "./stage.ts";

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

  test("the customer holds the call: no fault; and takes it back: they hear each other", async () => {
    const { phone, softphone } = await talk(stage);
    await phone.hold();
    await becomes(async () => (await softphone.told()).at(-1), "held there");
    await stage.observe(observedMs);
    await isQuiet(softphone);
    await phone.resume();
    await becomes(async () => (await softphone.told()).at(-1), "held none");
    await hearEachOther(softphone, phone);
    await stage.observe(observedMs);
    await hearEachOther(softphone, phone);
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
    await hearEachOther(softphone, phone);
    expect((await softphone.entry("call:resumed")).gapMs).toBeLessThan(3_000);
    await stage.observe(observedMs);
    await hearEachOther(softphone, phone);
    await isQuiet(softphone);
  });

  test("of one of two tabs: a customer's call rings where the telephone is; a call from the other holds it, and gives it back", async () => {
    const [customer, callee, [one, two]] = await Promise.all([stage.phone(), stage.phone(), stage.tabs()]);
    await one.show();
    await becomes(() => Promise.all([one, two].map((tab) => tab.run("telephone()"))), ["here", "elsewhere"], 20_000);
    await customer.dial(`sip:${one.user}@${stage.a.address}`);
    await becomes(one.told, ["offered"]);
    await one.run("answer()");
    await becomes(one.told, ["offered", "answered A"]);
    await hearEachOther(one, customer);
    // From now on the agent looks at this one.
    await two.show();
    await two.run(`dial("${callee.number}")`);
    await becomes(async () => (await two.told()).map((what) => what.split(" ")[0]), ["ringing", "answered"]);
    await becomes(async () => (await one.told()).at(-1), "held here");
    await stage.observe(observedMs);
    await hearEachOther(two, callee);
    await two.run("hangUp()");
    await becomes(async () => (await one.told()).at(-1), "held none");
    await hearEachOther(one, customer);
    for (const tab of [one, two]) await isQuiet(tab);
  });
});
