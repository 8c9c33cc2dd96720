/** A `WebSocket` that leads straight to a mock trunk: no port, no network, and time only on the given clock. */
import { systemClock } from "../../src/clock.ts";
import type { Clock } from "../../src/ports.ts";
import type { LinkEvents } from "./link.ts";
import type { MockTrunk } from "./mock-trunk.ts";

export interface MemorySocketOptions {
  /** One way, ms. Default 1. */
  readonly latencyMs?: number;
  readonly clock?: Clock;
}

type SocketEventMap = { open: Event; message: MessageEvent<string>; close: CloseEvent; error: Event };
type Listener<T extends keyof SocketEventMap> = (event: SocketEventMap[T]) => void;

/** As much of the browser's `WebSocket` as softphones use. */
export interface MemorySocket extends EventTarget {
  readonly url: string;
  readonly protocol: string;
  binaryType: BinaryType;
  readonly readyState: number;
  onopen: Listener<"open"> | null;
  onmessage: Listener<"message"> | null;
  onclose: Listener<"close"> | null;
  onerror: Listener<"error"> | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type MemorySocketConstructor = new (url: string | URL, protocols?: string | string[]) => MemorySocket;

/**
 * A `WebSocket` class whose every socket is connected to the trunk that its URL's host is found for.
 * @param trunks one trunk for every URL, or one for each host.
 */
export function memorySocket(
  trunks: MockTrunk | Readonly<Record<string, MockTrunk>>,
  { latencyMs = 1, clock = systemClock }: MemorySocketOptions = {},
): MemorySocketConstructor {
  const trunkOf = (url: string): MockTrunk | undefined =>
    "attach" in trunks && typeof trunks.attach === "function"
      ? (trunks as MockTrunk)
      : (trunks as Record<string, MockTrunk>)[new URL(url).hostname];

  return class extends EventTarget implements MemorySocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly url: string;
    readonly protocol = "sip";
    binaryType: BinaryType = "blob";
    readyState = 0;
    onopen: Listener<"open"> | null = null;
    onmessage: Listener<"message"> | null = null;
    onclose: Listener<"close"> | null = null;
    onerror: Listener<"error"> | null = null;
    #peer: LinkEvents | undefined;

    constructor(url: string | URL, _protocols?: string | string[]) {
      super();
      this.url = String(url);
      clock.setTimer(() => this.#admit(), latencyMs);
    }

    send(data: string): void {
      if (this.readyState === 0) throw new DOMException("the socket is still connecting", "InvalidStateError");
      const peer = this.#peer;
      if (this.readyState === 1 && peer) clock.setTimer(() => peer.received(data), latencyMs);
    }

    close(code = 1000, reason = ""): void {
      if (this.readyState >= 2) return;
      this.readyState = 2;
      const peer = this.#peer;
      clock.setTimer(() => {
        peer?.closed();
        this.#end(code, reason, true);
      }, latencyMs);
    }

    #admit(): void {
      const trunk = trunkOf(this.url);
      const admission = trunk?.admission().kind ?? "refuse";
      if (this.readyState !== 0 || admission === "hang-upgrade") return;
      if (!trunk || admission !== "admit") return this.#end(1006, "", false);
      this.readyState = 1;
      this.#peer = trunk.attach({
        send: (text) =>
          void clock.setTimer(() => this.readyState === 1 && this.#tell("message", new MessageEvent("message", { data: text })), latencyMs),
        close: (code, reason) => void clock.setTimer(() => this.#end(code, reason, true), latencyMs),
        reset: () => void clock.setTimer(() => this.#end(1006, "", false), latencyMs),
      });
      this.#tell("open", new Event("open"));
    }

    #end(code: number, reason: string, wasClean: boolean): void {
      if (this.readyState === 3) return;
      this.readyState = 3;
      if (!wasClean) this.#tell("error", new Event("error"));
      this.#tell("close", Object.assign(new Event("close"), { code, reason, wasClean }) as CloseEvent);
    }

    #tell<T extends keyof SocketEventMap>(type: T, event: SocketEventMap[T]): void {
      (this[`on${type}`] as Listener<T> | null)?.(event);
      this.dispatchEvent(event);
    }
  };
}
