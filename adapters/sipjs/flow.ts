/** One WebSocket at a time, and the frames on it (RFC 7118). Knows no SIP but its keep-alives. */
import type { Clock } from "../../src/clock.ts";
import type { FrameFault, SocketEnd } from "../../src/ports/sip-edge.ts";
import { onForbidden } from "./page-policy.ts";

/** What we use of a WebSocket: the browser's, Node's, `ws`'s, or a test's. */
export interface SipSocket {
  /** Set to `arraybuffer`, so that a binary frame comes as bytes and not as a Blob that has to be awaited. */
  binaryType: string;
  /** Above 1 the socket is closing or closed: it takes no frame any more, but says so nowhere else. */
  readonly readyState?: number;
  /** One SIP message, or a keep-alive, as one text message (RFC 7118 §5); may throw while the socket is not open. */
  send(text: string): void;
  /** Asks for the closing handshake. Nobody here waits for it: a frozen peer never answers. */
  close(): void;
  /** As the DOM has it; the WebSocket of `ws` has it too. */
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: SipSocketEvent) => void): void;
}

/** What we use of its events. */
export interface SipSocketEvent {
  /** The name that it was listened to by. */
  readonly type: string;
  /** Of a `message`. */
  readonly data?: unknown;
  /** Of a `close`, as `wasClean`. */
  readonly code?: number;
  /** Of a `close`: both sides had said goodbye (RFC 6455 §7.1.4). */
  readonly wasClean?: boolean;
}

/** The `WebSocket` constructor or one of its kind. */
export type SipSocketConstructor = new (url: string, subprotocol: string) => SipSocket;

export interface FlowOptions {
  readonly webSocket: () => SipSocketConstructor;
  readonly maxFrameBytes: number;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
}

/** What happens on the flow; never during a call of ours, but for `received`. */
export interface FlowEvents {
  opened(): void;
  closed(end: SocketEnd): void;
  ponged(): void;
  discarded(fault: FrameFault, bytes: number): void;
  /** A text that is no keep-alive. */
  received(text: string, bytes: number): void;
}

type State =
  | { readonly name: "closed" }
  | { readonly name: "connecting"; readonly socket: SipSocket; readonly settle: () => void }
  | { readonly name: "open"; readonly socket: SipSocket };

const neverOpened: SocketEnd = { wasOpen: false, code: 1006, clean: false };
const forbidden: SocketEnd = { ...neverOpened, byPagePolicy: true };

/** `close` follows an `error` at once (HTML, WebSockets §7.1); a browser that blocks the socket says `error` alone. In ms. */
const errorAloneMs = 250;

export class Flow {
  readonly #options: FlowOptions;
  readonly #events: FlowEvents;
  #state: State = { name: "closed" };
  #disposed = false;
  /** Via transport (RFC 7118 §5.2). */
  transport: "WS" | "WSS" = "WSS";

