/** The connections of one call, with the STUN and TURN servers that it has: given once, or by the integrator for each call. */
import { type Clock, within } from "../../src/clock.ts";

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

  /** Those that hold now. Never rejects: what cannot be had in time is left out, for a call without a relay may well be heard. */
  async servers(signal: AbortSignal): Promise<Servers> {
    const { clock, timeoutMs } = this.#options;
    if (this.#known && clock.nowMs() < this.#known.untilMs) return this.#known.servers;
    if (this.#asking && this.#isLate) return none;
    this.#asking ??= this.#ask();
    try {
      return await within(clock, this.#asking, timeoutMs, signal);
    } catch (error) {
      this.#isLate = this.#asking !== undefined;
      if (!signal.aborted) this.#failed(error);
      return none;
    }
  }

  connection(servers: Servers): RTCPeerConnection {
    const PeerConnection = this.#options.peerConnection();
    // By the type's word it is there; a policy, an extension or a web view may have taken it away all the same.
    if (!(PeerConnection as unknown)) throw new DOMException("the browser has no RTCPeerConnection", "NotSupportedError");
    const { iceTransportPolicy } = this.#options;
    try {
      const connection = new PeerConnection({ iceServers: [...servers], iceTransportPolicy });
      this.#used.set(connection, servers);
      return connection;
    } catch (error) {
      if (servers.length === 0) throw error;
      this.#failed(error);
      return new PeerConnection({ iceTransportPolicy });
    }
  }

  /** Before an ICE restart: a connection that outlives its servers' credentials gets those that hold now. */
  async renew(connection: RTCPeerConnection, signal: AbortSignal): Promise<void> {
    const servers = await this.servers(signal);
    if (servers === this.#used.get(connection) || servers.length === 0 || signal.aborted) return;
    try {
      connection.setConfiguration({ iceServers: [...servers], iceTransportPolicy: this.#options.iceTransportPolicy });
      this.#used.set(connection, servers);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #ask(): Promise<Servers> {
    const { iceServers: source, clock } = this.#options;
    try {
      const given = typeof source === "function" ? await source() : source;
      const { iceServers: servers, ttlS = Infinity } = "iceServers" in given ? given : { iceServers: given };
      if (!Array.isArray(servers)) throw new TypeError("the source gave no list of ICE servers");
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
