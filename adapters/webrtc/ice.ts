/** The connections of one call, with the STUN and TURN servers that it has: given once, or by the integrator for each call. */
import { type Clock, within } from "../../src/clock.ts";
import { checkIceServer, hasTurn } from "./servers.ts";

/** What gives a call its servers: a list, or one that holds for so many seconds, as the credentials of a TURN server do. */
export type IceServersSource = () => GivenIceServers | Promise<GivenIceServers>;

/** STUN and TURN servers as `RTCPeerConnection` takes them; with `ttlS` they hold for so many seconds, without it for good. */
export type GivenIceServers = readonly RTCIceServer[] | { readonly iceServers: readonly RTCIceServer[]; readonly ttlS?: number };

export interface IceOptions {
  readonly iceServers: readonly RTCIceServer[] | IceServersSource;
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  /** How long the source has. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly peerConnection: () => new (configuration?: RTCConfiguration) => RTCPeerConnection;
  /** There are none, or none that the browser takes. Told once for each call. */
  readonly onFailed: (error: unknown) => void;
}

type Servers = readonly RTCIceServer[];

const none: Servers = [];

function isUsable(server: RTCIceServer): boolean {
  try {
    checkIceServer("iceServers", server);
    return true;
  } catch {
    return false;
  }
}

export class Ice {
  readonly #options: IceOptions;
  #known: { readonly servers: Servers; readonly untilMs: number } | undefined;
  #asking: Promise<Servers> | undefined;
  /** It hangs: the call has waited for it once, and does not again. */
  #isLate = false;
  #isTold = false;
  readonly #used = new WeakMap<RTCPeerConnection, Servers>();

  constructor(options: IceOptions) {
    this.#options = options;
    const { iceServers } = options;
    if (typeof iceServers !== "function") this.#known = { servers: iceServers, untilMs: Infinity };
  }

  /**
   * Those that hold now. Never rejects: a call without a relay may well be heard. Where no others can be had in time it is those that have run
   * out, for STUN asks for no credentials.
   */
  async servers(signal: AbortSignal): Promise<Servers> {
    const { clock, timeoutMs } = this.#options;
    if (this.#known && clock.nowMs() < this.#known.untilMs) return this.#known.servers;
    if (this.#asking && this.#isLate) return this.#known?.servers ?? none;
    this.#asking ??= this.#ask();
    try {
      return await within(clock, this.#asking, timeoutMs, signal);
    } catch (error) {
      this.#isLate = this.#asking !== undefined;
      if (!signal.aborted) this.#failed(error);
      return this.#known?.servers ?? none;
    }
  }

  connection(servers: Servers): RTCPeerConnection {
    const PeerConnection = this.#options.peerConnection();
    // By the type's word it is there; a policy, an extension or a web view may have taken it away all the same.
    if (!(PeerConnection as unknown)) throw new DOMException("the browser has no RTCPeerConnection", "NotSupportedError");
    const { iceTransportPolicy } = this.#options;
    const make = (iceServers: RTCIceServer[]) => new PeerConnection({ iceServers, iceTransportPolicy });
    const connection = this.#withUsable(servers, make);
    this.#used.set(connection, servers);
    return connection;
  }

  /** The browser takes all of them or none: one that it would not take costs only itself. */
  #withUsable<T>(servers: Servers, configure: (servers: RTCIceServer[]) => T): T {
    try {
      return configure([...servers]);
    } catch (error) {
      if (servers.length === 0) throw error;
      this.#failed(error);
    }
    try {
      return configure(servers.filter(isUsable));
    } catch {
      return configure([]);
    }
  }

  /** Before an ICE restart: a connection that outlives its servers' credentials gets those that hold now. */
  async renew(connection: RTCPeerConnection, signal: AbortSignal): Promise<void> {
    const servers = await this.servers(signal);
    const isGone = signal.aborted || connection.signalingState === "closed";
    if (servers === this.#used.get(connection) || servers.length === 0 || isGone) return;
    const { iceTransportPolicy } = this.#options;
    try {
      this.#withUsable(servers, (iceServers) => {
        if (iceServers.length > 0) connection.setConfiguration({ iceServers, iceTransportPolicy });
      });
      this.#used.set(connection, servers);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #ask(): Promise<Servers> {
    const { iceServers: source, iceTransportPolicy, clock } = this.#options;
    try {
      // Later, so that one that throws at once does so when it is on record that it is asked: else it would be taken for asked for ever.
      const given = await Promise.resolve().then(() => (typeof source === "function" ? source() : source));
      const { iceServers: servers, ttlS = Infinity } = "iceServers" in given ? given : { iceServers: given };
      if (!Array.isArray(servers)) throw new TypeError("the source gave no list of ICE servers");
      if (iceTransportPolicy === "relay" && !hasTurn(servers))
        throw new TypeError("the source gave no TURN server, and audio may go by none but one");
      this.#known = { servers, untilMs: clock.nowMs() + ttlS * 1_000 };
      return servers;
    } finally {
      this.#asking = undefined;
      this.#isLate = false;
    }
  }

  #failed(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onFailed(error);
  }
}
