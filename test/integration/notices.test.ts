/** What carriers tell the line unasked: text messages, voicemail, other settings; only what the integrator asked for, and never on record. */
import { expect, it } from "vitest";
import type { LinekeeperEvents } from "../../src/line.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

const from = "+21698000000";
const all = ["message", "voicemail", "check-sync"] as const;

async function listening(incomingNotices: readonly (typeof all)[number][] = all) {
  const house = buildHouse({ incomingNotices });
  await house.open();
  const told: unknown[] = [];
  for (const event of ["message:received", "voicemail:changed", "check-sync:received"] as const)
    house.line.on(event, (what: LinekeeperEvents[typeof event]) => told.push(what));
  /** The softphone's answer. */
  const codeOf = async (said: Promise<number>) => {
    await pass(50);
    return said;
  };
  return { ...house, told, codeOf };
}

it("each is an event of the line, and on record without what it says", async () => {
  const { a, b, told, codeOf, entries, line } = await listening();
  expect(await codeOf(a.message("agent7", { from, text: "Call\r\nme\u202e back" }))).toBe(200);
  expect(await codeOf(b.voicemail("agent7", { newMessages: 2, oldMessages: 1 }))).toBe(200);
  expect(await codeOf(a.checkSync("agent7"))).toBe(200);
  expect(told).toMatchObject([
    { trunkId: "A", identity: { number: from }, text: "Call\nme back" },
    { trunkId: "B", isWaiting: true, newMessages: 2, oldMessages: 1, urgentMessages: 0 },
    { trunkId: "A", reboot: false },
  ]);
  expect(entries("notice:received").map(({ trunkId, what }) => `${trunkId} ${what}`)).toEqual(["A message", "B voicemail", "A check-sync"]);
  expect(JSON.stringify(line.journal)).not.toMatch(/98000000|back/);
});

it("what was not asked for is refused", async () => {
  const { a, told, codeOf, entries } = await listening([]);
  const codes = [
    a.message("agent7", { from, text: "Hi" }),
    a.voicemail("agent7", { newMessages: 1 }),
    a.checkSync("agent7", { reboot: true }),
  ];
  expect(await codeOf(Promise.all(codes).then(String) as never)).toBe("405,489,489");
  expect([told, entries("notice:received")]).toEqual([[], []]);
});

it("a flood is refused at the door, counted, and over when it is", async () => {
  const { a, told, codeOf, entries } = await listening();
  const codes: number[] = [];
  for (let n = 0; n < 500; n++) void a.message("agent7", { from, text: `${n}` }).then((code) => codes.push(code));
  await pass(100);
  expect([codes.filter((code) => code === 200).length, codes.filter((code) => code === 480).length]).toEqual([20, 480]);
  expect([told.length, entries("notice:received").length]).toEqual([20, 20]);
  await pass(3_000);
  expect(await codeOf(a.message("agent7", { from, text: "Hi" }))).toBe(200);
  expect(entries("notice:received").at(-1)).toMatchObject({ what: "message", refused: 480 });
});

it("a listener that throws costs nothing but itself", async () => {
  const { a, line, codeOf, entries } = await listening();
  line.on("message:received", () => {
    throw new Error("no");
  });
  expect(await codeOf(a.message("agent7", { from, text: "Hi" }))).toBe(200);
  expect(entries("listener:failed")).toMatchObject([{ event: "message:received" }]);
});
