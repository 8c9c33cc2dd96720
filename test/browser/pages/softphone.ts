/** The softphone of test/carriers: a whole Linekeeper, and ears that tell what the agent hears. */
import {
  createLinekeeper,
  type Call,
  type CallEvents,
  type DtmfResult,
  type Entry,
  type HoldResult,
  type IncomingCall,
  type Limits,
  type Linekeeper,
  type ResumedCall,
  type Verdict,
} from "linekeeper";
import { sipjs } from "linekeeper/sipjs";
import { resumeInTab, tabs } from "linekeeper/tabs";
import { webrtc, type WebRtcSession } from "linekeeper/webrtc";

export interface SoftphoneOptions {
  readonly trunks: readonly { readonly id: string; readonly server: string; readonly aor: string; readonly target?: string }[];
  readonly limits?: Partial<Limits>;
  /** It is one of several pages of the agent's. */
  readonly isTab?: boolean;
  /** Its calls are gone on with by the page that follows. */
  readonly isResumed?: boolean;
}

/** What the call told, and when. */
export interface Told {
  readonly atMs: number;
  readonly what: string;
}

type Calls = Call<WebRtcSession> | IncomingCall<WebRtcSession> | ResumedCall<WebRtcSession>;

let line: Linekeeper<WebRtcSession> | undefined;
let call: Calls | undefined;
let startedMs = 0;
let answeredMs: number | undefined;
let firstPacketMs: number | undefined;
let audibleMs: number | undefined;
const told: Told[] = [];

/** A microphone as it is: what "cleans" the voice takes a tone for noise. */
const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Resolves when every trunk is ready. */
export async function start({ trunks, limits = {}, isTab = false, isResumed = false }: SoftphoneOptions): Promise<void> {
  const started = createLinekeeper({
    crm: { vendor: "Carriers CRM" },
    country: "216",
    trunks: trunks.map(({ target, ...account }) => ({
      ...{ ...account, carrier: `Carrier ${account.id}`, credentials: { password: "secret" } },
      ...(target && { target: () => target }),
    })),
    stack: sipjs(),
    media: webrtc({ audio }),
    limits,
    ...(isTab && { shared: tabs() }),
    ...(isResumed && { resumption: resumeInTab() }),
  });
  line = started;
  startedMs = performance.now();
  line.on("call:offered", (offered) => {
    attend(offered);
    note("offered");
  });
  line.on("call:resumed", (resumed) => {
    attend(resumed);
    note(`resumed ${resumed.trunkId}`);
  });
  await line.start();
}

export function dial(number: string): void {
  if (!line) throw new Error("not started");
  attend(line.call(number));
}

export const answer = (): Promise<void> => (call as IncomingCall).answer();
export const hold = (): Promise<HoldResult> => (call as Call).hold();
export const unhold = (): Promise<HoldResult> => (call as Call).unhold();
export const swap = (): Promise<HoldResult> => (line as Linekeeper).swap();
export const redial = (): void => (call as Call).redial();
export const sendDigits = (digits: string): Promise<DtmfResult> => (call as Call).sendDtmf(digits, { via: "rtp" });
export const hangUp = (): void => call?.hangUp();
export const close = async (): Promise<void> => line?.close();
/** On the journal's clock. */
export const nowMs = (): number => Math.max(0, performance.now() - startedMs);
export const journal = (): readonly Entry[] => line?.journal ?? [];
export const telephone = (): string | undefined => line?.telephone;
export const ready = (): readonly boolean[] => line?.trunks.map((trunk) => trunk.ready) ?? [];
export const events = (): readonly Told[] => told;
export const verdict = (): Verdict | undefined => line?.verdict;

function note(what: string): void {
  told.push({ atMs: performance.now(), what });
}

function attend(attended: Calls): void {
  call = attended;
  const { on } = attended as Call;
  const tell = <K extends keyof CallEvents>(name: K, words: (event: CallEvents[K]) => string) => on(name, (event) => note(words(event)));
  tell("ringing", ({ trunkId }) => `ringing ${trunkId}`);
  tell("failed-over", ({ from, to, because }) => `${from}→${to} ${because}`);
  tell("choice-needed", ({ trunkId }) => `choice ${trunkId}`);
  tell("no-audio", ({ direction }) => `no-audio ${direction}`);
  tell("held", ({ held }) => `held ${held}`);
  tell("audio-restored", () => "audio-restored");
  tell("ended", ({ end }) => `ended ${end}`);
  on("answered", ({ trunkId }) => {
    note(`answered ${trunkId}`);
    answeredMs = performance.now();
    void awaitPacket();
  });
  attended.media.onRemoteTrack((_, stream) => listen(stream));
}

// ── What the agent hears ──────────────────────────────────────────────────────────────────────────

let context: AudioContext | undefined;
let ears: AnalyserNode | undefined;
let loudspeaker: HTMLAudioElement | undefined;

/** The latest track is the one that is played. */
function listen(stream: MediaStream): void {
  // Chromium decodes only what an element plays.
  loudspeaker ??= new Audio();
  loudspeaker.srcObject = stream;
  void loudspeaker.play();
  context ??= new AudioContext();
  ears = context.createAnalyser();
  ears.fftSize = 8_192;
  ears.smoothingTimeConstant = 0;
  context.createMediaStreamSource(stream).connect(ears);
  if (context.state !== "running") void context.resume();
}

/** The strongest frequency, in Hz, over the last 170 ms; 0 for silence. */
export function heardHz(): number {
  if (!ears || !context) return 0;
  const levels = new Float32Array(ears.frequencyBinCount);
  ears.getFloatFrequencyData(levels);
  let strongest = 0;
  levels.forEach((level, bin) => {
    if (level > (levels[strongest] ?? 0)) strongest = bin;
  });
  return (levels[strongest] ?? -Infinity) < -60 ? 0 : (strongest * context.sampleRate) / ears.fftSize;
}

const pass = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms));

/** Asks for the counters so often that the first packet's time is known to 10 ms. */
async function awaitPacket(): Promise<void> {
  while (firstPacketMs === undefined && call?.state !== "ended") {
    // Of a connection that is closed meanwhile a browser may never tell.
    const counted = await Promise.race([counters(), pass(100)]);
    if (counted && counted.received > 0) firstPacketMs = performance.now();
    await pass(5);
  }
  while (audibleMs === undefined && call?.state !== "ended") {
    if (heardHz() > 0) audibleMs = performance.now();
    await pass(5);
  }
}

/** From the answer, in ms; undefined as long as it did not come. */
export interface SinceAnswer {
  readonly firstPacketMs: number | undefined;
  readonly audibleMs: number | undefined;
}

export function sinceAnswer(): SinceAnswer {
  const since = (atMs: number | undefined) => (atMs === undefined || answeredMs === undefined ? undefined : atMs - answeredMs);
  return { firstPacketMs: since(firstPacketMs), audibleMs: since(audibleMs) };
}

/** Packets of the call's connection, and what it says of itself. */
export async function counters() {
  const connection = call?.media.peerConnection;
  const direction = connection?.getTransceivers()[0]?.currentDirection;
  const counted = { received: 0, sent: 0, direction, ice: connection?.iceConnectionState, connection: connection?.connectionState };
  (await connection?.getStats())?.forEach((entry) => {
    if (entry.type === "inbound-rtp") counted.received += entry.packetsReceived;
    if (entry.type === "outbound-rtp") counted.sent += entry.packetsSent;
  });
  return counted;
}
