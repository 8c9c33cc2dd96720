import { expect, test } from "vitest";
import { becomes, dial, figure, isBack, onStage, talk } from "./stage.ts";

onStage("an edge that is killed", (stage) => {
  test("idle: the next call goes out on B, and only there", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    const killedMs = performance.now();
    await stage.a.kill();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    figure("killed while idle: to knowing it", performance.now() - killedMs);
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["ringing B", "answered B"]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ attempts: 1, possibleDuplicate: false });
    await becomes(() => overB.heard, [["INVITE", "ACK", "BYE"]]);
  });

  test("idle, and up again: A carries the next call", async () => {
    const phone = await stage.phone("answers");
    const agent = await stage.agent();
    await stage.a.kill();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    await stage.a.start();
    await isBack(agent);
    const { events } = dial(agent, phone);
    await becomes(() => events, ["ringing A", "answered A"]);
  });

  test("with its neighbour: the call waits for the first that is up again", async () => {
    const phone = await stage.phone("answers");
    const agent = await stage.agent();
    await Promise.all([stage.a.kill(), stage.b.kill()]);
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    await agent.entry("flow:changed", { trunkId: "B", to: "waiting" });
    const { events } = dial(agent, phone);
    await stage.b.start();
    await becomes(() => events, ["ringing B", "answered B"]);
  });

  test("with the INVITE unread: the call goes on over B at once", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    // Frozen, it cannot have read the INVITE when it dies.
    stage.a.freeze();
    const { call, events } = dial(agent, overA);
    await agent.entry("attempt:sent", { trunkId: "A" });
    const killedMs = performance.now();
    await stage.a.kill();
    await agent.entry("attempt:sent", { trunkId: "B" });
    figure("killed with the INVITE unread: to the INVITE on B", performance.now() - killedMs);
    await becomes(() => events, ["A→B flow-lost", "ringing B", "answered B"]);
    await stage.a.start();
    await isBack(agent);
    call.hangUp();
    // Nobody but us knows that the INVITE was not read.
    expect(await call.ended).toMatchObject({ attempts: 2, possibleDuplicate: true });
    expect(overA.heard).toEqual([]);
    await becomes(() => overB.heard, [["INVITE", "ACK", "BYE"]]);
  });

  test("after 100: the agent chooses, for the phone may ring yet", async () => {
    const [overA, overB] = await Promise.all([stage.phone("stalls until cancelled"), stage.phone("answers")]);
    const agent = await stage.agent({ overB, limits: { cancelConfirmMs: 500 } });
    const { call, events } = dial(agent, overA);
    await becomes(() => overA.heard, [["INVITE"]]);
    await agent.entry("attempt:progressed", { trunkId: "A" });
    await stage.a.kill();
    await becomes(() => events, ["choice A"]);
    expect(overB.heard).toEqual([]);
    call.redial();
    await becomes(() => events, ["choice A", "A→B redial", "ringing B", "answered B"]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
    expect(overA.heard).toEqual([["INVITE"]]);
  });

  test("after 18x: the agent chooses, and the same call goes on over B", async () => {
    const [overA, overB] = await Promise.all([stage.phone("rings until cancelled"), stage.phone("answers")]);
    const agent = await stage.agent({ overB, limits: { cancelConfirmMs: 500 } });
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["ringing A"]);
    const killedMs = performance.now();
    await stage.a.kill();
    await becomes(() => events, ["ringing A", "choice A"]);
    figure("killed while ringing: to the choice", performance.now() - killedMs);
    expect(overB.heard).toEqual([]);
    call.redial();
    await becomes(() => events, ["ringing A", "choice A", "A→B redial", "ringing B", "answered B"]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
    await becomes(() => overB.heard, [["INVITE", "ACK", "BYE"]]);
  });

  test("after 18x, and the agent hangs up: the phone hears it when the edge is up again", async () => {
    const phone = await stage.phone("rings until cancelled");
    const agent = await stage.agent();
    const { call, events } = dial(agent, phone);
    await becomes(() => events, ["ringing A"]);
    await stage.a.kill();
    call.hangUp();
    await stage.a.start();
    await isBack(agent);
    // It knows no INVITE any more that it could cancel, but passes on the BYE in the early dialog.
    await becomes(() => phone.heard[0]?.includes("BYE"), true, 1_500);
    expect(await agent.entry("attempt:settled")).toMatchObject({ how: "cancelled" });
  });

  test("answered: the call goes on, and is refreshed and ended over the edge that came up again", async () => {
    const phone = await stage.phone("answers");
    const agent = await stage.agent();
    const call = await talk(agent, phone);
    await stage.a.kill();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    expect(call.state).toBe("answered");
    await stage.a.start();
    expect(await agent.entry("dialog:refreshed")).toMatchObject({ trunkId: "A", answer: { code: 200, said: "peer" } });
    call.hangUp();
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
    expect(phone.heard).toEqual([["INVITE", "ACK", "INVITE", "ACK", "BYE"]]);
  });

  test("answered, and the agent hangs up while it is down: the phone hears the BYE when it is up again", async () => {
    const phone = await stage.phone("answers");
    const agent = await stage.agent();
    const call = await talk(agent, phone);
    await stage.a.kill();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    call.hangUp();
    expect(await call.ended).toMatchObject({ end: "hung-up-here" });
    await stage.a.start();
    expect(await agent.entry("dialog:ended")).toMatchObject({ answer: { code: 200, said: "peer" } });
    expect(phone.heard).toEqual([["INVITE", "ACK", "BYE"]]);
  });
});
