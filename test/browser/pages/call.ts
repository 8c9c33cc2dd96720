/** What test/browser/webrtc-call.test.ts has a real browser do: a call with real SIP and real audio, all in one page. */
import { type MockTrunk, createMockTrunk, memorySocket } from "../../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import { webrtc, type WebRtcSession } from "../../../adapters/webrtc/index.ts";
import type { IncomingCall } from "../../../src/call/call.ts";
import { systemClock, systemRandom } from "../../../src/clock.ts";
import { createLinekeeper } from "../../../src/linekeeper.ts";
import type { SipAnswer } from "../../../src/ports/sip-answer.ts";
import type { SipDialog } from "../../../src/ports/sip-dialog.ts";
import type { SipEdge } from "../../../src/ports/sip-edge.ts";
import { answererOf, inboundPackets } from "./audio.ts";

/** An edge that is connected to `trunk`. */
function connected(trunk: MockTrunk): Promise<SipEdge> {
  const account = { trunkId: trunk.name, server: "wss://edge.example", aor: `sip:agent7@${trunk.domain}`, userAgent: "test" };
  return new Promise((resolve) => {
    const ignore = () => {};
    const opened = () => resolve(edge);
    const events = { opened, closed: ignore, ponged: ignore, discarded: ignore, incoming: ignore, credentialsFailed: ignore };
    const edge = sipjs({ webSocket: memorySocket(trunk) }).edge(account, events, systemClock, systemRandom);
    edge.connect();
  });
}

/** Calls with `offer` until a final answer. */
function dial(edge: SipEdge, offer: string): Promise<{ answer: SipAnswer; dialog?: SipDialog }> {
  return new Promise((resolve) => {
    const ignore = () => {};
    const accepted = (dialog: SipDialog, answer: SipAnswer) => resolve({ answer, dialog });
    const rejected = (answer: SipAnswer) => resolve({ answer });
    const events = { sent: ignore, challenged: ignore, progressed: ignore, flowLost: ignore, accepted, rejected };
    edge.invite({ target: "sip:+21671000001@carrier.example", offer }, events);
  });
}

/** One carrier refuses, the other answers another offer with audio. */
export async function failsOver() {
  const far: { connection: RTCPeerConnection; offer: string }[] = [];
  const media = async (offer: string) => {
    const { connection, sdp } = await answererOf(offer);
    far.push({ connection, offer });
    return { answer: sdp, close: () => connection.close() };
  };
  const refusing = createMockTrunk({ name: "a", domain: "a.example", challenge: "none" });
  const answering = createMockTrunk({ name: "b", domain: "b.example", challenge: "none", media });
  refusing.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
  const session = webrtc().open();
  const { signal } = new AbortController();

  const firstOffer = await session.offer(signal);
  const first = await dial(await connected(refusing), firstOffer);
  const edge = await connected(answering);
  session.withdraw(firstOffer);
  const secondOffer = await session.offer(signal);
  const second = await dial(edge, secondOffer);
  await session.applyAnswer(second.dialog?.sdp ?? "", secondOffer);
  const received = await inboundPackets(session.peerConnection, 20);
  const sent = await inboundPackets(far[0]?.connection, 20);
  const bye = await second.dialog?.bye();
  session.close();
  edge.dispose();
  refusing.close();
  answering.close();

  return { codes: [first.answer.code, second.answer.code, bye?.code], isOfferAnother: far[0]?.offer !== firstOffer, received, sent };
}

/** A customer calls without an offer: ours goes out with the 200, and the answer comes with the ACK (RFC 3261 §13.2.1). */
export async function answersWithoutOffer() {
  let far: RTCPeerConnection | undefined;
  const media = async (offer: string) => {
    const { connection, sdp } = await answererOf(offer);
    far = connection;
    return { answer: sdp, close: () => connection.close() };
  };
  const trunk = createMockTrunk({ name: "a", domain: "a.example", challenge: "none", media });
  const line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "a", server: "wss://a.example", aor: "sip:agent7@a.example" }],
    stack: sipjs({ webSocket: memorySocket(trunk) }),
    media: webrtc(),
  });
  const offered = new Promise<IncomingCall<WebRtcSession>>((resolve) => line.on("call:offered", resolve));
  await line.start();
  const customer = trunk.call("agent7", { from: "+21698000000", offer: false });
  const call = await offered;
  await call.answer();
  const received = await inboundPackets(call.media.peerConnection, 20);
  const sent = await inboundPackets(far, 20);
  const { state } = call;
  await line.close();
  trunk.close();

  return { state, isAcknowledged: customer.isAcknowledged, received, sent };
}
