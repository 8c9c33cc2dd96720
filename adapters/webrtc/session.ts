/** One call's microphone and peer connection: they belong to the call, and outlive its attempts. */
import type { Clock } from "../../src/clock.ts";
import type { MediaSession } from "../../src/ports.ts";
import { candidatesOf } from "./gathering.ts";

/** A `MediaSession` that shows its streams to whoever plays and measures them. */
export interface WebRtcSession extends MediaSession {
  /** The microphone, once it was granted. */
  readonly localStream: MediaStream | undefined;
  /** What the peer sends, once it has begun. */
  readonly remoteStream: MediaStream | undefined;
  /** For `getStats()`; another one after an offer that was answered is followed by a new offer. */
  readonly peerConnection: RTCPeerConnection | undefined;
  /** Calls `listener` with each track of the peer's. @returns what stops it. */
  onRemoteTrack(listener: (track: MediaStreamTrack, stream: MediaStream) => void): () => void;
}

export interface SessionOptions {
  readonly microphone: () => Promise<MediaStream>;
  readonly peerConnection: () => RTCPeerConnection;
  readonly iceGatheringTimeoutMs: number;
  readonly clock: Clock;
}

type TrackListener = (track: MediaStreamTrack, stream: MediaStream) => void;

export class Session implements WebRtcSession {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<TrackListener>();
  #localStream: MediaStream | undefined;
  #remoteStream: MediaStream | undefined;
  #connection: RTCPeerConnection | undefined;
  #microphone: Promise<MediaStream> | undefined;
  #offer: Promise<string> | undefined;
  #appliedAnswer: string | undefined;
  readonly #closing = new AbortController();

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

  /** The same answer again, in a 183 and then in the 200, changes nothing (RFC 3261 §13.2.1). */
  async applyAnswer(sdp: string): Promise<void> {
    if (sdp === this.#appliedAnswer) return;
    if (!this.#connection) throw new DOMException("there was no offer", "InvalidStateError");
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
    this.#appliedAnswer = sdp;
    this.#offer = undefined;
  }

  answer(offer: string, signal: AbortSignal): Promise<string> {
    const described = this.#describe(async (connection) => {
      await connection.setRemoteDescription({ type: "offer", sdp: offer });
      return connection.createAnswer();
    });
    return unlessAborted(described, signal);
  }

  close(): void {
    this.#closing.abort(new DOMException("the media session was closed", "InvalidStateError"));
    this.#connection?.close();
    stop(this.#localStream);
    this.#listeners.clear();
  }

  /** A fresh connection with the microphone on it, and our description of it with its candidates. */
  async #describe(create: (connection: RTCPeerConnection) => Promise<RTCSessionDescriptionInit>): Promise<string> {
    const stream = await this.#openMicrophone();
    this.#connection?.close();
    const connection = this.#connect(stream);
    await connection.setLocalDescription(await create(connection));
    await candidatesOf(connection, this.#options.iceGatheringTimeoutMs, this.#options.clock, this.#closing.signal);
    this.#closing.signal.throwIfAborted();
    return connection.localDescription?.sdp ?? "";
  }

  #connect(stream: MediaStream): RTCPeerConnection {
    const connection = this.#options.peerConnection();
    this.#connection = connection;
    this.#appliedAnswer = undefined;
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
