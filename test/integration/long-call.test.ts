/** A call of 65 minutes whose session has to be refreshed every ten (RFC 4028) stays up, whoever does that and by which method. */
import { expect, test } from "vitest";
import { pass, underFakeTime } from "../support/house.ts";
import { closingNextPages, talk } from "../support/reload.ts";

underFakeTime();
closingNextPages();

const minuteMs = 60_000;

const refreshes = [
  { refresher: "carrier", by: "INVITE" },
  { refresher: "carrier", by: "UPDATE" },
  { refresher: "softphone", by: "INVITE" },
] as const;

test.each(
  refreshes.flatMap((each) => [
    { ...each, incoming: false },
    { ...each, incoming: true },
  ]),
)("by the $refresher with $by, incoming: $incoming", async ({ refresher, by, incoming }) => {
  const { a, call, customer, entries } = await talk({ incoming, carrier: { sessionTimer: { expiresS: 600, refresher, by } } });
  const before = a.log.length;
  await pass(65 * minuteMs);
  const refreshed = a.log.slice(before).filter(({ what, method, callId, code }) => {
    const isAsked = what === (refresher === "carrier" ? "sent" : "received") && code === undefined;
    return isAsked && method === by && callId === customer.callId;
  });
  // Half-way through each ten minutes (§10).
  expect(refreshed).toHaveLength(13);
  expect([call.state, customer.state, entries("call:ended")]).toEqual(["answered", "answered", []]);
  call.hangUp();
  await pass(200);
  expect([(await call.ended).end, customer.end?.by]).toEqual(["hung-up-here", "agent"]);
});
