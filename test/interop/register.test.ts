import { expect, test } from "vitest";
import { isBack, onStage } from "./stage.ts";

onStage("registration", (stage) => {
  test("with digest at both registrars; closing removes the bindings", async () => {
    const { line, user, entries } = await stage.agent();
    expect(await stage.a.bindings(user)).toBe(1);
    expect(await stage.b.bindings(user)).toBe(1);
    expect(entries("registration:changed").filter(({ to }) => to === "registered")).toMatchObject([{ expiresS: 600 }, { expiresS: 600 }]);
    await line.close();
    expect(await stage.a.bindings(user)).toBe(0);
    expect(await stage.b.bindings(user)).toBe(0);
  });

  test("a wrong password is refused, and not tried for ever", async () => {
    const { line, entry } = await stage.agent({ password: "wrong" });
    expect(await entry("registration:changed", { trunkId: "A", to: "refused" })).toMatchObject({ answer: { code: 401, said: "peer" } });
    expect(line.trunks.map(({ ready }) => ready)).toEqual([false, false]);
  });

  test("an edge that was killed and comes back has lost its bindings: the agent registers again", async () => {
    const agent = await stage.agent();
    await stage.a.kill();
    await agent.entry("flow:changed", { trunkId: "A", to: "waiting" });
    await stage.a.start();
    await isBack(agent);
    expect(await stage.a.bindings(agent.user)).toBe(1);
  });
});
