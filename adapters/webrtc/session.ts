/** One call's microphone, and a peer connection for each of its attempts; one of them becomes the call's. */
import type { Clock } from "../../src/clock.ts";
import { whenAborted } from "../../src/platform.ts";
import type { MediaPath, MicrophoneFallback } from "../../src/ports/audio.ts";
import type { DeviceResult, MediaEvents, MediaSession } from "../../src/ports/media.ts";
import { Connections, type Leg } from "./connections.ts";
import { Descriptions } from "./descriptions.ts";
import { resultOf } from "./devices.ts";
import type { Ice } from "./ice.ts";
import { Microphone, type MicrophoneOptions } from "./microphone.ts";
import type { Monitor, MonitorOptions } from "./monitor.ts";
import { Playback } from "./playback.ts";
import { Quiet } from "./quiet.ts";
import { readableAnswer } from "./remote-description.ts";

/** A `MediaSession` that shows its streams to whoever plays and measures them. */
export interface WebRtcSession extends Required<MediaSession> {
  /** The microphone, once it was granted; another stream once another microphone took its place. */
  readonly localStream: MediaStream | undefined;
  /** What the peer sends, once it has begun. */
  readonly remoteStream: MediaStream | undefined;
  /** For `getStats()`: that of the last answer; before any, of the last offer. Another once another offer is answered. */
  readonly peerConnection: RTCPeerConnection | undefined;
  /** Calls `listener` with each track of the peer's; at once with the one that is there, as in a call of before a reload. @returns what stops it. */
  onRemoteTrack(listener: (track: MediaStreamTrack, stream: MediaStream) => void): () => void;
}

export interface SessionOptions {
  readonly getMicrophone: MicrophoneOptions["getStream"];
  readonly ice: Ice;
  readonly iceGatheringTimeoutMs: number;
  readonly clock: Clock;
  readonly monitor: MonitorOptions;
  /** What plays the call's audio; none where the page does. */
  readonly element: (session: WebRtcSession) => HTMLAudioElement | undefined;
  /** What listens for lost audio could not be loaded. */
  readonly onUnwatched: (error: unknown) => void;
  readonly onClosed: () => void;
}

/** A sixth of the adapter, and nothing before the answer: so it comes beside the softphone, and is asked for again when a call is answered. */
export const loadMonitor = () => import("./monitor.ts");

/** RFC 4733 in an rtpmap line (RFC 8866 §6.6). */
const tones = /^a=rtpmap:\d+ telephone-event\//im;

type TrackListener = (track: MediaStreamTrack, stream: MediaStream) => void;

