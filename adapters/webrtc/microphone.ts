/** The microphone of one call: asked for once, changed while its track is sent, and followed by another when it is pulled out. */
import { sleep, within, type Clock } from "../../src/clock.ts";
import { whenAborted } from "../../src/platform.ts";
import type { MicrophoneFallback } from "../../src/ports/audio.ts";

export interface MicrophoneOptions {
  /** That device; the line's, or the system's, if left out. */
  readonly getStream: (deviceId?: ConstrainDOMString) => Promise<MediaStream>;
  /** Sends `track` wherever `before` is sent. `stream` is the new one by then: what is described meanwhile has it. */
  readonly replace: (before: MediaStreamTrack | undefined, track: MediaStreamTrack) => Promise<void>;
  /** Told once for each loss, and soon: a browser may ask the agent before it gives another. */
  readonly onLost: (fellBackTo: MicrophoneFallback) => void;
  readonly clock: Clock;
  /** The call is over: nothing is opened any more, and what comes late is let go. */
  readonly signal: AbortSignal;
}

/** How long one change may keep the next from its turn, ms: a browser that asks the agent gives its answer when it likes, or never. */
const turnMs = 10_000;
/** By then it is told that a microphone is lost, whether or not another is being opened, ms. */
const tellMs = 2_000;
/** Another is looked for no more often than this, ms: a dock that is plugged in, or a plug that is loose, makes a hundred events a second. */
const restMs = 500;

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
  /** How many there were; what the browser gives for one that is not the last any more is let go. */
  #begun = 0;
  #fallingBack: Promise<void> | undefined;
  #restedAtMs = -Infinity;
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
    const { clock, signal } = this.#options;
    const changed = this.#changes.then(change);
    this.#changes = this.#changes.then(() => within(clock, changed, turnMs, signal)).catch(() => {});
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
    const place = ++this.#begun;
    const stream = await getStream(deviceId);
    const track = trackOf(stream);
    const [before, opened] = [this.#stream, this.#opening];
    try {
      signal.throwIfAborted();
      if (place !== this.#begun) throw new DOMException("another was asked for meanwhile", "AbortError");
      // It may be gone since the browser found it, and no event will tell.
      if (!track || track.readyState === "ended") throw new DOMException("the device gives no audio", "NotFoundError");
      this.#take(stream);
      await replace(trackOf(before), track);
      signal.throwIfAborted();
    } catch (error) {
      stop(stream);
      if (this.#stream === stream) [this.#stream, this.#opening] = [before, opened];
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
    for (const track of stream.getAudioTracks()) {
      // What we stop ourselves does not say so (W3C mediacapture-main §4.3.1).
      track.addEventListener("ended", () => void this.#lost(), { once: true });
      if (track.readyState === "ended") void this.#lost();
    }
  }

  async #lost(): Promise<void> {
    const { clock, signal, onLost } = this.#options;
    const isReplaced = await within(clock, this.#fallBack(), tellMs, signal).then(
      () => true,
      () => false,
    );
    if (signal.aborted) return;
    if (!isReplaced) this.#waitForAnother();
    onLost(isReplaced ? "another" : "none");
  }

  /** Unless the agent has chosen another meanwhile. Who asks for it while it waits for its turn asks for the same. */
  #fallBack(): Promise<void> {
    return (this.#fallingBack ??= this.#inTurn(async () => {
      const { clock, signal } = this.#options;
      const restsForMs = this.#restedAtMs + restMs - clock.nowMs();
      if (restsForMs > 0) await sleep(clock, restsForMs, signal);
      this.#restedAtMs = clock.nowMs();
      this.#fallingBack = undefined;
      if (trackOf(this.#stream)?.readyState === "ended") await this.#change();
    }));
  }

  /** Until one is plugged in. */
  #waitForAnother(): void {
    const devices = globalThis.navigator?.mediaDevices;
    const look = () => void this.#fallBack().catch(() => {});
    this.#stopWaiting();
    this.#stopWaiting = () => devices?.removeEventListener("devicechange", look);
    devices?.addEventListener("devicechange", look);
  }
}
