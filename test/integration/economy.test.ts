/** The journal of a long day: what repeats is counted, not listed. */
import { expect, test } from "vitest";
import { createMockTrunk, memorySocket, seededRandom } from "../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../adapters/sipjs/index.ts";
import { defaultLimits } from "../../src/limits.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

test("ten hours on four trunks, thirty calls an hour, fit in a third of the journal", async () => {
  const ids = ["A", "B", "C", "D"];
  const domain = (id: string) => `${id.toLowerCase()}.example`;
  const edges = ids.map((id, seed) =>
    createMockTrunk({ name: `Carrier ${id}`, domain: domain(id), users: { agent7: "secret" }, random: seededRandom(seed + 1) }),
  );
  const house = buildHouse({
    trunks: ids.map((id) => ({
      id,
      carrier: `Carrier ${id}`,
      server: `wss://${domain(id)}`,
      aor: `sip:agent7@${domain(id)}`,
      credentials: { password: "secret" },
    })),
    stack: sipjs({ webSocket: memorySocket(Object.fromEntries(edges.map((edge) => [edge.domain, edge])), { latencyMs: 20 }) }),
  });
  void house.line.start();
  await pass(60_000);
  const before = house.line.journal.length;
  const [callsPerHour, hourMs] = [30, 3_600_000];
  for (let call = 0; call < callsPerHour; call++) {
    const placed = house.line.call(`+21671${String(call).padStart(6, "0")}`);
    await pass(60_000);
    expect(placed.state).toBe("answered");
    placed.hangUp();
    await pass(hourMs / callsPerHour - 60_000);
  }
  const perHour = house.line.journal.length - before;
  expect(10 * perHour + before).toBeLessThanOrEqual(defaultLimits.journalEntries / 3);
  // It is still known of each trunk that it was well all the time.
  const probes = (id: string) =>
    house.entries("probe:answered").reduce((sum, { trunkId, times = 1 }) => sum + (trunkId === id ? times : 0), 0);
  for (const id of ids.slice(1)) expect(probes(id)).toBeGreaterThan(200);
  const closed = house.line.close();
  await pass(1_000);
  await closed;
  for (const edge of edges) edge.close();
}, 60_000);

test("a report keeps all calls of its incident, however long a dead edge is knocked at meanwhile", async () => {
  const house = buildHouse({ limits: { journalEntries: 150 } });
  await house.open();
  for (let call = 0; call < 5; call++) {
    house.line.call(`+2167199${String(call).padStart(4, "0")}`);
    await pass(2_000);
    for (const { hangUp } of house.line.calls) hangUp();
    await pass(500);
  }
  await pass(400_000);
  const mend = house.a.fault({ kind: "refuse" });
  house.a.resetAll();
  await pass(1_000);
  for (let call = 0; call < 6; call++) {
    house.line.call(`+2167100${String(call).padStart(4, "0")}`);
    await pass(5_000);
    for (const { hangUp } of house.line.calls) hangUp();
    await pass(240_000);
  }
  expect(house.line.journal.length).toBeLessThanOrEqual(150);
  expect(house.line.journal[0]?.type).toBe("session:started");
  const { calls, attempts } = await house.line.report(1);
  expect(calls).toHaveLength(6);
  expect(attempts.map(({ trunkId, class: outcome }) => [trunkId, outcome])).toEqual(Array(6).fill(["B", "answered"]));
  mend();
}, 60_000);
