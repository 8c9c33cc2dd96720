import { expect, test } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Call } from "../../src/index.ts";
import { startLinphone } from "./linphone-phone.ts";
import { hangUp, onPhone } from "./real-phone-contract.ts";
import type { RealPhone } from "./real-phone.ts";
import { becomes } from "./stage.ts";

onPhone("linphone", startLinphone, (on, stage) => {
  test("sends digits by INFO", async () => {
    const call = await on.called(await on.agent());
    const digits: string[] = [];
    call.on("digit", ({ digit }) => digits.push(digit));
    for (const digit of ["7", "#"]) await on.phone.sendDigit(digit);
    await becomes(() => digits, ["7", "#"]);
    await hangUp(on, call);
  });

  test("is refused a transfer by a policy that says no, and the call goes on", async () => {
    const agent = await on.agent({ transferPolicy: () => false });
    const call = await on.called(agent);
    await on.phone.transfer("sip:+21671000001@a.example");
    expect(await agent.entry("call:referred")).toMatchObject({ because: "policy" });
    expect(call.state).toBe("answered");
    await hangUp(on, call);
  });

  test("and another one are joined by the agent: they talk with each other, and the agent is out", async () => {
    const second = await on.another();
    const agent = await on.agent();
    const one = await on.called(agent);
    await one.hold();
    const two = await on.called(agent, second);
    const heard = await Promise.all([on.hear(), on.hear(second)]);
    expect(await one.transfer(two)).toEqual({ ok: true });
    for (const call of [one, two]) expect(await call.ended).toMatchObject({ end: "transferred" });
    await talkWithEachOther(heard);
  });

  test("joins the agent and another one: the policy is asked, and the agent takes the phone's place", async () => {
    const second = await on.another();
    const asked: unknown[] = [];
    const agent = await on.agent({ transferPolicy: (request) => asked.push(request) > 0 });
    const first = await on.called(agent);
    await callsAnother(second);
    const referred = new Promise<Call>((resolve) => first.once("referred", ({ call }) => resolve(call)));
    const heard = await on.hear(second);
    await on.phone.join?.();
    const next = await referred;
    expect(asked).toMatchObject([{ number: second.number, trunkId: "A", replaces: true }]);
    await becomes(() => next.state, "answered");
    expect(await first.ended).toMatchObject({ end: "hung-up-there" });
    // It takes that call by itself, for the one that it had.
    await becomes(async () => begunAndEnded(await heard()), [1, 1]);
    await second.hangUp();
    expect(await next.ended).toMatchObject({ end: "hung-up-there" });
  });

  test("joins another one and the agent, whose call stays the same: somebody else is there", async () => {
    const second = await on.another();
    const agent = await on.agent();
    await callsAnother(second);
    const call = await on.calls(agent);
    const replaced = new Promise((resolve) => call.once("replaced", resolve));
    const heard = await Promise.all([on.hear(), on.hear(second)]);
    await on.phone.join?.();
    expect(await replaced).toMatchObject({ trunkId: "A", identity: { number: second.number } });
    await becomes(async () => begunAndEnded(await heard[0]()), [0, 2]);
    await becomes(async () => begunAndEnded(await heard[1]()), [1, 1]);
    expect(call).toMatchObject({ state: "answered", held: "none", identity: { number: second.number } });
    await second.hangUp();
    expect(await call.ended).toEqual({ end: "hung-up-there" });
  });

  test("calls with a session timer: it is told half-way that the call goes on", async () => {
    const clock = impatientClock();
    const call = await on.calls(await on.agent({ clock }));
    const heard = await on.hear();
    clock.expire(45_000);
    await becomes(heard, ["refreshed"]);
    expect(call).toMatchObject({ state: "answered", held: "none" });
    await hangUp(on, call);
  });

  // In real time: the shortest timer is one of 90 s (RFC 4028 §4), and it is the phone's.
  if (process.env["LINEKEEPER_SOAK_MINUTES"])
    test("is called and keeps the call up by its own word, beyond what the timer had", { timeout: 120_000 }, async () => {
      const call = await on.called(await on.agent());
      const heard = await on.hear();
      await becomes(async () => (await heard()).filter((said) => said === "refreshes").length, 2, 110_000);
      expect(call).toMatchObject({ state: "answered", held: "none" });
      await hangUp(on, call);
    });

  /** The phone calls `another`, which takes the call. */
  async function callsAnother(another: RealPhone): Promise<void> {
    const heard = await Promise.all([on.hear(), on.hear(another)]);
    await on.phone.dial(`sip:${another.number}@${stage.a.address}`);
    await becomes(async () => (await heard[1]()).length, 1);
    await another.answer();
    for (const said of heard) await becomes(async () => (await said()).at(-1), "talks");
  }

  /** Each has begun one call, and ended the one before; what one of them ends is over for the other. */
  async function talkWithEachOther(heard: readonly Awaited<ReturnType<typeof on.hear>>[]): Promise<void> {
    for (const said of heard) await becomes(async () => begunAndEnded(await said()), [1, 1]);
    await on.phone.hangUp();
    for (const said of heard) await becomes(async () => begunAndEnded(await said()), [1, 2]);
  }
});

/** How many calls a phone told to have begun, and to be over. */
const begunAndEnded = (said: readonly string[]) => ["talks", "over"].map((word) => said.filter((each) => each === word).length);

/** The machine's, but a test may have what waits for so many ms at once. */
function impatientClock(): Clock & { expire(delayMs: number): void } {
  const waiting = new Map<() => void, number>();
  return {
    ...systemClock,
    setTimer(fire, delayMs) {
      const once = () => {
        if (waiting.delete(once)) fire();
      };
      waiting.set(once, delayMs);
      const cancel = systemClock.setTimer(once, delayMs);
      return () => {
        waiting.delete(once);
        cancel();
      };
    },
    expire(delayMs) {
      for (const [fire, ms] of [...waiting]) if (ms === delayMs) fire();
    },
  };
}
