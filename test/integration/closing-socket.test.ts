/** A socket that is closing takes no frame any more, and may say so only when the agent's answer is to go out on it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sipjs } from "../../adapters/sipjs/index.ts";
import type { IncomingCall } from "../../src/call/call.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { noMedia } from "../../src/media/no-media.ts";
import { ScriptedPeer, settle } from "../adapters/sipjs/scripted-edge.ts";
import { sdp } from "../support/sip-text.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const common = (method: string, toTag = "") => [
  `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method}`,
  "From: <sip:+21671000042@carrier.example>;tag=customer",
  `To: <sip:agent7@carrier.example>${toTag}`,
  "Call-ID: closing",
  `CSeq: 1 ${method}`,
  "Contact: <sip:gw@peer.example>",
];

test("a customer's call that is answered meanwhile goes over the next flow", async () => {
  const peer = new ScriptedPeer();
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "A", server: "wss://a.example", aor: "sip:agent7@a.example" }],
    stack: sipjs({ webSocket: peer.webSocket }),
    media: noMedia(),
  });
  const offered: IncomingCall[] = [];
  line.on("call:offered", (call) => offered.push(call));
  void line.start();
  await settle();
  peer.request("INVITE", "sip:agent7@x.invalid", common("INVITE"), sdp("peer"));
  await settle();
  Object.assign(peer.socket, { readyState: 2 });
  void offered[0]?.answer();
  await vi.advanceTimersByTimeAsync(3_000);
  const ok = peer.last("200");
  peer.request("ACK", "sip:agent7@x.invalid", common("ACK", ok.get("To").replace(/^[^;]*/, "")));
  await settle();
  expect([peer.sockets.length, offered.map(({ state }) => state)]).toEqual([2, ["answered"]]);
  const closed = line.close();
  await vi.advanceTimersByTimeAsync(40_000);
  await closed;
});
