/** What the CRM says with a call is said on every attempt of it, and nowhere else. */
import { describe, expect, test } from "vitest";
import { headersOf, type MockTrunk } from "../../adapters/mock-trunk/index.ts";
import type { CallOptions } from "../../src/call/options.ts";
import type { LinekeeperConfig, TrunkConfig } from "../../src/config.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

const number = "+21671000001";
const options: CallOptions = {
  headers: { "X-Ticket": "T-4711" },
  callerId: "+21671000099",
  displayName: "Zoë & Co",
  context: { ticket: "T-4711", customer: "Zoë" },
};

/** Those that begin a call. */
const invites = ({ log }: MockTrunk) =>
  log.filter((entry) => entry.what === "received" && entry.method === "INVITE" && !headersOf(entry, "To").join().includes("tag="));
const said = (trunk: MockTrunk, header: string) =>
  invites(trunk).map((entry) =>
    headersOf(entry, header)
      .join(" | ")
      .replace(/;tag=.*/, ""),
  );

const trunksWith = (change: Partial<TrunkConfig>): Pick<LinekeeperConfig, "trunks"> => ({
  trunks: ["A", "B"].map((id) => ({
    id,
    carrier: `Carrier ${id}`,
    server: `wss://${id.toLowerCase()}.example`,
    aor: `sip:agent7@${id.toLowerCase()}.example`,
    credentials: { password: "secret" },
    ...change,
  })),
});

async function opened(change: Partial<LinekeeperConfig> = {}) {
  const house = buildHouse(change);
  await house.open();
  return house;
}

describe("every attempt of a call says the same", () => {
  test("after a challenge, and on the next trunk with its own domain", async () => {
    const house = await opened();
    house.a.fault({ kind: "reject", code: 503, methods: ["INVITE"] });
    house.a.expireNonces();
    const call = house.line.call(number, options);
    await pass(2_000);
    expect([call.state, call.trunkId]).toEqual(["answered", "B"]);
    expect(new Set(said(house.a, "From"))).toEqual(new Set(['"Zoë & Co" <sip:+21671000099@a.example>']));
    expect(said(house.b, "From")).toHaveLength(2);
    expect(new Set(said(house.b, "From"))).toEqual(new Set(['"Zoë & Co" <sip:+21671000099@b.example>']));
    expect(new Set([...said(house.a, "X-Ticket"), ...said(house.b, "X-Ticket")])).toEqual(new Set(["T-4711"]));
    // §12.2.1.1: what follows in the dialog comes from the same.
    call.hangUp();
    await pass(100);
    const bye = house.b.log.find(({ what, method }) => what === "received" && method === "BYE");
    expect(headersOf(bye!, "From").join()).toContain("<sip:+21671000099@b.example>");
    expect(house.b.answered(number)).toHaveLength(1);
  });

  test("when the agent dials again after the phone rang", async () => {
    const house = await opened();
    house.a.fault({ kind: "reject", after: 180, code: 503, methods: ["INVITE"] });
    const call = house.line.call(number, { ...options, anonymous: true });
    await pass(1_000);
    expect(call.state).toBe("choosing");
    call.redial();
    await pass(1_000);
    expect(call.state).toBe("answered");
    for (const trunk of [house.a, house.b]) {
      expect(said(trunk, "From").at(-1)).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
      expect(said(trunk, "Privacy").at(-1)).toBe("id");
      expect(said(trunk, "P-Preferred-Identity").at(-1)).toMatch(/^<sip:\+21671000099@[ab]\.example>$/);
      expect(said(trunk, "X-Ticket").at(-1)).toBe("T-4711");
    }
    call.hangUp();
  });

  test("a CANCEL comes from the same as its INVITE", async () => {
    const house = await opened();
    house.a.phone(number).doesNotAnswer();
    const call = house.line.call(number, options);
    await pass(1_000);
    call.hangUp();
    await pass(1_000);
    const cancel = house.a.log.find(({ what, method }) => what === "received" && method === "CANCEL");
    expect(headersOf(cancel!, "From").join()).toContain("<sip:+21671000099@a.example>");
    expect(house.a.rings(number)).toMatchObject([{ endedBy: "cancelled" }]);
  });

  test("by P-Preferred-Identity where the trunk wants that", async () => {
    const house = await opened(trunksWith({ callerId: "p-preferred-identity" }));
    house.line.call(number, options).hangUp();
    house.line.call(number, { ...options, again: true });
    await pass(1_000);
    expect(said(house.a, "From").at(-1)).toBe('"Zoë & Co" <sip:agent7@a.example>');
    expect(said(house.a, "P-Preferred-Identity").at(-1)).toBe('"Zoë & Co" <sip:+21671000099@a.example>');
  });
});

describe("what is the integrator's own", () => {
  test("comes back with the call, and no value of it is on record", async () => {
    const house = await opened();
    const call = house.line.call(number, options);
    expect(call.context).toBe(options.context);
    await pass(1_000);
    call.hangUp();
    expect((await call.ended).context).toBe(options.context);
    expect(house.entries("call:placed")).toMatchObject([{ options: ["headers", "callerId", "displayName", "context"] }]);
    const record = JSON.stringify(house.line.journal) + JSON.stringify(await house.line.report());
    for (const secret of ["T-4711", "X-Ticket", "71000099", "Zo"]) expect(record).not.toContain(secret);
  });

  test("is on record where its name is in the privacy settings", async () => {
    const house = await opened({ privacy: { context: ["ticket"] } });
    house.line.call(number, options);
    expect(house.entries("call:placed")).toMatchObject([{ context: { ticket: "T-4711" } }]);
    expect(JSON.stringify(house.line.journal)).not.toContain("Zo");
  });
});

describe("what cannot be used", () => {
  test("refuses the call by the field's name: no INVITE, no word of its value on record", async () => {
    const house = await opened();
    const call = house.line.call(number, { headers: { "X-A": "secret\r\nVia: x" } });
    expect(await call.ended).toMatchObject({ end: "refused", refusal: "bad-options", field: "headers.X-A", attempts: 0 });
    expect(house.entries("call:refused")).toMatchObject([{ because: "bad-options", option: "headers" }]);
    expect(JSON.stringify(house.line.journal)).not.toMatch(/secret|X-A/);
    await pass(100);
    expect(invites(house.a)).toEqual([]);
    expect(house.line.incidents).toEqual([]);
  });

  test("costs an emergency call nothing but itself", async () => {
    const house = await opened();
    const call = house.line.call("197", { headers: { Via: "x", "X-A": "1" }, anonymous: true, callerId: "\n", displayName: "Desk 7" });
    await pass(1_000);
    expect(call.state).toBe("answered");
    expect(said(house.a, "From").at(-1)).toBe('"Desk 7" <sip:agent7@a.example>');
    expect(said(house.a, "Privacy").at(-1)).toBe("");
    expect(said(house.a, "X-A").at(-1)).toBe("1");
    expect(house.entries("call:placed")).toMatchObject([{ without: ["callerId", "anonymous", "headers"] }]);
    call.hangUp();
  });

  test("null is no options: refused, not thrown", async () => {
    const house = await opened();
    const call = house.line.call(number, null as unknown as CallOptions);
    expect(await call.ended).toMatchObject({ refusal: "bad-options", field: "options" });
  });
});
