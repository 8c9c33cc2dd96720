/** Why the other side's network ends a talk, from its BYE to the journal and the integrator (RFC 3326), through SIP.js. */
import { expect, test, vi } from "vitest";
import type { Incident } from "../../src/diagnosis/model.ts";
import type { EndReason } from "../../src/ports/sip-answer.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
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

test("opens an incident at the second customer whose talk that carrier's network ends, while another's go well", async () => {
  const house = buildHouse();
  const opened: Incident[] = [];
  house.line.on("incident:opened", (incident) => opened.push(incident));
  house.line.on("call:offered", (each) => void each.answer());
  await house.open();
  const talks = async (carrier: typeof house.a, from: string, isCut: boolean) => {
    const customer = carrier.call("agent7", { from });
    await pass(20_000);
    if (isCut) customer.cut(cut);
    else customer.hangUp(["Reason: Q.850;cause=16"]);
    await pass(5_000);
    await vi.dynamicImportSettled();
    return opened.length;
  };
  const counts = [];
  for (const number of ["+21671000001", "+21671000002"]) {
    counts.push(await talks(house.a, number, true));
    counts.push(await talks(house.b, number.replace("71", "98"), false));
  }
  expect(house.entries("call:ended").map((entry) => entry.reason?.q850?.value)).toEqual([38, 16, 38, 16]);
  expect(counts).toEqual([0, 0, 1, 1]);
  expect(opened).toMatchObject([{ verdict: { trunkId: "A", reasonsFor: [{ code: "talks-ended-by-network", params: { cause: 38 } }] } }]);
});