  constructor(options: FlowOptions, events: FlowEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** Whether what is sent now is written. Notices a socket that is closing, before it tells: `closed` follows. */
  isOpen(): boolean {
    if (this.#state.name !== "open") return false;
    if ((this.#state.socket.readyState ?? 1) <= 1) return true;
    // Its close event may be long in coming, or never come.
    this.#abandonSocket();
    this.#later(() => this.#events.closed({ wasOpen: true, code: 1006, clean: false }));
    return false;
  }

  connect(url: string): void {
    if (this.#disposed || this.#state.name !== "closed") return;
    this.transport = /^wss:/i.test(url) ? "WSS" : "WS";
    const { webSocket, clock, connectTimeoutMs } = this.#options;
    // Before the socket is made, for it may be told of at once; what nobody waits for any more is then no socket's.
    const stopListening = onForbidden(url, () => this.#state.name === "connecting" && this.#drop(forbidden));
    let socket: SipSocket;
    try {
      socket = new (webSocket())(url, "sip");
    } catch {
      stopListening();
      // A browser throws for a blocked port or mixed content: for the trunk it is a refused socket.
      return this.#later(() => this.#events.closed(neverOpened));
    }
    socket.binaryType = "arraybuffer";
    const giveUp = () => this.#drop(neverOpened);
    let cancelTimeout = clock.setTimer(giveUp, connectTimeoutMs);
    const settle = () => {
      cancelTimeout();
      stopListening();
    };
    this.#state = { name: "connecting", socket, settle };
    const isCurrent = () => this.#state.name !== "closed" && this.#state.socket === socket;
    socket.addEventListener("open", () => isCurrent() && this.#open(socket));
    socket.addEventListener("message", ({ data }) => isCurrent() && this.#read(data));
    socket.addEventListener("close", (event) => isCurrent() && this.#end(event));
    // Node's `ws` throws where nobody listens.
    socket.addEventListener("error", () => {
      if (!isCurrent() || this.#state.name !== "connecting") return;
      cancelTimeout();
      cancelTimeout = clock.setTimer(giveUp, errorAloneMs);
    });
  }

  /** Does not wait for the peer's close frame: a frozen peer never sends one. */
  disconnect(): void {
    if (this.#state.name === "closed") return;
    const end: SocketEnd = { wasOpen: this.#state.name === "open", code: 1000, clean: false };
    this.#abandonSocket();
    this.#later(() => this.#events.closed(end));
  }

  /** @returns whether the text was written. */
  send(text: string): boolean {
    if (!this.isOpen() || this.#state.name !== "open") return false;
    try {
      this.#state.socket.send(text);
      return true;
    } catch {
      return false;
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#abandonSocket();
  }

  #open(socket: SipSocket): void {
    if (this.#state.name === "connecting") this.#state.settle();
    this.#state = { name: "open", socket };
    this.#events.opened();
  }

  /** Ends a socket that the peer has not closed. */
  #drop(end: SocketEnd): void {
    this.#abandonSocket();
    if (!this.#disposed) this.#events.closed(end);
  }

  #end({ code = 1006, wasClean: clean = false }: SipSocketEvent): void {
    const end: SocketEnd = { wasOpen: this.#state.name === "open", code, clean };
    if (this.#state.name === "connecting") this.#state.settle();
    this.#state = { name: "closed" };
    this.#events.closed(end);
  }

  /** Whatever this socket still says is nobody's. */
  #abandonSocket(): void {
    const state = this.#state;
    this.#state = { name: "closed" };
    if (state.name === "connecting") state.settle();
    if (state.name !== "closed") state.socket.close();
  }

  #read(data: unknown): void {
    const bytes = sizeOf(data, this.#options.maxFrameBytes);
    if (bytes > this.#options.maxFrameBytes) return this.#events.discarded("oversize", bytes);
    const text = textOf(data);
    if (text === undefined) return this.#events.discarded("malformed", bytes);
    // RFC 5626 §3.5.1: a double CRLF is a ping, a single one its pong; several may have met on the way. Other blanks say nothing, nor do the
    // zeros and the empty frames by which some keep a flow open.
    if (text === "\r\n") return this.#events.ponged();
    if (/^[\s\0]*$/.test(text)) return void (/^(\r?\n){2}/.test(text) && this.send("\r\n"));
    this.#events.received(text, bytes);
  }

  #later(tell: () => void): void {
    void Promise.resolve().then(() => this.#disposed || tell());
  }
}

/** Bytes of a frame. A text far over `limit` is not encoded just to be measured: its length is told instead. */
function sizeOf(data: unknown, limit: number): number {
  if (typeof data === "string") return data.length > limit ? data.length : new TextEncoder().encode(data).length;
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength;
  return data instanceof Blob ? data.size : 0;
}

/**
 * RFC 7118 §4.2: SIP may come in binary frames too, and is UTF-8 (RFC 3261 §7). What is not is most likely a name in Latin-1; no call
 * is lost for it. A Blob cannot be read at once.
 */
function textOf(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return new TextDecoder("latin1").decode(data);
  }
}
