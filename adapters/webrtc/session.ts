/** One call's microphone, and a peer connection for each of its attempts; one of them becomes the call's. */
import type { Clock } from "../../src/clock.ts";
import { whenAborted } from "../../src/platform.ts";
import type { MediaPath } from "../../src/ports/audio.ts";
import type { DeviceResult, MediaEvents, MediaSession } from "../../src/ports/media.ts";
import { resultOf } from "./devices.ts";
import { candidatesOf } from "./gathering.ts";
import type { Ice } from "./ice.ts";
import { Microphone, type MicrophoneOptions } from "./microphone.ts";
import { Playback } from "./playback.ts";
import type { Monitor, MonitorOptions } from "./monitor.ts";

/** A `MediaSession` that shows its streams to whoever plays and measures them. */
export interface WebRtcSession extends Required<MediaSession> {
  /** The microphone, once it was granted; another stream once another microphone took its place. */
  readonly localStream: MediaStream | undefined;
  /** What the peer sends, once it has begun. */
  readonly remoteStream: MediaStream | undefined;
  /** For `getStats()`: that of the last answer; before any, of the last offer. Another once another offer is answered. */
  readonly peerConnection: RTCPeerConnection | undefined;
  /** Calls `listener` with each track of the peer's. @returns what stops it. */
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

/** A connection, how we described it, and the answer that it was given. */
interface Leg {
  readonly connection: RTCPeerConnection;
  readonly description: string;
  readonly answer?: string;
}

export class Session implements WebRtcSession {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<TrackListener>();
  readonly #closing = new AbortController();
  readonly #microphone: Microphone;
  readonly #playback: Playback;
  #watching: Monitor | undefined;
  #events: MediaEvents | undefined;
  /** All that were made, but for those that are closed. */
  readonly #connections = new Set<RTCPeerConnection>();
  /** Who was offered something may still answer: each offer keeps its connection until it is withdrawn, or another is the call's. Last the latest. */
  #legs: readonly Leg[] = [];
  /** What the peer at the other end of each connection sends. */
  readonly #remotes = new WeakMap<RTCPeerConnection, { readonly track: MediaStreamTrack; readonly stream: MediaStream }>();
  /** The call's own, once it was answered. */
  #taken: RTCPeerConnection | undefined;
  /** How an inbound call was answered first; the caller may be gone, and the same call go on by another carrier. */
  #firstAnswer: string | undefined;
  /** Until then: the one that an announcement comes by. */
  #early: RTCPeerConnection | undefined;
  #isHeld = false;
  #isMuted = false;
  /** Tracks that we made quiet: what the page switches off itself, it switches on again. */
  readonly #quiet = new WeakSet<MediaStreamTrack>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#microphone = new Microphone({
      getStream: options.getMicrophone,
      replace: (before, track) => this.#replaceTrack(before, track),
      onLost: (fellBackTo) => this.#events?.microphone("lost", fellBackTo),
      signal: this.#closing.signal,
    });
    this.#playback = new Playback({
      element: () => options.element(this),
      onChanged: (state) => this.#events?.playback(state),
    });
  }

  get localStream(): MediaStream | undefined {
    return this.#microphone.stream;
  }

  get remoteStream(): MediaStream | undefined {
    return this.#heard && this.#remotes.get(this.#heard)?.stream;
  }

  get peerConnection(): RTCPeerConnection | undefined {
    return this.#heard ?? this.#legs.at(-1)?.connection;
  }

  onRemoteTrack(listener: TrackListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * A connection of its own each time, with the same microphone: a media relay talks to whoever offered, before any answer and after
   * its INVITE has failed (RFC 5763 §5), and a connection completes the handshake with the first that does.
   */
  offer(signal: AbortSignal): Promise<string> {
    return unlessAborted(
      this.#describe((connection, addMicrophone) => {
        addMicrophone();
        return connection.createOffer();
      }),
      signal,
    );
  }

  /** Where it was to change the call's own connection, that goes on as it was. */
  withdraw(offer: string): void {
    const leg = this.#legs.find(({ description }) => description === offer);
    if (!leg) return;
    const { connection } = leg;
    this.#legs = this.#legs.filter((each) => each !== leg);
    if (connection === this.#taken && offer !== this.#firstAnswer) {
      if (connection.signalingState === "have-local-offer") connection.setLocalDescription({ type: "rollback" }).catch(() => {});
      return;
    }
    connection.close();
    if (this.#early === connection) this.#early = undefined;
    if (this.#taken === connection) this.#taken = undefined;
    this.#playback.play(this.remoteStream);
  }

  /** The same answer again changes nothing (RFC 3261 §13.2.1). */
  async applyAnswer(sdp: string, offer?: string): Promise<void> {
    const leg = this.#legOf(offer);
    if (leg.answer === sdp && leg.connection.signalingState === "stable") return;
    await leg.connection.setRemoteDescription({ type: "answer", sdp });
    this.#take({ ...leg, answer: sdp });
  }

  async applyEarlyAnswer(sdp: string, offer: string): Promise<void> {
    const leg = this.#legOf(offer);
    if (leg.answer === sdp) return;
    await leg.connection.setRemoteDescription({ type: "pranswer", sdp });
    // The final answer may have come meanwhile, or the attempt have failed.
    if (!this.#legs.includes(leg)) return;
    this.#legs = this.#legs.map((each) => (each === leg ? { ...leg, answer: sdp } : each));
    const before = this.#heard;
    this.#early = leg.connection;
    if (this.#heard !== before) this.#tellTrack();
  }

  answer(offer: string, signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#taken ? this.#reanswer(this.#taken, offer) : this.#answerFirst(offer, signal), signal);
  }

  answerAnew(offer: string, signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#answerOn(offer, signal), signal);
  }

  take(answer: string): void {
    this.#take(this.#legOf(answer));
    this.#firstAnswer = answer;
  }

  get path(): MediaPath | undefined {
    return this.#watching?.path;
  }

  watch(events: MediaEvents): () => void {
    const over = new AbortController();
    const stop = () => {
      over.abort();
      this.#events = undefined;
    };
    const heard = { connection: () => this.peerConnection, microphone: () => this.#microphone.stream?.getAudioTracks()[0] };
    loadMonitor().then(
      ({ monitor }) => (this.#watching = monitor(heard, events, this.#options.monitor, over.signal)),
      (error: unknown) => over.signal.aborted || this.#options.onUnwatched(error),
    );
    this.#events = events;
    whenAborted(this.#closing.signal, stop);
    // An announcement may have met it before anybody listened.
    void Promise.resolve().then(() => this.#playback.isBlocked && this.#events?.playback("blocked"));
    return stop;
  }

  reoffer(signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#reoffer(), signal);
  }

  restartOffer(signal: AbortSignal): Promise<string> {
    return unlessAborted(this.#reoffer({ iceRestart: true }), signal);
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#playback.hold(isHeld);
    this.#conform();
  }

  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
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
    const { dtmf } = this.#taken?.getSenders().find((sender) => sender.dtmf) ?? {};
    // Firefox would send them though the peer agreed to none.
    if (!dtmf?.canInsertDTMF || !tones.test(this.#taken?.currentRemoteDescription?.sdp ?? "")) return false;
    dtmf.insertDTMF(digit, toneMs);
    return true;
  }

  close(): void {
    this.#closing.abort(new DOMException("the media session was closed", "InvalidStateError"));
    for (const { connection } of this.#legs) connection.close();
    this.#taken?.close();
    this.#playback.close();
    this.#listeners.clear();
    this.#options.onClosed();
  }

  #resultOf(wish: Promise<void>): Promise<DeviceResult> {
    const { signal } = this.#closing;
    return resultOf(unlessAborted(wish, signal), signal);
  }

  get #heard(): RTCPeerConnection | undefined {
    return this.#taken ?? this.#early;
  }

  async #answerFirst(offer: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#answerOn(offer, signal);
    this.take(answer);
    return answer;
  }

  /** On a connection of its own. */
  async #answerOn(offer: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#describe(async (connection, addMicrophone) => {
      await connection.setRemoteDescription({ type: "offer", sdp: offer });
      // Not before: a call that begins on hold (`sendonly`) would get a line of its own for it (RFC 8829 §5.10), and never hear us.
      addMicrophone();
      return connection.createAnswer();
    });
    // Who gave up while the microphone was being opened must not take the place of who still waits.
    if (signal.aborted) this.withdraw(answer);
    signal.throwIfAborted();
    return answer;
  }

  async #reanswer(connection: RTCPeerConnection, offer: string): Promise<string> {
    await connection.setRemoteDescription({ type: "offer", sdp: offer });
    try {
      const description = await this.#gather(connection, await connection.createAnswer());
      this.#describeAs({ connection, description, answer: offer });
      return description;
    } catch (error) {
      if (connection.signalingState === "have-remote-offer") await connection.setRemoteDescription({ type: "rollback", sdp: "" });
      throw error;
    }
  }

  /** @throws InvalidStateError before the call is answered. */
  async #reoffer(how?: RTCOfferOptions): Promise<string> {
    const connection = this.#taken;
    if (!connection) throw new DOMException("the call is not answered", "InvalidStateError");
    if (how?.iceRestart) await this.#options.ice.renew(connection, this.#closing.signal);
    const description = await this.#gather(connection, await connection.createOffer(how));
    this.#describeAs({ connection, description });
    return description;
  }

  /** @throws InvalidStateError when nothing was offered. */
  #legOf(offer?: string): Leg {
    const leg = this.#legs.findLast(({ description }) => offer === undefined || description === offer);
    if (!leg) throw new DOMException("there was no offer", "InvalidStateError");
    return leg;
  }

  /** The call's from now on: nobody else can be any more. */
  #take(leg: Leg): void {
    const { connection } = leg;
    const before = this.#heard;
    for (const other of this.#legs) if (other.connection !== connection) other.connection.close();
    if (this.#taken !== connection) this.#taken?.close();
    this.#legs = [leg];
    this.#taken = connection;
    this.#early = undefined;
    this.#conform();
    if (connection !== before) this.#tellTrack();
  }

  /** Makes tracks and connection what hold and mute ask for. What leaves a muted microphone is silence, so that nobody takes it for a dead line. */
  #conform(): void {
    if (this.#closing.signal.aborted) return;
    for (const track of this.#microphone.stream?.getAudioTracks() ?? []) this.#hush(track, this.#isHeld || this.#isMuted);
    const { track } = (this.#heard && this.#remotes.get(this.#heard)) ?? {};
    if (track) this.#hush(track, this.#isHeld);
    if (this.#taken) this.#direct(this.#taken);
  }

  #hush(track: MediaStreamTrack, isQuiet: boolean): void {
    if (isQuiet && track.enabled) this.#quiet.add(track);
    else if (isQuiet || !this.#quiet.delete(track)) return;
    track.enabled = !isQuiet;
  }

  /** Without renegotiation (W3C webrtc-pc §5.2, `replaceTrack`), muted or held as the microphone before it; what is offered ahead has it too. */
  async #replaceTrack(before: MediaStreamTrack | undefined, track: MediaStreamTrack): Promise<void> {
    // What the page itself has switched off stays so.
    if (before?.enabled === false && !this.#quiet.has(before)) track.enabled = false;
    this.#conform();
    for (const connection of this.#connections) {
      // A page that sends what it has made of the microphone has made it of the one that is stopped now.
      const senders =
        connection.signalingState === "closed" ? [] : connection.getSenders().filter((sender) => sender.track?.kind === "audio");
      for (const sender of senders)
        await sender.replaceTrack(track).catch((error: unknown) => {
          if (connection.signalingState !== "closed") throw error;
        });
    }
  }

  /** Which way each description of it says that the audio goes; what the peer's offer does not allow the browser leaves out. */
  #direct(connection: RTCPeerConnection): void {
    const [before, after] = this.#isHeld ? (["sendrecv", "sendonly"] as const) : (["sendonly", "sendrecv"] as const);
    if (connection.signalingState === "closed") return;
    for (const each of connection.getTransceivers()) if (each.direction === before) each.direction = after;
  }

  /** The connection that there is, described anew. */
  #describeAs(leg: Leg): void {
    this.#legs = [...this.#legs.filter(({ connection }) => connection !== leg.connection), leg];
  }

  #tellTrack(): void {
    const remote = this.#heard && this.#remotes.get(this.#heard);
    this.#playback.play(remote?.stream);
    if (remote) for (const listener of this.#listeners) listener(remote.track, remote.stream);
  }

  /** A fresh connection with the microphone on it, and our description of it with its candidates. */
  async #describe(
    create: (connection: RTCPeerConnection, addMicrophone: () => void) => Promise<RTCSessionDescriptionInit>,
  ): Promise<string> {
    const { ice } = this.#options;
    const asked = ice.servers(this.#closing.signal);
    await this.#microphone.open();
    this.#conform();
    const servers = await asked;
    this.#closing.signal.throwIfAborted();
    const connection = this.#connect(ice.connection(servers));
    const addMicrophone = () => {
      const stream = this.#microphone.stream;
      for (const track of stream?.getTracks() ?? []) connection.addTrack(track, ...(stream ? [stream] : []));
      if (this.#isHeld) this.#direct(connection);
    };
    try {
      const description = await this.#gather(connection, await create(connection, addMicrophone));
      this.#legs = [...this.#legs, { connection, description }];
      return description;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async #gather(connection: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<string> {
    const { iceGatheringTimeoutMs, clock } = this.#options;
    await connection.setLocalDescription(description);
    await candidatesOf(connection, iceGatheringTimeoutMs, clock, this.#closing.signal);
    this.#closing.signal.throwIfAborted();
    // An offer of the peer's takes the place of one of ours that is not answered (RFC 8829 §4.1.10.2).
    if (connection.localDescription?.type !== description.type) throw new DOMException("the peer changed the session", "InvalidStateError");
    return connection.localDescription?.sdp ?? "";
  }

  #connect(connection: RTCPeerConnection): RTCPeerConnection {
    for (const other of this.#connections) if (other.signalingState === "closed") this.#connections.delete(other);
    this.#connections.add(connection);
    connection.addEventListener("track", ({ track, streams: [stream = new MediaStream([track])] }) => {
      this.#remotes.set(connection, { track, stream });
      if (connection !== this.#heard) return;
      this.#conform();
      this.#tellTrack();
    });
    return connection;
  }
}

/** The promise's end, or the signal's reason if that comes first; the work itself goes on for whoever asks next. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = whenAborted(signal, () => reject(signal.reason as Error));
    promise.then(resolve, reject).finally(stop);
  });
}
