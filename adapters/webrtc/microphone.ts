/** The microphone of one call: asked for once, changed while its track is sent, and followed by another when it is pulled out. */
import { whenAborted } from "../../src/platform.ts";
import type { MicrophoneFallback } from "../../src/ports/audio.ts";

export interface MicrophoneOptions {
  /** That device; the line's, or the system's, if left out. */
  readonly getStream: (deviceId?: ConstrainDOMString) => Promise<MediaStream>;
  /** Sends `track` wherever `before` is sent. `stream` is the new one by then: what is described meanwhile has it. */
  readonly replace: (before: MediaStreamTrack | undefined, track: MediaStreamTrack) => Promise<void>;
  readonly onLost: (fellBackTo: MicrophoneFallback) => void;
  /** The call is over: nothing is opened any more, and what comes late is let go. */
  readonly signal: AbortSignal;
}

const trackOf = (stream: MediaStream | undefined) => stream?.getAudioTracks()[0];

const stop = (stream: MediaStream | undefined): void => stream?.getTracks().forEach((track) => track.stop());

export class Microphone {
  readonly #options: MicrophoneOptions;
  #stream: MediaStream | undefined;
  #opening: Promise<MediaStream> | undefined;
  /** Chosen before it was asked for. */
  #chosen: string | undefined;
  /** One change after the other, so that the last wish counts; never rejects. */
  #changes: Promise<unknown> = Promise.resolve();
  #stopWaiting = () => {};

  constructor(options: MicrophoneOptions) {
    this.#options = options;
    whenAborted(options.signal, () => {
      this.#stopWaiting();
      stop(this.#stream);
    });
  }

  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  /** @throws what the browser refuses it with; the next call asks again. */
  async open(): Promise<MediaStream> {
    const { signal, getStream } = this.#options;
    signal.throwIfAborted();
    // A headset that is gone costs no call: another microphone does then.
    this.#opening ??= getStream(this.#chosen === undefined ? undefined : { ideal: this.#chosen });
    const opening = this.#opening;
    let stream: MediaStream;
    try {
      stream = await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
    // The agent may have hung up while the browser asked.
    if (signal.aborted) stop(stream);
    signal.throwIfAborted();
    if (this.#opening !== opening) return this.open();
    if (this.#stream !== stream) this.#take(stream);
    return stream;
  }

  /** That one and no other. @throws what the browser refuses it with; then all is as it was. */
  async set(deviceId: string): Promise<void> {
    if (typeof deviceId !== "string") throw new TypeError("setMicrophone(): the device's id must be a string");
    if (this.#opening) return this.#inTurn(() => this.#change(deviceId === "" ? { ideal: "" } : { exact: deviceId }));
    this.#chosen = deviceId;
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#changes.then(change);
    this.#changes = changed.catch(() => {});
    return changed;
  }

  async #change(deviceId?: ConstrainDOMString): Promise<void> {
    const { signal, getStream, replace } = this.#options;
    // Where the browser still asks for the first, that answer comes first.
    await this.#opening?.then(
      () => this.open(),
      () => {},
    );
    signal.throwIfAborted();
    const stream = await getStream(deviceId);
    const track = trackOf(stream);
    const [before, opened] = [this.#stream, this.#opening];
    try {
      signal.throwIfAborted();
      if (!track) throw new DOMException("the device gives no audio", "NotFoundError");
      this.#take(stream);
      await replace(trackOf(before), track);
      signal.throwIfAborted();
    } catch (error) {
      stop(stream);
      this.#stream = before;
      this.#opening = opened;
      const old = trackOf(before);
      if (track && old && !signal.aborted) await replace(track, old).catch(() => {});
      throw error;
    }
    stop(before);
    this.#stopWaiting();
  }

  #take(stream: MediaStream): void {
    this.#stream = stream;
    this.#opening = Promise.resolve(stream);
    // What we stop ourselves does not say so (W3C mediacapture-main §4.3.1).
    for (const track of stream.getAudioTracks()) track.addEventListener("ended", () => void this.#lost(), { once: true });
  }

  async #lost(): Promise<void> {
    const isReplaced = await this.#inTurn(() => this.#replaceEnded()).then(
      () => true,
      () => false,
    );
    if (this.#options.signal.aborted) return;
    if (!isReplaced) this.#waitForAnother();
    this.#options.onLost(isReplaced ? "another" : "none");
  }

  /** Unless the agent has chosen another meanwhile. */
  async #replaceEnded(): Promise<void> {
    if (trackOf(this.#stream)?.readyState === "ended") await this.#change();
  }

  /** Until one is plugged in. */
  #waitForAnother(): void {
    const devices = globalThis.navigator?.mediaDevices;
    const look = () => void this.#inTurn(() => this.#replaceEnded()).catch(() => {});
    this.#stopWaiting();
    this.#stopWaiting = () => devices?.removeEventListener("devicechange", look);
    devices?.addEventListener("devicechange", look);
  }
}
