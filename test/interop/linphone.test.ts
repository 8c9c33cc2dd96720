import { expect, test } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import { startLinphone } from "./linphone-phone.ts";
import { hangUp, onPhone } from "./real-phone-contract.ts";
import { becomes } from "./stage.ts";

onPhone("linphone", startLinphone, (on) => {
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

  test("calls with a session timer: it is told half-way that the call goes on", async () => {
    const clock = impatientClock();
    const call = await on.calls(await on.agent({ clock }));
    const heard = await on.hear();
    clock.expire(45_000);
    await becomes(heard, ["refreshed"]);
    expect(call).toMatchObject({ state: "answered", held: "none" });
    await hangUp(on, call);
  });
});

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
