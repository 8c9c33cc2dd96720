import { expect, test, vi } from "vitest";
import type { IncomingCall } from "../../src/index.ts";
import type { Phone } from "./phone.ts";
import { becomes, isBack, onStage, type Agent } from "./stage.ts";

/** What rings at the agent from now on. */
function offersTo({ line }: Agent): readonly IncomingCall[] {
  const offers: IncomingCall[] = [];
  line.on("call:offered", (call) => offers.push(call));
  return offers;
}

const first = (offers: readonly IncomingCall[]): Promise<IncomingCall> =>
  vi.waitFor(
    () => {
      const [offer] = offers;
      if (!offer) throw new Error("nobody called");
      return offer;
    },
    { timeout: 5_000, interval: 5 },
  );

/** The customer hears it too, before whatever comes next. */
async function ringing(offers: readonly IncomingCall[], customer: Pick<Phone, "heard">): Promise<IncomingCall> {
  const offer = await first(offers);
  await becomes(() => customer.heard.map((heard) => heard.at(-1)), ["180"]);
  return offer;
}

onStage("a customer calls", (stage) => {
  test("the agent answers and hangs up", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "talks until the agent hangs up" });
    const call = await first(offers);
    await call.answer();
    expect(call.state).toBe("answered");
    call.hangUp();
    await becomes(() => customer.heard, [["100", "180", "200", "BYE"]]);
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
  });

  test("the customer hangs up", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    await stage.customer({ edge: stage.b, user: agent.user, does: "hangs up" });
    const call = await first(offers);
    expect(call.trunkId).toBe("B");
    await call.answer();
    expect(await call.ended).toEqual({ end: "hung-up-there" });
  });

  test("the customer gives up while it rings", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "gives up" });
    const call = await first(offers);
    expect(await call.ended).toEqual({ end: "hung-up-there" });
    await becomes(() => customer.heard, [["100", "180", "200", "487"]]);
  });

  test("the agent declines", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "rings and is refused" });
    (await first(offers)).decline();
    await becomes(() => customer.heard, [["100", "180", "486"]]);
  });

  test("the agent is away: busy, and nothing rings", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    agent.line.setAvailable(false);
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "is refused" });
    await becomes(() => customer.heard, [["100", "486"]]);
    expect(offers).toEqual([]);
  });

  test("by both carriers at once: it rings once, and the other is refused when it is answered", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    const viaA = await stage.customer({ edge: stage.a, user: agent.user, does: "talks until the agent hangs up" });
    const call = await first(offers);
    const viaB = await stage.customer({ edge: stage.b, user: agent.user, does: "rings and is refused" });
    await becomes(() => viaB.heard, [["100", "180"]]);
    await call.answer();
    await becomes(() => viaB.heard, [["100", "180", "486"]]);
    expect(offers).toHaveLength(1);
    call.hangUp();
    await becomes(() => viaA.heard, [["100", "180", "200", "BYE"]]);
  });

  test("by both carriers, and the first edge is killed while it rings: it is answered over the other", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    await stage.customer({ edge: stage.a, user: agent.user, does: "talks until the agent hangs up" });
    const call = await first(offers);
    const viaB = await stage.customer({ edge: stage.b, user: agent.user, does: "talks until the agent hangs up" });
    await becomes(() => viaB.heard, [["100", "180"]]);
    await stage.a.kill();
    await becomes(() => call.trunkId, "B");
    await call.answer();
    call.hangUp();
    await becomes(() => viaB.heard, [["100", "180", "200", "BYE"]]);
    expect(offers).toHaveLength(1);
  });

  test("the flow is cut while it rings: it rings on, and is answered over the next one", async () => {
    const toA = await stage.networkToA();
    const agent = await stage.agent({ toA });
    const offers = offersTo(agent);
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "talks until the agent hangs up" });
    const call = await ringing(offers, customer);
    toA.cut();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    expect(call.state).toBe("ringing");
    await call.answer();
    expect(call.state).toBe("answered");
    call.hangUp();
    await becomes(() => customer.heard, [["100", "180", "200", "BYE"]]);
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
  });

  test("the flow is cut while it rings, and the agent declines: the caller hears it over the next one", async () => {
    const toA = await stage.networkToA();
    const agent = await stage.agent({ toA });
    const offers = offersTo(agent);
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "rings and is refused" });
    const call = await ringing(offers, customer);
    toA.cut();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    call.decline();
    await becomes(() => customer.heard.map((heard) => heard.at(-1)), ["486"]);
  });

  test("the edge is killed while it rings: it stops ringing", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    await stage.customer({ edge: stage.a, user: agent.user, does: "talks until the agent hangs up" });
    const call = await first(offers);
    await stage.a.kill();
    expect(await call.ended).toEqual({ end: "flow-lost" });
  });

  test("an edge that was killed and is up again finds the agent", async () => {
    const agent = await stage.agent();
    const offers = offersTo(agent);
    await stage.a.kill();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    await stage.a.start();
    await isBack(agent);
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "talks until the agent hangs up" });
    const call = await first(offers);
    await call.answer();
    call.hangUp();
    await becomes(() => customer.heard, [["100", "180", "200", "BYE"]]);
  });

  test("an agent who has closed is gone", async () => {
    const agent = await stage.agent();
    await agent.line.close();
    const customer = await stage.customer({ edge: stage.a, user: agent.user, does: "finds nobody" });
    await becomes(() => customer.heard, [["480"]]);
  });
});
