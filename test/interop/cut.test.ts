import { expect, test } from "vitest";
import { becomes, dial, figure, isBack, onStage, talk } from "./stage.ts";

onStage("a flow that is cut, to an edge that lives", (stage) => {
  test("idle: the agent registers again, and A carries the next call", async () => {
    const phone = await stage.phone("answers");
    const toA = await stage.networkToA();
    const agent = await stage.agent({ toA });
    toA.cut();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    await isBack(agent);
    const { events } = dial(agent, phone);
    await becomes(() => events, ["ringing A", "answered A"]);
  });

  test("idle, by the edge's own close frame: a call made before the socket is gone goes on over B", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    await stage.a.dismiss();
    const { events } = dial(agent, overA);
    await becomes(() => events.slice(-2), ["ringing B", "answered B"]);
    expect(overA.heard).toEqual([]);
    const { setupMs } = await agent.entry("call:answered");
    figure("called just after the edge's close frame: to the answer over B", setupMs);
  });

  test("after 100: the CANCEL reaches the phone on the next flow; nobody confirms it there, so the agent chooses", async () => {
    const [overA, overB] = await Promise.all([stage.phone("stalls until cancelled"), stage.phone("answers")]);
    const toA = await stage.networkToA();
    const agent = await stage.agent({ overB, toA, limits: { cancelConfirmMs: 1_000 } });
    const { call, events } = dial(agent, overA);
    await becomes(() => overA.heard, [["INVITE"]]);
    await agent.entry("attempt:progressed", { trunkId: "A" });
    toA.cut();
    await becomes(() => overA.heard, [["INVITE", "CANCEL", "ACK"]]);
    expect(events).toEqual([]);
    // Kamailio sends the 487 to the socket that the INVITE came by.
    await becomes(() => events, ["choice A"]);
    expect(overB.heard).toEqual([]);
    call.redial();
    await becomes(() => events, ["choice A", "A→B redial", "ringing B", "answered B"]);
  });

  test("after 18x: the agent chooses, and the phone that rings is cancelled on the next flow before another rings", async () => {
    const [overA, overB] = await Promise.all([stage.phone("rings until cancelled"), stage.phone("answers")]);
    const toA = await stage.networkToA();
    const agent = await stage.agent({ overB, toA, limits: { cancelConfirmMs: 500 } });
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["ringing A"]);
    toA.cut();
    await becomes(() => events, ["ringing A", "choice A"]);
    call.redial();
    await becomes(() => overA.heard, [["INVITE", "CANCEL", "ACK"]]);
    expect(overB.heard).toEqual([]);
    await becomes(() => events, ["ringing A", "choice A", "A→B redial", "ringing B", "answered B"]);
  });

  test("after 18x, and the customer answers meanwhile: the phone hears it when the agent hangs up", async () => {
    const phone = await stage.phone("answers", 100);
    const toA = await stage.networkToA();
    const agent = await stage.agent({ toA });
    const { call, events } = dial(agent, phone);
    await becomes(() => events, ["ringing A"]);
    toA.cut();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    await isBack(agent);
    call.hangUp();
    // The 200 went to the socket that is gone, and the CANCEL came too late.
    await becomes(() => phone.heard[0]?.includes("BYE"), true, 1_500);
    expect(await agent.entry("attempt:settled")).toMatchObject({ how: "cancelled" });
  });

  test("answered: the call goes on, refreshed on the next flow", async () => {
    const phone = await stage.phone("answers");
    const toA = await stage.networkToA();
    const agent = await stage.agent({ toA });
    const call = await talk(agent, phone);
    toA.cut();
    expect(await agent.entry("dialog:refreshed")).toMatchObject({ answer: { code: 200, said: "peer" } });
    call.hangUp();
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
    expect(phone.heard).toEqual([["INVITE", "ACK", "INVITE", "ACK", "BYE"]]);
  });
});
