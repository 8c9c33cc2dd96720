/** A browser's devices and connections, in so far as a session touches them: they remember, and fail as a test says. */
import { vi } from "vitest";
import { webrtc, type WebRtcOptions } from "../../../adapters/webrtc/index.ts";
import type { MediaTroubles } from "../../../src/ports/media.ts";

export class ScriptedTrack extends EventTarget {
  readonly kind = "audio";
  readonly deviceId: string;
  enabled = true;
  muted = false;
  readyState = "live";

  constructor(deviceId: string) {
    super();
    this.deviceId = deviceId;
  }

  /** The page's own doing, of which no event tells. */
  stop(): void {
    this.readyState = "ended";
  }

  pullOut(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

export class ScriptedConnection extends EventTarget {
  static made: ScriptedConnection[] = [];
  iceGatheringState = "complete";
  iceConnectionState = "connected";
  signalingState = "stable";
  localDescription: { readonly type: string; readonly sdp: string } | null = null;
  currentRemoteDescription = null;
  readonly senders: { track: ScriptedTrack | null; replaceTrack(track: ScriptedTrack): Promise<void> }[] = [];
  /** Why it takes no other track. */
  refusal: DOMException | undefined;

  constructor() {
    super();
    ScriptedConnection.made.push(this);
  }

  addTrack(track: ScriptedTrack): void {
    const sender = {
      track: track as ScriptedTrack | null,
      replaceTrack: async (other: ScriptedTrack) => {
        if (this.refusal) throw this.refusal;
        sender.track = other;
      },
    };
    this.senders.push(sender);
  }

  get sent(): string | undefined {
    return this.senders[0]?.track?.deviceId;
  }

  hears(stream: object): void {
    this.dispatchEvent(Object.assign(new Event("track"), { track: new ScriptedTrack("remote"), streams: [stream] }));
  }

  getSenders = () => this.senders;
  getTransceivers = () => [];
  getStats = async () => new Map();
  createOffer = async () => ({ type: "offer", sdp: `a=candidate:1 of connection ${ScriptedConnection.made.indexOf(this)}` });
  setLocalDescription = async (described: { readonly type: string; readonly sdp: string }) => void (this.localDescription = described);
  setRemoteDescription = async (_: { readonly type: string }): Promise<void> => {};
  close(): void {
    this.signalingState = "closed";
  }
}

/** What is plugged in; the first is the system's. */
export class ScriptedDevices extends EventTarget {
  readonly tracks: ScriptedTrack[] = [];
  plugged: readonly string[];
  /** While set, the browser asks. */
  prompt: Promise<void> | undefined;
  isDenied = false;
  /** Found, and pulled out before the page has it. */
  isVanishing = false;
  /** How often a microphone was asked for. */
  asked = 0;

  constructor(...plugged: readonly string[]) {
    super();
    this.plugged = plugged;
  }

  plug(...plugged: readonly string[]): void {
    this.plugged = plugged;
    this.dispatchEvent(new Event("devicechange"));
  }

  pullOut(deviceId: string): void {
    this.plugged = this.plugged.filter((each) => each !== deviceId);
    this.tracks.filter((track) => track.deviceId === deviceId && track.readyState === "live").forEach((track) => track.pullOut());
    this.dispatchEvent(new Event("devicechange"));
  }

  get live(): readonly string[] {
    return this.tracks.filter(({ readyState }) => readyState === "live").map(({ deviceId }) => deviceId);
  }

  getUserMedia = async ({ audio }: MediaStreamConstraints): Promise<MediaStream> => {
    const { exact, ideal } = ((audio as MediaTrackConstraints).deviceId ?? {}) as { exact?: string; ideal?: string };
    this.asked++;
    await this.prompt;
    if (this.isDenied) throw new DOMException("no", "NotAllowedError");
    const found = this.plugged.find((each) => each === (exact ?? ideal)) ?? (exact === undefined ? this.plugged[0] : undefined);
    if (found === undefined) throw new DOMException("none", exact === undefined ? "NotFoundError" : "OverconstrainedError");
    const track = new ScriptedTrack(found);
    this.tracks.push(track);
    if (this.isVanishing) track.stop();
    return { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
  };
}

/** A session in that browser. */
export function scriptedMedia(devices: ScriptedDevices, options: WebRtcOptions = {}) {
  ScriptedConnection.made = [];
  vi.stubGlobal("navigator", { mediaDevices: devices });
  const troubles: MediaTroubles = { iceServersFailed() {} };
  const media = webrtc({ RTCPeerConnection: ScriptedConnection as unknown as typeof RTCPeerConnection, ...options });
  return { media, open: () => media.open(troubles) };
}

export const never = new AbortController().signal;

/** What was begun goes on as far as it can without a timer. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

/** An audio element, before or after somebody has clicked into the page. */
export class ScriptedAudio {
  static made: ScriptedAudio[] = [];
  /** Nobody has clicked yet. */
  static isBlocked = false;
  /** How long the device "slow" takes. */
  static slow: Promise<void> | undefined;
  srcObject: object | null = null;
  autoplay = false;
  paused = true;
  readonly sinks: string[] = [];

  constructor() {
    ScriptedAudio.made.push(this);
  }

  async play(): Promise<void> {
    if (ScriptedAudio.isBlocked) throw new DOMException("no click", "NotAllowedError");
    this.paused = false;
  }

  pause(): void {
    this.paused = true;
  }

  async setSinkId(deviceId: string): Promise<void> {
    if (deviceId === "slow") await ScriptedAudio.slow;
    if (deviceId === "gone") throw new DOMException("none", "NotFoundError");
    this.sinks.push(deviceId);
  }

  get plays(): object | null {
    return this.paused ? null : this.srcObject;
  }
}
