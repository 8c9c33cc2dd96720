/** WebSockets without a network, for tests in Node and in pages. */
import type { PlainCarrier } from "./plain-carrier.ts";

type Listener = (event: never) => void;

/** A socket that does what the test makes it do. */
export class ScriptedSocket {
  binaryType = "blob";
  isClosed = false;
  readonly url: string;
  readonly frames: string[] = [];
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  }

  send(text: string): void {
    this.frames.push(text);
  }

  /** A mute peer: the close frame is never answered. */
  close(): void {
    this.isClosed = true;
  }

  emit(type: string, event: object = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }

  deliver(data: unknown): void {
    this.emit("message", { data });
  }

  drop(code = 1006, wasClean = false): void {
    this.emit("error");
    this.emit("close", { code, wasClean });
  }
}

/** A `WebSocket` whose other end is `carrier`; each text arrives a microtask later. A URL with "dead" in it is refused. */
export const memorySocketTo = (carrier: PlainCarrier) =>
  class extends ScriptedSocket {
    constructor(url: string) {
      super(url);
      const later = (deed: () => void) => void Promise.resolve().then(() => this.isClosed || deed());
      later(() => {
        if (url.includes("dead")) return this.drop();
        carrier.open({ send: (text) => later(() => this.deliver(text)), drop: () => later(() => this.drop()) });
        this.emit("open");
      });
    }

    override send(text: string): void {
      void Promise.resolve().then(() => carrier.receive(text));
    }
  };
