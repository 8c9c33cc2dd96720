import { expect, test } from "vitest";
import { becomes, dial, figure, isBack, onStage, talk } from "./stage.ts";

/** Idle flows are probed every 15 s by default: too long for a test. */
const quickProbes = { probeIntervalMs: 500, probeTimeoutMs: 300 };

onStage("an edge that freezes", (stage) => {
  test("idle: a probe finds out, the next call goes out on B, and A comes back", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers"), stage.phone("answers")]);
    const agent = await stage.agent({ overB, limits: quickProbes });
    const frozenMs = performance.now();
    stage.a.freeze();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    figure("frozen while idle, probed every 0.5 s: to knowing it", performance.now() - frozenMs);
    const { events } = dial(agent, overA);
    await becomes(() => events, ["ringing B", "answered B"]);
    stage.a.thaw();
    await isBack(agent);
    expect(overA.heard).toEqual([]);
  });

  test("when the INVITE is sent: the same call goes on over B, and the thawed edge rings nobody", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    stage.a.freeze();
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["A→B silence", "ringing B", "answered B"]);
    const [sent] = agent.entries("attempt:sent");
    figure("frozen: from the INVITE on A to that on B", (await agent.entry("attempt:sent", { trunkId: "B" })).atMs - (sent?.atMs ?? NaN));
    stage.a.thaw();
    await isBack(agent);
    call.hangUp();
    await becomes(() => overB.heard, [["INVITE", "ACK", "BYE"]]);
    // It asked for a password that nobody gave it any more.
    expect(overA.heard).toEqual([]);
  });

  test("when the INVITE is sent, and asks for no password: what rings when it thaws is cancelled", async () => {
    const [overA, overB] = await Promise.all([stage.phone("rings until cancelled"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    await stage.a.fault("trust");
    stage.a.freeze();
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["A→B silence", "ringing B", "answered B"]);
    stage.a.thaw();
    await isBack(agent);
    call.hangUp();
    expect(await call.ended).toMatchObject({ end: "hung-up-here", attempts: 2 });
    await becomes(() => overB.heard, [["INVITE", "ACK", "BYE"]]);
    await becomes(() => overA.heard, [["INVITE", "CANCEL", "ACK"]], 2_000);
  });

  test("when the INVITE is sent, and the agent hangs up: cancelled with the thawed edge's first word", async () => {
    const phone = await stage.phone("rings until cancelled");
    const agent = await stage.agent();
    await stage.a.fault("trust");
    stage.a.freeze();
    const { call, events } = dial(agent, phone);
    await agent.entry("attempt:sent", { trunkId: "A" });
    call.hangUp();
    expect(await call.ended).toMatchObject({ end: "hung-up-here", attempts: 1 });
    stage.a.thaw();
    expect(await agent.entry("attempt:settled")).toMatchObject({ how: "cancelled" });
    expect(phone.heard).toEqual([["INVITE", "CANCEL", "ACK"]]);
    expect(events).toEqual(["ended hung-up-here"]);
  });

  test("after 100: the agent chooses; thawed, it cancels what was given up", async () => {
    const [overA, overB] = await Promise.all([stage.phone("stalls until cancelled"), stage.phone("answers")]);
    const agent = await stage.agent({ overB, limits: { pddMinMs: 1_000, pddMaxMs: 1_000, cancelConfirmMs: 500 } });
    const { call, events } = dial(agent, overA);
    await becomes(() => overA.heard, [["INVITE"]]);
    await agent.entry("attempt:progressed", { trunkId: "A" });
    stage.a.freeze();
    await becomes(() => events, ["choice A"]);
    stage.a.thaw();
    expect(await agent.entry("attempt:settled")).toMatchObject({ how: "cancelled" });
    expect(overA.heard).toEqual([["INVITE", "CANCEL", "ACK"]]);
    call.redial();
    await becomes(() => events, ["choice A", "A→B redial", "ringing B", "answered B"]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ possibleDuplicate: false });
  });

  test("after 18x: the agent chooses; thawed, it cancels the phone that rings before the next one does", async () => {
    const [overA, overB] = await Promise.all([stage.phone("rings until cancelled"), stage.phone("answers")]);
    const agent = await stage.agent({ overB, limits: { ...quickProbes, cancelConfirmMs: 500 } });
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["ringing A"]);
    const frozenMs = performance.now();
    stage.a.freeze();
    await becomes(() => events, ["ringing A", "choice A"]);
    figure("frozen while ringing, probed every 0.5 s: to the choice", performance.now() - frozenMs);
    stage.a.thaw();
    await isBack(agent);
    call.redial();
    await becomes(() => events, ["ringing A", "choice A", "A→B redial", "ringing B", "answered B"]);
    expect(overA.heard).toEqual([["INVITE", "CANCEL", "ACK"]]);
  });

  test("answered, not for long: the call goes on, and the phone hears the BYE", async () => {
    const phone = await stage.phone("answers");
    const agent = await stage.agent();
    const call = await talk(agent, phone);
    stage.a.freeze();
    call.hangUp();
    expect(await call.ended).toMatchObject({ end: "hung-up-here" });
    stage.a.thaw();
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" }, tries: 1 });
    expect(phone.heard).toEqual([["INVITE", "ACK", "BYE"]]);
  });

  test("answered, for long: the call goes on, refreshed on the next flow", async () => {
    const phone = await stage.phone("answers");
    const agent = await stage.agent({ limits: quickProbes });
    const call = await talk(agent, phone);
    stage.a.freeze();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    stage.a.thaw();
    expect(await agent.entry("dialog:refreshed")).toMatchObject({ answer: { code: 200, said: "peer" } });
    expect(call.state).toBe("answered");
    call.hangUp();
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
    expect(phone.heard).toEqual([["INVITE", "ACK", "INVITE", "ACK", "BYE"]]);
  });
});
