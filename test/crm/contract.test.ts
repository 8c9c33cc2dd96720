/** What every CRM host has to do, run against each: with the vendor's own SDK where there is one. */
import { afterEach, describe, expect, test } from "vitest";
import { attachHost, type AttachedHost, type AttachOptions } from "../../src/crm/index.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { dynamicsCrm } from "./rigs/dynamics.ts";
import { hubspotCrm } from "./rigs/hubspot.ts";
import { postMessageCrm } from "./rigs/post-message.ts";
import type { Crm, Mood, Rig } from "./rigs/rig.ts";
import { salesforceCrm } from "./rigs/salesforce.ts";
import { zendeskCrm } from "./rigs/zendesk.ts";

const customer = "+21671000001";

underFakeTime();

const staged: { rig: Rig; attached: AttachedHost }[] = [];
afterEach(async () => {
  const ending = staged.splice(0);
  for (const { attached } of [...ending, ...ending]) attached.detach();
  await pass(10);
  for (const { rig } of ending) rig.leave();
});

async function attach(crm: Crm, mood: Mood = "well", options: AttachOptions = {}) {
  const house = buildHouse();
  await house.open();
  const rig = await crm.stage(mood);
  const attached = attachHost(house.line, rig.host, { timeoutMs: 3_000, ...options });
  staged.push({ rig, attached });
  await pass(10);
  return { house, rig, attached };
}

const whats = ({ told }: Rig) => told.map(({ what }) => what);

