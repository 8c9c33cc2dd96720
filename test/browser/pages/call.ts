/** What test/browser/webrtc-call.test.ts has a real browser do: a call with real SIP and real audio, all in one page. */
import { type MockTrunk, createMockTrunk, memorySocket } from "../../../adapters/mock-trunk/index.ts";
import { sipjs } from "../../../adapters/sipjs/index.ts";
import { webrtc } from "../../../adapters/webrtc/index.ts";
import { systemClock, systemRandom } from "../../../src/clock.ts";
import type { SipAnswer, SipDialog, SipEdge } from "../../../src/ports.ts";
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
