/**
 * An agent's network cable: everything the agent's softphone and CRM send goes through it, and it can be
 * pulled. Nothing is told to anybody when that happens; sockets stay open and fall silent, as on bad Wi-Fi.
 */
export interface Cable {
  readonly connected: boolean;
  /** How often it was pulled. */
  readonly pulls: number;
  pull(): void;
  plug(): void;
  /** A `WebSocket` that runs through the cable. */
  readonly WebSocket: typeof WebSocket;
  /** `fetch` through the cable. */
  readonly fetch: typeof fetch;
}

export function createCable(): Cable {
  let connected = true;
  let pulls = 0;

  class CabledWebSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      // Registered first, so that what arrives while the cable is out never reaches the listeners after it.
      for (const event of ["open", "message", "close", "error"])
        this.addEventListener(event, (happened) => connected || happened.stopImmediatePropagation());
    }
    override send(data: Parameters<WebSocket["send"]>[0]): void {
      if (connected) super.send(data);
    }
  }

  return {
    get connected() {
      return connected;
    },
    get pulls() {
      return pulls;
    },
    pull() {
      connected = false;
      pulls++;
    },
    plug: () => void (connected = true),
    WebSocket: CabledWebSocket,
    async fetch(input, init) {
      if (!connected) throw new TypeError("fetch failed: no network");
      return fetch(input, init);
    },
  };
}
