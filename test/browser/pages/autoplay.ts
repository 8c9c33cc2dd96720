/**
 * What test/browser/autoplay.test.ts has a browser do that plays nothing before a click. Chromium lets a page play that hears a microphone
 * (its `DocumentIsCapturingUserMedia`), so the agent's voice comes from elsewhere here.
 */
import { createLinekeeper, type Call, type Linekeeper } from "linekeeper";
import { createMockTrunk, memorySocket, type MockTrunk } from "linekeeper/mock-trunk";
import { sipjs } from "linekeeper/sipjs";
import { webrtc, type WebRtcSession } from "linekeeper/webrtc";
import { describe, toneStream, until } from "./audio.ts";

let carrier: MockTrunk;
let line: Linekeeper<WebRtcSession>;
let call: Call<WebRtcSession>;
let customer: RTCPeerConnection;
const audio = new Audio();
const told: string[] = [];

/** Of what came in, what was played: a browser decodes nothing else. */
async function playedEnergy(): Promise<number> {
  let energy = 0;
  (await call.media.peerConnection?.getStats())?.forEach((entry) => {
    if (entry.type === "inbound-rtp") energy = entry.totalAudioEnergy ?? 0;
  });
  return energy;
}

/** As after a reload that nobody has clicked in yet. The page shows a button, as the documentation says. */
export async function calls() {
  carrier = createMockTrunk({
    name: "Carrier A",
    domain: "a.example",
    challenge: "none",
    async media(offer) {
      customer = new RTCPeerConnection();
      await customer.setRemoteDescription({ type: "offer", sdp: offer });
      for (const each of customer.getTransceivers()) each.direction = "sendrecv";
      return { answer: await describe(customer), close: () => customer.close() };
    },
  });
  line = createLinekeeper({
    crm: { vendor: "Test CRM" },
    trunks: [{ id: "A", carrier: "Carrier A", server: "wss://a.example", aor: "sip:agent7@a.example" }],
    stack: sipjs({ webSocket: memorySocket(carrier) }),
    media: webrtc({ remoteAudio: audio, getUserMedia: async () => new AudioContext().createMediaStreamDestination().stream }),
  });
  await line.start();
  call = line.call("+21671000001");
  call.on("playback", ({ state }) => {
    told.push(state);
    const button = document.createElement("button");
    button.onclick = () => void call.resumeAudio();
    if (state === "blocked") document.body.append(button);
  });
  await until(() => told.length > 0, 5_000);
  const { ok } = await call.resumeAudio();
  // Whoever reads it otherwise has clicked.
  console.log(JSON.stringify({ told, state: call.state, isPaused: audio.paused, isResumed: ok, leader: line.verdict?.leader }));
}

/** After the click, since when the customer speaks: before it no page makes a sound for anybody. */
export async function hears() {
  const [voice] = toneStream().getAudioTracks();
  await customer.getSenders()[0]?.replaceTrack(voice ?? null);
  const isHeard = await until(async () => !audio.paused && audio.currentTime > 0 && (await playedEnergy()) > 0, 5_000);
  await line.close();
  carrier.close();
  return { told, isHeard };
}
