import { expect, test } from "vitest";
import { becomes, dial, figure, onStage, type Agent } from "./stage.ts";

/** From one INVITE to the next. */
function failoverMs({ entries }: Agent): number {
  const sent = entries("attempt:sent");
  const first = sent.findLast(({ trunkId }) => trunkId === "A")?.atMs ?? NaN;
  return (sent.find(({ trunkId }) => trunkId === "B")?.atMs ?? NaN) - first;
}

onStage("an edge that fails calls", (stage) => {
  test("503: the same call object goes on over B", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    await stage.a.fault("refuse");
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["A→B answer", "ringing B", "answered B"]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ end: "hung-up-here", attempts: 2, possibleDuplicate: false });
    await becomes(() => overB.heard, [["INVITE", "ACK", "BYE"]]);
    expect(overA.heard).toEqual([]);
    figure("503 by the edge: to the INVITE on B", failoverMs(agent));
  });

  test("503 from beyond the edge", async () => {
    const [overA, overB] = await Promise.all([stage.phone("is out of service"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    const { events } = dial(agent, overA);
    await becomes(() => events, ["A→B answer", "ringing B", "answered B"]);
    expect(overA.heard).toEqual([["INVITE", "ACK"]]);
    figure("503 from beyond the edge: to the INVITE on B", failoverMs(agent));
  });

  test("silence to the INVITE, while the edge lives", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers"), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    await stage.a.fault("swallow");
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["A→B silence", "ringing B", "answered B"]);
    expect(await agent.entry("attempt:overdue")).toMatchObject({ trunkId: "A", edgeAlive: true });
    expect(await agent.entry("breaker:changed")).toMatchObject({ trunkId: "A", to: "open" });
    figure("silence: to the INVITE on B", failoverMs(agent));
    call.hangUp();
    await becomes(() => overB.heard, [["INVITE", "ACK", "BYE"]]);
    expect(overA.heard).toEqual([]);
    // The next call does not pay for it again.
    expect(await agent.entry("flow:changed", { trunkId: "A", to: "open" })).toBeDefined();
    const next = dial(agent, overA);
    await becomes(() => next.events, ["ringing B", "answered B"]);
  });

  test("100, then nothing: the phone gets a CANCEL, and only then another rings", async () => {
    const [overA, overB] = await Promise.all([stage.phone("stalls until cancelled"), stage.phone("answers")]);
    const agent = await stage.agent({ overB, limits: { pddMinMs: 1_000, pddMaxMs: 1_000 } });
    const { events } = dial(agent, overA);
    await becomes(() => events, ["A→B stalled", "ringing B", "answered B"]);
    expect(overA.heard).toEqual([["INVITE", "CANCEL", "ACK"]]);
    const [settled] = agent.entries("attempt:settled");
    expect(settled).toMatchObject({ trunkId: "A", how: "cancelled" });
    expect(settled?.atMs).toBeLessThan(agent.entries("attempt:sent").at(-1)?.atMs ?? 0);
  });

  test("100, then nothing, and nobody confirms the CANCEL: the agent chooses", async () => {
    const [overA, overB] = await Promise.all([stage.phone("says nothing"), stage.phone("answers")]);
    const agent = await stage.agent({ overB, limits: { pddMinMs: 1_000, pddMaxMs: 1_000, cancelConfirmMs: 500 } });
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["choice A"]);
    expect(overB.heard).toEqual([]);
    call.redial();
    await becomes(() => events, ["choice A", "A→B redial", "ringing B", "answered B"]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
  });
});

onStage("an edge that speaks late, when the call has gone on over B", (stage) => {
  test("the first phone rings: cancelled at once", async () => {
    const [overA, overB] = await Promise.all([stage.phone("thinks, then rings until cancelled", 1_500), stage.phone("answers", 2_000)]);
    const agent = await stage.agent({ overB });
    await stage.a.fault("late");
    const { events } = dial(agent, overA);
    await becomes(() => overA.heard, [["INVITE", "CANCEL", "ACK"]]);
    expect(events).toEqual(["A→B silence", "ringing B"]);
    expect(await agent.entry("attempt:settled")).toMatchObject({ trunkId: "A", how: "cancelled" });
    const rang = await agent.entry("attempt:progressed", { trunkId: "A" });
    figure("late ringing: to the confirmed CANCEL", (await agent.entry("attempt:settled")).atMs - rang.atMs);
    await becomes(() => events, ["A→B silence", "ringing B", "answered B"]);
  });

  test("the first phone answers before the second: it is the call, and the second is cancelled", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers without ringing", 1_500), stage.phone("rings until cancelled")]);
    const agent = await stage.agent({ overB });
    await stage.a.fault("late");
    const { call, events } = dial(agent, overA);
    await becomes(() => events, ["A→B silence", "ringing B", "answered A"]);
    expect(call.trunkId).toBe("A");
    await becomes(() => overB.heard, [["INVITE", "CANCEL", "ACK"]]);
    call.hangUp();
    await becomes(() => overA.heard, [["INVITE", "ACK", "BYE"]]);
  });

  test("the first phone answers after the second: acknowledged and ended", async () => {
    const [overA, overB] = await Promise.all([stage.phone("answers without ringing", 1_500), stage.phone("answers")]);
    const agent = await stage.agent({ overB });
    await stage.a.fault("late");
    const { call, events } = dial(agent, overA);
    await becomes(() => overA.heard, [["INVITE", "ACK", "BYE"]]);
    expect(events).toEqual(["A→B silence", "ringing B", "answered B"]);
    expect(await agent.entry("attempt:settled")).toMatchObject({ trunkId: "A", how: "answered-late-and-ended" });
    expect(call.state).toBe("answered");
    expect(overB.heard).toEqual([["INVITE", "ACK"]]);
  });
});
