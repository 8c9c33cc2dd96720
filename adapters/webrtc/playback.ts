/** What the customer says, played by an element of ours or of the page's. */
import type { PlaybackState } from "../../src/ports/audio.ts";

export interface PlaybackOptions {
  /** Asked for once, when there is something to play; none where the page plays it itself. */
  readonly element: () => HTMLAudioElement | undefined;
  readonly onChanged: (state: PlaybackState) => void;
}

/** Not every browser has a choice of the output (W3C audio-output). @throws what the browser refuses it with. */
export async function sinkTo(element: HTMLAudioElement | undefined, deviceId: string): Promise<void> {
  const { setSinkId } = (element ?? {}) as Partial<HTMLAudioElement>;
  if (!setSinkId) throw new DOMException("no speaker can be chosen here", "NotSupportedError");
  await setSinkId.call(element, deviceId);
}

export class Playback {
  readonly #options: PlaybackOptions;
  #element: HTMLAudioElement | undefined;
  #stream: MediaStream | undefined;
  /** What is in the element by our doing: the page's own may be given to another call meanwhile. */
  #playing: MediaStream | undefined;
  #isHeld = false;
  #isBlocked = false;
  #isClosed = false;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  /** The browser plays nothing before the agent has clicked. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  play(stream: MediaStream | undefined): void {
    this.#stream = this.#isClosed ? undefined : stream;
    this.#conform();
  }

  /** Nothing is played while the agent holds the call; the element is free for another. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#conform();
  }

  /** To be called from a click. @throws NotAllowedError when it was none. */
  async resume(): Promise<void> {
    if (this.#playing) await this.#start();
  }

  setSpeaker(deviceId: string): Promise<void> {
    return sinkTo(this.#own(), deviceId);
  }

  close(): void {
    this.#isClosed = true;
    this.play(undefined);
  }

  #own(): HTMLAudioElement | undefined {
    return (this.#element ??= this.#options.element());
  }

  #conform(): void {
    const stream = this.#isHeld ? undefined : this.#stream;
    const element = stream ? this.#own() : this.#element;
    if (!element || stream === this.#playing) return;
    // Another call may have it by now.
    if (!stream && element.srcObject === this.#playing) {
      element.pause();
      element.srcObject = null;
    }
    this.#playing = stream;
    if (!stream) return;
    element.srcObject = stream;
    // Whatever it is, the call goes on, and what is told is told.
    this.#start().catch(() => {});
  }

  async #start(): Promise<void> {
    const stream = this.#playing;
    const tell = (state: PlaybackState) => stream === this.#playing && this.#tell(state);
    try {
      await this.#element?.play();
      tell("playing");
    } catch (error) {
      if ((error as Partial<Error>).name === "NotAllowedError") tell("blocked");
      throw error;
    }
  }

  #tell(state: PlaybackState): void {
    const isBlocked = state === "blocked";
    if (isBlocked === this.#isBlocked || this.#isClosed) return;
    this.#isBlocked = isBlocked;
    this.#options.onChanged(state);
  }
}