export class Session implements WebRtcSession {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<TrackListener>();
  readonly #closing = new AbortController();
  readonly #microphone: Microphone;
  readonly #playback: Playback;
  readonly #connections = new Connections();
  readonly #quiet = new Quiet();
  readonly #descriptions: Descriptions;
  #watching: Monitor | undefined;
  #events: MediaEvents | undefined;
  /** While the phone still rang, and nobody listened. */
  #untoldLoss: MicrophoneFallback | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#microphone = new Microphone({
      getStream: options.getMicrophone,
      replace: (before, track) => this.#replaceTrack(before, track),
      onLost: (fellBackTo) => this.#lostMicrophone(fellBackTo),
      clock: options.clock,
      signal: this.#closing.signal,
    });
    this.#playback = new Playback({
      element: () => options.element(this),
      onChanged: (state) => this.#events?.playback(state),
    });
    const { ice, iceGatheringTimeoutMs, clock } = options;
    this.#descriptions = new Descriptions({
      ice,
      iceGatheringTimeoutMs,
      clock,
      microphone: this.#microphone,
      connections: this.#connections,
      quiet: this.#quiet,
      opened: () => this.#conform(),
      tracked: () => {
        this.#conform();
        this.#tellTrack();
      },
      signal: this.#closing.signal,
    });
  }

  get localStream(): MediaStream | undefined {
    return this.#microphone.stream;
  }

  get remoteStream(): MediaStream | undefined {
    return this.#connections.remote?.stream;
  }

  get peerConnection(): RTCPeerConnection | undefined {
    return this.#connections.current;
  }

  onRemoteTrack(listener: TrackListener): () => void {
    this.#listeners.add(listener);
    const { remote } = this.#connections;
    if (remote) listener(remote.track, remote.stream);
    return () => this.#listeners.delete(listener);
  }

  /**
   * A connection of its own each time, with the same microphone: a media relay talks to whoever offered, before any answer and after
   * its INVITE has failed (RFC 5763 §5), and a connection completes the handshake with the first that does.
   */
  offer(signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#descriptions.offer(), signal);
  }

  withdraw(offer: string): void {
    this.#connections.withdraw(offer);
    this.#playback.play(this.remoteStream);
  }

  /** The same answer again changes nothing (RFC 3261 §13.2.1). */
  async applyAnswer(sdp: string, offer?: string): Promise<void> {
    const leg = this.#connections.legOf(offer);
    if (leg.answer === sdp && leg.connection.signalingState === "stable") return;
    await leg.connection.setRemoteDescription({ type: "answer", sdp: readableAnswer(sdp, leg.description) });
    this.#take({ ...leg, answer: sdp });
  }

  /** Firefox knows no `pranswer`, and one that were taken as the answer could not be another's (a fork): there, what precedes it is not heard. */
  async applyEarlyAnswer(sdp: string, offer: string): Promise<void> {
    const leg = this.#connections.legOf(offer);
    if (leg.answer === sdp) return;
    try {
      await leg.connection.setRemoteDescription({ type: "pranswer", sdp: readableAnswer(sdp, leg.description) });
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotSupportedError") return;
      throw error;
    }
    if (this.#connections.hear(leg, sdp)) this.#tellTrack();
  }

  answer(offer: string, signal: AbortSignal): Promise<string> {
    const { taken } = this.#connections;
    return unlessAborted(taken ? this.#descriptions.reanswer(taken, offer) : this.#answerFirst(offer, signal), signal);
  }

  answerAnew(offer: string, signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#descriptions.answer(offer, signal), signal);
  }

  take(answer: string): void {
    this.#take(this.#connections.legOf(answer), answer);
  }

  get path(): MediaPath | undefined {
    return this.#watching?.path;
  }

  watch(events: MediaEvents): () => void {
    const over = new AbortController();
    const stop = () => {
      over.abort();
      // Another conversation of the same call may listen by now.
      if (this.#events === events) this.#events = undefined;
    };
    const heard = { connection: () => this.peerConnection, microphone: () => this.#microphone.stream?.getAudioTracks()[0] };
    loadMonitor().then(
      ({ monitor }) => (this.#watching = monitor(heard, events, this.#options.monitor, over.signal)),
      (error: unknown) => over.signal.aborted || this.#options.onUnwatched(error),
    );
    this.#events = events;
    whenAborted(this.#closing.signal, stop);
    // An announcement may have met it before anybody listened, or the headset been pulled out.
    void Promise.resolve().then(() => {
      if (this.#playback.isBlocked) this.#events?.playback("blocked");
      if (this.#untoldLoss) this.#lostMicrophone(heard.microphone()?.readyState === "live" ? "another" : "none");
    });
    return stop;
  }

  #lostMicrophone(fellBackTo: MicrophoneFallback): void {
    this.#untoldLoss = this.#events ? undefined : fellBackTo;
    this.#events?.microphone("lost", fellBackTo);
  }

  reoffer(signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#descriptions.reoffer(), signal);
  }

  restartOffer(signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#descriptions.reoffer({ iceRestart: true }), signal);
  }

  hold(isHeld: boolean): void {
    this.#quiet.isHeld = isHeld;
    this.#playback.hold(isHeld);
    this.#conform();
  }

  mute(isMuted: boolean): void {
    this.#quiet.isMuted = isMuted;
    this.#conform();
  }

  setMicrophone(deviceId: string): Promise<DeviceResult> {
    return this.#resultOf(this.#microphone.set(deviceId));
  }

  setSpeaker(deviceId: string): Promise<DeviceResult> {
    return this.#resultOf(this.#playback.setSpeaker(deviceId));
  }

  resumeAudio(): Promise<DeviceResult> {
    return this.#resultOf(this.#playback.resume());
  }

  sendTone(digit: string, toneMs: number): boolean {
    const { taken } = this.#connections;
    const { dtmf } = taken?.getSenders().find((sender) => sender.dtmf) ?? {};
    // Firefox would send them though the peer agreed to none.
    if (!dtmf?.canInsertDTMF || !tones.test(taken?.currentRemoteDescription?.sdp ?? "")) return false;
    dtmf.insertDTMF(digit, toneMs);
    return true;
  }

  close(): void {
    this.#closing.abort(new DOMException("the media session was closed", "InvalidStateError"));
    this.#connections.close();
    this.#playback.close();
    this.#listeners.clear();
    this.#options.onClosed();
  }

  #resultOf(wish: Promise<void>): Promise<DeviceResult> {
    const { signal } = this.#closing;
    return resultOf(unlessAborted(wish, signal), signal);
  }

  async #answerFirst(offer: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#descriptions.answer(offer, signal);
    this.take(answer);
    return answer;
  }

  #take(leg: Leg, firstAnswer?: string): void {
    const isAnother = this.#connections.take(leg, firstAnswer);
    this.#conform();
    if (isAnother) this.#tellTrack();
  }

  #conform(): void {
    if (this.#closing.signal.aborted) return;
    const { remote, taken } = this.#connections;
    this.#quiet.conform(this.#microphone.stream, remote?.track, taken);
  }

  /** Muted or held as the microphone before it. */
  async #replaceTrack(before: MediaStreamTrack | undefined, track: MediaStreamTrack): Promise<void> {
    this.#quiet.inherit(before, track);
    this.#conform();
    await this.#connections.replaceTrack(track);
  }

  #tellTrack(): void {
    const { remote } = this.#connections;
    this.#playback.play(remote?.stream);
    if (remote) for (const listener of this.#listeners) listener(remote.track, remote.stream);
  }
}

/** The promise's end, or the signal's reason if that comes first; the work itself goes on for whoever asks next. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = whenAborted(signal, () => reject(signal.reason as Error));
    promise.then(resolve, reject).finally(stop);
  });
}
