import { expect, it, vi } from "vitest";
import { createLegs } from "../../src/call/legs.ts";
import { systemClock } from "../../src/clock.ts";
import type { SipInvitation } from "../../src/ports/sip-invitation.ts";
import type { Trunk } from "../../src/trunk/trunk.ts";

/** Legs by the letters of their names, and a way to take and give back the flow of each. */
function ringing(names: string) {
  const legs = createLegs({ clock: systemClock, adriftMs: 5_000, onLost: vi.fn() });
  const flows = new Map<string, (isOpen: boolean) => void>();
  for (const sipCallId of names) {
    const invitation: Partial<SipInvitation> = {
      sipCallId,
      onFlowChanged: (listener) => void flows.set(sipCallId, listener),
      onCancelled: () => {},
      reject: () => {},
    };
    legs.add({ trunk: { countAnew() {} } as Trunk, invitation: invitation as SipInvitation });
  }
  return { legs, flow: (name: string, isOpen: boolean) => flows.get(name)?.(isOpen) };
}

it.each([
  ["nothing happened", "", "1"],
  ["the flow of the first is lost", "-1", "2"],
  ["the flow of the first is lost, and another is there", "-1 +1", "2"],
  ["the flows of both are lost", "-1 -2", "1"],
  ["the flows of both are lost, and one is there again", "-1 -2 +2", "2"],
  ["the flows of both are lost, and both are there again", "-1 -2 +2 +1", "1"],
])("the first to be answered, when %s", (_, happened, first) => {
  vi.useFakeTimers();
  const { legs, flow } = ringing("12");
  for (const [sign = "", name = ""] of happened.split(" ")) flow(name, sign === "+");
  expect(legs.first?.invitation.sipCallId).toBe(first);
  legs.reject(480);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