describe.each([hubspotCrm, zendeskCrm, salesforceCrm, dynamicsCrm, postMessageCrm])("$name, by $by", (crm) => {
  test("its handshake is a boot stage, step by step", async () => {
    const { house, attached } = await attach(crm);

    expect(await attached.ready).toEqual({ ready: true });
    const steps = [...(crm.hasScript ? ["script"] : []), "handshake", "settings", "session"];
    expect(house.entries("stage:passed").map(({ stage }) => stage)).toEqual([...steps.map((step) => `${crm.name}/${step}`), crm.name]);
    expect(house.entries("boot:completed")).toHaveLength(1);
  });

  test.each([
    ...(crm.hasScript ? [["script-missing", "script", { kind: "threw", name: "ScriptMissing" }] as const] : []),
    ["silent", "handshake", { kind: "overdue" }],
    ["wrong-settings", "settings", { kind: "threw", name: "WrongSettings" }],
    ["session-expired", "session", { kind: "threw", name: "SessionExpired" }],
  ] as const)("%s: %s fails, calls wait for it, and the verdict is on the CRM's side", async (mood, step, fault) => {
    const { house, attached } = await attach(crm, mood);
    await pass(5_000);

    expect(await attached.ready).toMatchObject({ ready: false, step });
    expect(house.entries("stage:failed").map(({ stage }) => stage)).toEqual([`${crm.name}/${step}`, crm.name]);
    expect(house.entries("stage:failed")[0]).toMatchObject({ fault, final: true });

    expect((await attached.call(customer).ended).refusal).toBe("boot-incomplete");
    await pass(1_000);
    expect(house.line.verdict?.leader).toMatch(/^crm-/);
    expect(house.line.verdict?.actor).toBe("crm-vendor");
  });

  test("where the agent may dial without it, its failure counts all the same", async () => {
    const { house, rig, attached } = await attach(crm, "wrong-settings", { critical: false });
    house.a.phone(customer).answers({ hangUpAfterMs: 500 });

    const call = attached.call(customer);
    await pass(2_000);
    expect((await call.ended).end).toBe("hung-up-there");
    expect(house.entries("crm:failed")[0]).toMatchObject({ what: `${crm.name} settings`, fault: { name: "WrongSettings" } });
    expect(whats(rig)).toContain("logged");
  });

  test("a clicked number is called, shown and logged, and stays out of the journal", async () => {
    const { house, rig } = await attach(crm);
    house.a.phone(customer).answers({ ringAfterMs: 20, answerAfterMs: 100, hangUpAfterMs: 60_000 });

    rig.click("+216 71 000 001");
    await pass(70_000);

    expect(house.entries("call:placed")).toMatchObject([{ by: "click-to-dial" }]);
    expect(house.entries("call:ended")).toMatchObject([{ end: "hung-up-there" }]);
    expect(whats(rig)[0]).toBe("shown");
    const logs = rig.told.filter((each) => each.what === "logged");
    expect(logs).toMatchObject([{ direction: "out", talkedS: 60 }]);
    for (const { number } of logs) if (number !== undefined) expect(number.replaceAll(" ", "")).toBe(customer);
    expect(JSON.stringify(house.line.journal)).not.toMatch(/71 ?000 ?001/);
    expect(house.entries("crm:failed")).toEqual([]);
  });

  test("a clicked number that none can be made of is refused, and the CRM hears of it", async () => {
    const { house, rig } = await attach(crm);

    rig.click("call me");
    await pass(10);

    expect(house.entries("call:refused")).toMatchObject([{ because: "bad-number" }]);
    expect(whats(rig).at(-1)).toBe(crm.name === "dynamics" ? "shown" : "refused");
    expect(whats(rig)).not.toContain("logged");
    expect(house.line.verdict?.leader).toMatch(/^crm-/);
  });

  test("a log entry that the CRM refuses goes on record as the CRM's failure, once", async () => {
    const { house, rig } = await attach(crm, "log-refused");
    house.a.phone(customer).answers({ hangUpAfterMs: 500 });

    rig.click(customer);
    await pass(15_000);

    expect(house.entries("call:ended")).toMatchObject([{ end: "hung-up-there" }]);
    expect(house.entries("crm:failed")).toMatchObject([{ what: `${crm.name} call log`, fault: { name: "LogRefused" } }]);
  });

  test("a customer's call is shown and logged", async () => {
    const { house, rig } = await attach(crm, "well", { onCall: (call) => "answer" in call && void call.answer() });

    const customers = house.a.call("agent7", { from: customer });
    await pass(30_000);
    customers.hangUp();
    await pass(1_000);

    expect(house.entries("call:ended")).toMatchObject([{ end: "hung-up-there" }]);
    expect(whats(rig)[0]).toBe("shown");
    const log = rig.told.find((each) => each.what === "logged");
    expect(log).toMatchObject({ direction: "in" });
    expect(log?.talkedS).toBeGreaterThanOrEqual(29);
    expect(house.entries("crm:failed")).toEqual([]);
  });

  test("detached, it dials no more, and a call under way goes on", async () => {
    const { house, rig, attached } = await attach(crm);
    house.a.phone(customer).answers({ hangUpAfterMs: 5_000 });
    rig.click(customer);
    await pass(1_000);

    attached.detach();
    const before = rig.told.length;
    rig.click(customer);
    await pass(10_000);

    expect(house.entries("call:placed")).toHaveLength(1);
    expect(house.entries("call:ended")).toMatchObject([{ end: "hung-up-there" }]);
    expect(rig.told).toHaveLength(before);
  });

  test("attached anew after a re-initialisation it works as before", async () => {
    const { house, attached } = await attach(crm);
    await attached.ready;

    attached.detach();
    house.line.boot.restart();
    const again = await crm.stage("well");
    const anew = attachHost(house.line, again.host, { timeoutMs: 3_000 });
    staged.push({ rig: again, attached: anew });
    await pass(10);
    expect(await anew.ready).toEqual({ ready: true });

    house.a.phone(customer).answers({ hangUpAfterMs: 500 });
    again.click(customer);
    await pass(2_000);
    expect(house.entries("call:ended")).toMatchObject([{ end: "hung-up-there" }]);
  });
});

describe.each([hubspotCrm, postMessageCrm])("$name has controls of its own", (crm) => {
  test("the agent ends the call there", async () => {
    const { house, rig } = await attach(crm);
    house.a.phone(customer).answers({});
    rig.click(customer);
    await pass(1_000);

    rig.hangUp?.();
    await pass(1_000);

    expect(house.entries("call:ended")).toMatchObject([{ end: "hung-up-here" }]);
    expect(rig.told).toContainEqual({ what: "ended", how: expect.stringMatching(/^completed$/i) as string });
  });
});
