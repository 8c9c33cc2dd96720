import { expect, test } from "vitest";
import { diagnose, explain, incidentsOf, journalText, parseJournal } from "../../src/diagnosis/index.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

test.each([
  ["as it comes", {}],
  ["with a calm period and experience of its own", { limits: { calmMs: 4_000 }, priors: { "local-network": 2, unknown: -1 } }],
])("a journal read elsewhere tells what the live session told, %s", async (_, change) => {
  const house = buildHouse(change);
  await house.open();
  const mend = house.a.fault({ kind: "silence", methods: ["INVITE"], prefix: "+21671" });
  for (const number of ["+21671000001", "+33123456789", "+21671000002"]) {
    const call = house.line.call(number);
    await pass(3_000);
    call.hangUp();
    await pass(500);
  }
  house.b.resetAll();
  await pass(40_000);
  mend();
  await pass(60_000);
  expect(incidentsOf(house.line.journal).at(-1)).toHaveProperty("verdict", house.line.verdict);
  house.line.restore("A");
  house.line.call("+21671000003");
  await pass(60_000);
  const live = house.line.incidents;
  expect(live.length).toBeGreaterThan(0);
  const entries = parseJournal(journalText(house.line.journal));
  expect(incidentsOf(entries)).toEqual(live);
  // What the line says while no incident is open is of all since the last one.
  const closedMs = live.at(-1)?.closedMs;
  expect(closedMs).toBeDefined();
  expect(diagnose(entries, { fromMs: closedMs ?? NaN })).toEqual(house.line.verdict);
  expect(explain(entries)).toEqual({ incidents: live, verdict: diagnose(entries) });
});
