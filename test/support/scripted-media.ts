import type { AudioFault, AudioQuality, MediaPath, MicrophoneFallback, MicrophoneState, PlaybackState } from "../../src/ports/audio.ts";
import type { DeviceResult, Media, MediaEvents, MediaSession } from "../../src/ports/media.ts";

const offerOf = (serial: number) =>
  ["v=0", `o=agent 7 ${serial} IN IP4 0.0.0.0`, "s=-", "c=IN IP4 0.0.0.0", "t=0 0", "m=audio 9 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", ""].join(
    "\r\n",
  );

/** Audio that is as a test says, and remembers what it was told. */
export class ScriptedSession implements MediaSession {
  /** `answer`, `early` and `withdraw`, each with the offer's serial; `restart`; `close`. */
  readonly told: string[] = [];
  isHeld = false;
  isMuted = false;
  /** Tones that were sent; none can be while undefined. */
  tones: string[] | undefined;
  /** While set, nothing is described before it resolves. */
  prompt: Promise<void> | undefined;
  path: MediaPath | undefined;
  #serial = 0;
  #events: MediaEvents | undefined;

  get isWatched(): boolean {
    return this.#events !== undefined;
  }

  lose(fault: Partial<AudioFault> = {}): void {
    this.path = fault.path;
    this.#events?.lost({ direction: "inbound", kind: "stopped", forMs: 4_000, ...fault });
  }

  restore(): void {
    this.#events?.restored();
  }

  rate(level: "good" | "poor", quality: Partial<AudioQuality> = {}): void {
    this.#events?.rated(level, { mos: level === "good" ? 4.4 : 2.5, lossPercent: 0, jitterMs: 5, ...quality });
  }

  microphone(state: MicrophoneState | "lost", fellBackTo?: MicrophoneFallback): void {
    this.#events?.microphone(state, fellBackTo);
  }

  playback(state: PlaybackState): void {
    this.#events?.playback(state);
  }

  async offer(): Promise<string> {
    await this.prompt;
    return this.#offer();
  }

  #offer(): string {
    return offerOf(++this.#serial);
  }

  withdraw(offer: string): void {
    this.told.push(`withdraw ${serialOf(offer)}`);
  }

  async applyAnswer(_: string, offer?: string): Promise<void> {
    this.told.push(`answer ${serialOf(offer)}`);
  }

  async applyEarlyAnswer(_: string, offer: string): Promise<void> {
    this.told.push(`early ${serialOf(offer)}`);
  }

  async restartOffer(): Promise<string> {
    this.told.push("restart");
    await this.prompt;
    return this.#offer();
  }

  async reoffer(): Promise<string> {
    await this.prompt;
    return this.#offer();
  }

  async answer(): Promise<string> {
    await this.prompt;
    return offerOf(this.#serial);
  }

  /** `broken` in the offer: cannot be used. */
  async answerAnew(offer: string): Promise<string> {
    this.told.push("anew");
    await this.prompt;
    if (offer.includes("broken")) throw new TypeError("broken");
    return this.#offer();
  }

  take(answer: string): void {
    this.told.push(`take ${serialOf(answer)}`);
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
  }

  /** `broken` throws, as an integrator's own session may. */
  setMicrophone(deviceId: string): Promise<DeviceResult> {
    if (deviceId === "broken") throw new TypeError("broken");
    this.told.push(`microphone ${deviceId}`);
    return Promise.resolve({ ok: true });
  }

  resumeAudio(): Promise<DeviceResult> {
    this.told.push("resume");
    return Promise.resolve({ ok: true });
  }

  sendTone(digit: string, toneMs: number): boolean {
    this.tones?.push(`${digit} ${toneMs}`);
    return this.tones !== undefined;
  }

  watch(events: MediaEvents): () => void {
    this.#events = events;
    return () => (this.#events = undefined);
  }

  close(): void {
    this.told.push("close");
  }
}

/** The same without ICE: there is nothing to restart. */
const withoutIce = (session: ScriptedSession): MediaSession => ({
  offer: () => session.offer(),
  applyAnswer: (sdp, offer) => session.applyAnswer(sdp, offer),
  answer: () => session.answer(),
  watch: (events) => session.watch(events),
  close: () => session.close(),
});

const serialOf = (offer = "") => /o=agent 7 (\d+)/.exec(offer)?.[1] ?? "?";

/** Its sessions, one per call, oldest first. */
export function scriptedMedia({ hasIce = true } = {}): Media & { readonly sessions: readonly ScriptedSession[] } {
  const sessions: ScriptedSession[] = [];
  return {
    sessions,
    open() {
      const session = new ScriptedSession();
      sessions.push(session);
      return hasIce ? session : withoutIce(session);
    },
  };
}
