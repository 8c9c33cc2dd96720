/** A `WebSocket` that leads straight to a mock trunk: no port, no network, no time but the trunk's. */
import type { Door } from "./door.ts";
import { frameText } from "./frame-text.ts";
import type { LinkEvents } from "./link.ts";
import type { MockTrunk } from "./mock-trunk.ts";
import { Timers } from "./timers.ts";

/** How a connection without a network behaves. */
export interface MemorySocketOptions {
  /** One way, on the trunk's clock. Default: none, everything arrives a microtask later. */
  readonly latencyMs?: number;
}

/** `CloseEvent` is missing in Node before 23. */
const closeEvent = (code: number, reason: string, wasClean: boolean) =>
  Object.assign(new Event("close"), { code, reason, wasClean }) as CloseEvent;

/**
 * A class to be used in place of `WebSocket`.
 * @param trunks the trunk of every URL, or the trunks by the host of the URL; what is not there is refused.
 */
export function memorySocket(
  trunks: MockTrunk | Readonly<Record<string, MockTrunk>>,
  { latencyMs }: MemorySocketOptions = {},
): typeof WebSocket {
  const trunkAt = ({ host }: URL) => (isTrunk(trunks) ? trunks : Object.entries(trunks).find(([each]) => each === host)?.[1]);
  return class extends MemorySocket {
    constructor(url: string | URL, protocols: string | readonly string[] = []) {
      const parsed = new URL(url);
      super(parsed, [protocols].flat(), trunkAt(parsed), latencyMs);
    }
  };
}

const isTrunk = (trunks: object): trunks is MockTrunk => "attach" in trunks && typeof trunks.attach === "function";

class MemorySocket extends EventTarget implements WebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly url: string;
  readonly extensions = "";
  readonly bufferedAmount = 0;
  binaryType: BinaryType = "blob";
  protocol = "";
  readyState: 0 | 1 | 2 | 3 = 0;
  onopen: WebSocket["onopen"] = null;
  onmessage: WebSocket["onmessage"] = null;
  onclose: WebSocket["onclose"] = null;
  onerror: WebSocket["onerror"] = null;
  readonly #trunk: MockTrunk | undefined;
  readonly #timers: Timers | undefined;
  readonly #latencyMs: number | undefined;
  #trunkEnd: LinkEvents | undefined;
  #stopWaiting = () => {};

  constructor({ href }: URL, protocols: readonly string[], trunk: MockTrunk | undefined, latencyMs: number | undefined) {
    super();
    this.url = href;
    this.#trunk = trunk;
    this.#timers = trunk && new Timers(trunk.clock);
    this.#latencyMs = latencyMs;
    // RFC 7118 §4.1: a SIP server opens no socket that does not speak `sip`.
    this.#later(() => (trunk && protocols.includes("sip") ? this.#knock(trunk) : this.#end(1006, "", false)));
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    if (this.readyState === this.CONNECTING) throw new DOMException("The socket is still connecting.", "InvalidStateError");
    if (this.readyState !== this.OPEN) return;
    const text = frameText(data);
    this.#later(() => this.#trunkEnd?.received(text));
  }

  close(code = 1000, reason = ""): void {
    if (this.readyState >= this.CLOSING) return;
    const wasOpen = this.readyState === this.OPEN;
    this.readyState = this.CLOSING;
    this.#stopWaiting();
    this.#later(() => {
      if (!wasOpen) return this.#end(1006, "", false);
      this.#whenThawed(() => this.#end(code, reason, true));
    });
  }

  #knock({ door }: MockTrunk): void {
    if (this.readyState !== this.CONNECTING) return;
    const { kind } = door.admission;
    if (door.isClosed || kind === "refuse" || kind === "refuse-upgrade") return this.#end(1006, "", false);
    // An upgrade that hangs is never answered, even when later ones are.
    if (kind === "hang-upgrade") return this.#wait(door, () => door.isClosed && this.#end(1006, "", false));
    this.#whenThawed(() => this.#open());
  }

  #open(): void {
    if (!this.#trunk || this.#trunk.door.isClosed) return this.#end(1006, "", false);
    this.readyState = this.OPEN;
    this.protocol = "sip";
    this.#trunkEnd = this.#trunk.attach({
      send: (data) => this.#later(() => this.readyState === this.OPEN && this.#tell(new MessageEvent("message", { data }))),
      close: (code, reason) => this.#later(() => this.#end(code, reason, true)),
      reset: () => this.#later(() => this.#end(1006, "", false)),
    });
    this.#tell(new Event("open"));
  }

  #whenThawed(then: () => void): void {
    const door = this.#trunk?.door;
    if (!door?.isFrozen) return then();
    this.#wait(door, () => {
      if (door.isFrozen) return;
      this.#stopWaiting();
      then();
    });
  }

  #wait(door: Door, look: () => void): void {
    this.#stopWaiting();
    this.#stopWaiting = door.watch(look);
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.#stopWaiting();
    this.#timers?.clear();
    this.#trunkEnd?.closed();
    if (!wasClean) this.#tell(new Event("error"));
    this.#tell(closeEvent(code, reason, wasClean));
  }

  #later(deed: () => void): void {
    // A trunk that is closed leaves no timer.
    if (this.#latencyMs === undefined || !this.#timers || this.#trunk?.door.isClosed) queueMicrotask(deed);
    else this.#timers.after(this.#latencyMs, deed);
  }

  #tell(event: Event): void {
    const handler = this[`on${event.type}` as "onopen"];
    handler?.call(this, event);
    this.dispatchEvent(event);
  }
}
