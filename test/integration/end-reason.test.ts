/** Why the other side's network ends a talk, from its BYE to the journal and the integrator (RFC 3326), through SIP.js. */
import { expect, test } from "vitest";
import type { EndReason } from "../../src/ports/sip-answer.ts";
import { pass, underFakeTime } from "../support/house.ts";
import { closingNextPages, talk } from "../support/reload.ts";

underFakeTime();

closingNextPages();

const cut = ['Reason: Q.850;cause=38;text="to +216 71 000 001";location=LN', "Reason: SIP;cause=503"];
const reason: EndReason = { q850: { value: 38, location: "LN" }, sip: 503 };

test.each([{ incoming: false }, { incoming: true }])("is in the end of a call, and nothing is dialled for it: %o", async (how) => {
  const { customer, call, entries, a, b } = await talk(how);
  const before = [a, b].map(({ calls }) => calls.length);
  customer.cut(cut);
  await pass(60_000);
  expect(await call.ended).toMatchObject({ end: "hung-up-there", reason });
  expect(entries("call:ended")).toMatchObject([{ end: "hung-up-there", reason }]);
  expect(JSON.stringify(entries("call:ended"))).not.toContain("216 71");
  expect([a, b].map(({ calls }) => calls.length)).toEqual(before);
});

test.each(["while the next page is not up yet", "in the next page"])("is in the end of a call %s", async (when) => {
  const house = await talk();
  await house.leave();
  const isEarly = when.startsWith("while");
  if (isEarly) house.customer.cut(cut);
  const { resumed, entries } = await house.next();
  await pass(1_000);
  house.customer.cut(cut);
  await pass(1_000);
  expect(entries("call:ended")).toMatchObject([{ end: "hung-up-there", reason }]);
  expect(isEarly ? resumed : await resumed[0]?.ended).toMatchObject(isEarly ? [] : { end: "hung-up-there", reason });
});

test("is left out where the BYE says nothing that is known here", async () => {
  const { customer, call, entries } = await talk();
  customer.hangUp(["Reason: X.25;cause=7", "Reason: nonsense"]);
  await pass(1_000);
  for (const told of [await call.ended, ...entries("call:ended")]) expect(told).not.toHaveProperty("reason");
  expect(entries("call:ended")).toMatchObject([{ end: "hung-up-there" }]);
});
