/** Five thousand calls to one agent in a second: by what they cost, for a clock would measure the machine. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sipjs } from "../../adapters/sipjs/index.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { noMedia } from "../../src/media/no-media.ts";
import { ScriptedPeer, settle } from "../adapters/sipjs/scripted-edge.ts";
import { entriesOf } from "../support/entries.ts";
import { sdp } from "../support/sip-text.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const many = 5_000;
const ringing = 8;

const invite = (n: number) => [
  `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${n}`,
  `From: <sip:+216710${String(n).padStart(5, "0")}@carrier.example>;tag=t${n}`,
  "To: <sip:agent7@carrier.example>",
  `Call-ID: flood-${n}`,
  "CSeq: 1 INVITE",
  "Contact: <sip:gw@peer.example>",
];

test(
  "a flood costs no audio, no timer, one frame each and ten lines of the record for all that are refused",
  { timeout: 30_000 },
  async () => {
    const peer = new ScriptedPeer();
    let opened = 0;
    const line = createLinekeeper({
      crm: { vendor: "Test CRM" },
      trunks: [{ id: "A", carrier: "A", server: "wss://a.example", aor: "sip:agent7@a.example" }],
      stack: sipjs({ webSocket: peer.webSocket }),
      media: { open: () => ((opened += 1), noMedia().open()) },
    });
    void line.start();
    await settle();
    const deliver = (n: number) => peer.request("INVITE", "sip:agent7@x.invalid", invite(n), sdp("peer"));
    for (let n = 0; n < ringing; n++) deliver(n);
    await settle();
    const [timers, frames, written] = [vi.getTimerCount(), peer.frames.length, line.journal.length];

    for (let n = ringing; n < many; n++) deliver(n);
    await settle();
    expect([opened, line.calls.length]).toEqual([ringing, ringing]);
    // The one that counts them.
    expect(vi.getTimerCount() - timers).toBe(1);
    expect(peer.frames.length - frames).toBe(many - ringing);
    expect(line.journal.length - written).toBe(10);

    await vi.advanceTimersByTimeAsync(61_000);
    const told = entriesOf(line.journal, "call:turned-away");
    expect(told.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(many - ringing);
    expect(told.at(-1)).toMatchObject({ trunkId: "A", because: "flood", count: many - ringing - 10 });
    const closed = line.close();
    await vi.advanceTimersByTimeAsync(1_000);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  },
);
