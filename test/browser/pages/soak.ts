/** Long calls that are well, for test/browser/soak.test.ts: two-way audio in one page, watched as in use. */
import { type WebRtcSession, webrtc } from "../../../adapters/webrtc/index.ts";
import { reduced, type Entry, type Moment } from "../../media/calls/reduce.ts";
import { answererOf, pass } from "./audio.ts";

const never = new AbortController().signal;

/** What is done to a call that is well, and stays so. */
export type Condition = "normal" | "hidden" | "throttled" | "frozen" | "muted" | "busy" | "silence-suppressed";

interface Call {
  readonly session: WebRtcSession;
  readonly far: RTCPeerConnection;
}

/** What goes on in the page for the whole of the call; what only the browser can do (freeze) is done from outside. */
const habits: Readonly<Partial<Record<Condition, (call: Call) => Promise<void>>>> = {
  async muted({ session }) {
    const [microphone] = session.localStream?.getAudioTracks() ?? [];
    if (microphone) microphone.enabled = !microphone.enabled;
    await pass(20_000);
  },
  async busy() {
    const untilMs = performance.now() + 3_000;
    while (performance.now() < untilMs);
    await pass(3_000);
  },
  // The customer talks for a while, and listens for longer.
  async "silence-suppressed"({ far }) {
    const [sender] = far.getSenders();
    if (sender?.track) sender.track.enabled = !sender.track.enabled;
    await pass(sender?.track?.enabled ? 8_000 : 25_000);
  },
};

/** Opus sends next to nothing of silence where the other side allows it (RFC 7587 §3.1.3). */
const withDtx = (offer: string) => offer.replace(/useinbandfec=1/g, "useinbandfec=1;usedtx=1");

/** Without a sound card Firefox has no AudioContext run, so no tone; its microphone hums all the same. */
async function hum(far: RTCPeerConnection): Promise<void> {
  const [track = null] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
  for (const sender of far.getSenders()) await sender.replaceTrack(track);
}

/** @returns what was found but ratings, and the statistics where they shall be recorded. */
export async function talk(condition: Condition, forMs: number, isRecorded = false) {
  // Timers of a hidden tab come once a minute; that no headless browser hides one is why it is played.
  const session = webrtc(condition === "throttled" ? { audioSampleIntervalMs: 60_000 } : {}).open();
  const offer = await session.offer(never);
  const far = await answererOf(condition === "silence-suppressed" ? withDtx(offer) : offer);
  await session.applyAnswer(far.sdp, offer);
  if (navigator.userAgent.includes("Firefox")) await hum(far.connection);
  const startedMs = performance.now();
  const found: string[] = [];
  const note = (what: string) => found.push(`${Math.round((performance.now() - startedMs) / 1_000)} s ${what}`);
  session.watch?.({
    lost: ({ direction, kind, forMs: lostMs, path }) => note(`lost ${direction} ${kind} ${lostMs} ${JSON.stringify(path)}`),
    restored: () => note("restored"),
    // Where the machine is busy it sounds bad, and is: no alarm, and no restart, comes of it.
    rated: () => {},
    microphone: (state) => note(`microphone ${state}`),
    playback() {},
  });
  const isOver = () => performance.now() - startedMs >= forMs;
  const moments: Moment[] = [];
  const record = async () => {
    while (isRecorded && !isOver()) {
      const entries: Entry[] = [];
      (await session.peerConnection?.getStats())?.forEach((entry: Entry) => entries.push(entry));
      moments.push({ atMs: performance.now() - startedMs, entries });
      await pass(1_000);
    }
  };
  const behave = async () => {
    const habit = habits[condition] ?? (() => pass(1_000));
    while (!isOver()) await habit({ session, far: far.connection });
  };
  await Promise.all([record(), behave()]);
  const received = await packetsOf(session.peerConnection);
  session.close();
  far.connection.close();
  return { found, received, moments: reduced(moments) };
}

async function packetsOf(connection: RTCPeerConnection | undefined): Promise<number> {
  let packets = 0;
  (await connection?.getStats())?.forEach((entry) => {
    if (entry.type === "inbound-rtp") packets += entry.packetsReceived;
  });
  return packets;
}
