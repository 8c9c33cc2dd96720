/** One call's microphone and peer connection: they belong to the call, and outlive its attempts. */
import type { Clock } from "../../src/clock.ts";
import type { MediaEvents, MediaSession } from "../../src/ports.ts";
import { candidatesOf } from "./gathering.ts";
import { monitor, type MonitorOptions } from "./monitor.ts";

/** A `MediaSession` that shows its streams to whoever plays and measures them. */
export interface WebRtcSession extends MediaSession {
  /** The microphone, once it was granted. */
  readonly localStream: MediaStream | undefined;
  /** What the peer sends, once it has begun. */
  readonly remoteStream: MediaStream | undefined;
  /** For `getStats()`; another one once another offer is answered. */
  readonly peerConnection: RTCPeerConnection | undefined;
  /** Calls `listener` with each track of the peer's. @returns what stops it. */
  onRemoteTrack(listener: (track: MediaStreamTrack, stream: MediaStream) => void): () => void;
}

export interface SessionOptions {
  readonly microphone: () => Promise<MediaStream>;
  readonly peerConnection: () => RTCPeerConnection;
  readonly iceGatheringTimeoutMs: number;
  readonly clock: Clock;
  readonly monitor: MonitorOptions;
}

type TrackListener = (track: MediaStreamTrack, stream: MediaStream) => void;

/** A connection, what it offered, and the answer that it was given. */
interface Leg {
  readonly connection: RTCPeerConnection;
  readonly description: string;
  readonly answer?: string;
}

export class Session implements WebRtcSession {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<TrackListener>();
  readonly #closing = new AbortController();
  #localStream: MediaStream | undefined;
  #remoteStream: MediaStream | undefined;
  #microphone: Promise<MediaStream> | undefined;
  /** The offer for whoever is called next. */
  #offer: Promise<string> | undefined;
  /** Who was offered something may still answer: each offer keeps its connection until one of them is the call's. Last the latest. */
  #legs: readonly Leg[] = [];
  /** That of the last answer; before any, of the last offer. */
  #connection: RTCPeerConnection | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get localStream(): MediaStream | undefined {
    return this.#localStream;
  }

  get remoteStream(): MediaStream | undefined {
    return this.#remoteStream;
  }

  get peerConnection(): RTCPeerConnection | undefined {
    return this.#connection;
  }

  onRemoteTrack(listener: TrackListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One that was answered is that peer's: the next is made anew, with the same microphone. */
  offer(signal: AbortSignal): Promise<string> {
    this.#offer ??= this.#describe((connection) => connection.createOffer()).catch((error: unknown) => {
      // The agent may grant the microphone at the next try.
      this.#offer = undefined;
      throw error;
    });
    return unlessAborted(this.#offer, signal);
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
    // The final answer may have come meanwhile.
    if (!this.#legs.includes(leg)) return;
    this.#legs = this.#legs.map((each) => (each === leg ? { ...leg, answer: sdp } : each));
    this.#connection = leg.connection;
    // Made ahead, so that a failover has it at once.
    this.#offer = undefined;
    this.offer(this.#closing.signal).catch(() => {});
  }

  async answer(offer: string, signal: AbortSignal): Promise<string> {
    const described = this.#describe(async (connection) => {
      await connection.setRemoteDescription({ type: "offer", sdp: offer });
      return connection.createAnswer();
    });
    const answer = await unlessAborted(described, signal);
    this.#take(this.#legOf(answer));
    return answer;
  }

  watch(events: MediaEvents): () => void {
    const stop = monitor(() => this.#connection, events, this.#options.monitor);
    this.#closing.signal.addEventListener("abort", stop, { once: true });
    return stop;
  }

  restartOffer(signal: AbortSignal): Promise<string> {
    const restarted = async () => {
      const connection = this.#connection;
      if (!connection) throw new DOMException("there is no connection", "InvalidStateError");
      const description = await this.#gather(connection, await connection.createOffer({ iceRestart: true }));
      this.#legs = [{ connection, description }];
      return description;
    };
    return unlessAborted(restarted(), signal);
  }

  close(): void {
    this.#closing.abort(new DOMException("the media session was closed", "InvalidStateError"));
    this.#legs.forEach(({ connection }) => connection.close());
    this.#connection?.close();
    stop(this.#localStream);
    this.#listeners.clear();
  }

  /** @throws InvalidStateError when nothing was offered. */
  #legOf(offer?: string): Leg {
    const leg = this.#legs.findLast(({ description }) => offer === undefined || description === offer);
    if (!leg) throw new DOMException("there was no offer", "InvalidStateError");
    return leg;
  }

  /** The call's from now on: nobody else can be any more. */
  #take(leg: Leg): void {
    for (const { connection } of this.#legs) if (connection !== leg.connection) connection.close();
    this.#legs = [leg];
    this.#connection = leg.connection;
    this.#offer = undefined;
  }

  /** A fresh connection with the microphone on it, and our description of it with its candidates. */
  async #describe(create: (connection: RTCPeerConnection) => Promise<RTCSessionDescriptionInit>): Promise<string> {
    const stream = await this.#openMicrophone();
    const connection = this.#connect(stream);
    try {
      const description = await this.#gather(connection, await create(connection));
      this.#legs = [...this.#legs, { connection, description }];
      if (!this.#connection || this.#connection.signalingState === "closed") this.#connection = connection;
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
    return connection.localDescription?.sdp ?? "";
  }

  #connect(stream: MediaStream): RTCPeerConnection {
    const connection = this.#options.peerConnection();
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    connection.addEventListener("track", ({ track, streams: [remote = new MediaStream([track])] }) => {
      this.#remoteStream = remote;
      for (const listener of this.#listeners) listener(track, remote);
    });
    return connection;
  }

  async #openMicrophone(): Promise<MediaStream> {
    this.#closing.signal.throwIfAborted();
    this.#microphone ??= this.#options.microphone();
    try {
      this.#localStream = await this.#microphone;
    } catch (error) {
      this.#microphone = undefined;
      throw error;
    }
    // The agent may have hung up while the browser asked for the microphone.
    if (this.#closing.signal.aborted) stop(this.#localStream);
    this.#closing.signal.throwIfAborted();
    return this.#localStream;
  }
}

const stop = (stream: MediaStream | undefined): void => stream?.getTracks().forEach((track) => track.stop());

/** The promise's end, or the signal's reason if that comes first; the work itself goes on for whoever asks next. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
