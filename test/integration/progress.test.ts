/** A carrier that tells of progress without a phone that rings (RFC 3261 §21.1.3, §21.1.4, RFC 6228) is not stalled. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sipjs } from "../../adapters/sipjs/index.ts";
import type { Linekeeper } from "../../src/line.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { noMedia } from "../../src/media/no-media.ts";
import { ScriptedPeer, sdp, settle } from "../adapters/sipjs/scripted-edge.ts";
import { entriesOf } from "../support/entries.ts";

let line: Linekeeper | undefined;
let alive: ReturnType<typeof setInterval> | undefined;
beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  clearInterval(alive);
  const closed = line?.close();
  await vi.advanceTimersByTimeAsync(1_000);
  await closed;
  vi.useRealTimers();
});

/** Two trunks, each registered at a peer that says what the test says. */
async function dialled() {
  const [a, b] = [new ScriptedPeer(), new ScriptedPeer()];
  const webSocket = function (url: string) {
    return new (url.includes("a.example") ? a : b).webSocket(url);
  } as unknown as ScriptedPeer["webSocket"];
  const trunk = (id: string) => ({
    id,
    carrier: id,
    server: `wss://${id.toLowerCase()}.example`,
    aor: `sip:agent7@${id.toLowerCase()}.example`,
  });
  line = createLinekeeper({ crm: { vendor: "Test CRM" }, trunks: [trunk("A"), trunk("B")], stack: sipjs({ webSocket }), media: noMedia() });
  void line.start();
  await vi.advanceTimersByTimeAsync(1_000);
  for (const peer of [a, b]) {
    const register = peer.last("REGISTER");
    peer.answer(register, 200, "OK", { headers: [`Contact: ${register.get("Contact")};expires=600`] });
  }
  await settle();
  // Both live: what they are asked they answer.
  alive = setInterval(() => [a, b].forEach((peer) => peer.received("OPTIONS").forEach((options) => peer.answer(options, 200, "OK"))), 500);
  const call = line.call("+21671000001");
  await vi.advanceTimersByTimeAsync(50);
  const invite = a.last("INVITE");
  a.answer(invite, 100, "Trying");
  return { a, b, call, invite, line };
}

test.each([
  [181, "Call Is Being Forwarded"],
  [199, "Early Dialog Terminated"],
])("%i begins the wait anew: another 11 s, then the next trunk", async (code, phrase) => {
  const { a, b, invite } = await dialled();
  await vi.advanceTimersByTimeAsync(10_000);
  a.answer(invite, code, phrase);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(a.received("CANCEL")).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(a.received("CANCEL")).toHaveLength(1);
  a.answer(invite, 487, "Request Terminated");
  await vi.advanceTimersByTimeAsync(100);
  expect(b.received("INVITE")).toHaveLength(1);
});

test("182: a call in a queue waits as long as a phone may ring", async () => {
  const { a, b, call, invite, line } = await dialled();
  a.answer(invite, 182, "Queued");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([a.received("CANCEL").length, b.received("INVITE").length]).toEqual([0, 0]);
  a.answer(invite, 180, "Ringing");
  await settle();
  expect(call.state).toBe("ringing");
  expect(entriesOf(line.journal, "attempt:overdue")).toEqual([]);
});

test("what a user interface shows meanwhile: each thing once, the carrier's words as text and not on record", async () => {
  const { a, call, invite, line } = await dialled();
  const told: unknown[] = [];
  call.on("progress", ({ trunkId, ...progress }) => told.push(progress));
  call.on("ringing", () => told.push("ringing"));
  a.answer(invite, 181, "Call Is Being Forwarded");
  a.answer(invite, 182, "Place 3 of \u001b[1m5");
  a.answer(invite, 182, "Place 3 of \u001b[1m5");
  a.answer(invite, 182, "Place 2");
  a.answer(invite, 199, "Early Dialog Terminated");
  a.answer(invite, 180, "Ringing");
  a.answer(invite, 183, "Session Progress", { body: sdp("announcement") });
  a.answer(invite, 180, "Ringing");
  await settle();
  expect(told).toEqual([
    { what: "forwarded", code: 181, earlyMedia: false, text: "Call Is Being Forwarded" },
    { what: "queued", code: 182, earlyMedia: false, text: "Place 3 of [1m5" },
    { what: "queued", code: 182, earlyMedia: false, text: "Place 2" },
    "ringing",
    { what: "ringing", code: 180, earlyMedia: false, text: "Ringing" },
    { what: "progressing", code: 183, earlyMedia: true, text: "Session Progress" },
    { what: "ringing", code: 180, earlyMedia: true, text: "Ringing" },
  ]);
  expect(JSON.stringify(line.journal)).not.toContain("Place");
});

test("nothing is told of a call that was hung up when it was told to ring", async () => {
  const { a, call, invite } = await dialled();
  const told = vi.fn();
  call.on("progress", told);
  call.on("ringing", () => call.hangUp());
  a.answer(invite, 180, "Ringing");
  a.answer(invite, 182, "Queued");
  await settle();
  expect(told).not.toHaveBeenCalled();
  a.answer(invite, 487, "Request Terminated");
  await settle();
});
