/** Can the STUN and TURN servers be had, and reached? Each by what only it gives: a candidate of its own kind (RFC 8445 §5.1.1). */
import { sleep, type Clock } from "../../src/clock.ts";
import { anyOf } from "../../src/platform.ts";
import { Finding, type Check, type PreflightHost, type Remark } from "./check.ts";

type List = readonly RTCIceServer[] | { readonly iceServers: readonly RTCIceServer[] };

/** As `webrtc()` takes them: a list, or what gives one, with or without how long it holds. */
export type GivenIceServers = readonly RTCIceServer[] | (() => List | Promise<List>);

interface IceOptions {
  readonly given: GivenIceServers;
  /** How long a server has for a candidate. */
  readonly withinMs: number;
  readonly clock: Clock;
}

type Servers = readonly RTCIceServer[];
type Scheme = "stun" | "turn";

/** What a TURN server says to a name or password that it does not know (RFC 8656 §5). */
const unauthorized = 401;

/** Longer than a browser tries to reach a server that is silent, so that what it says of it is heard. */
const marginMs = 1_000;

export function iceChecks(host: PreflightHost, { given, withinMs, clock }: IceOptions): Check[] {
  let servers: Servers = [];
  let relayed: Promise<unknown> = Promise.reject(new Error("not asked"));
  relayed.catch(() => {});

  const connect = (configuration: RTCConfiguration) => {
    if (!host.RTCPeerConnection) throw new Finding("NotSupportedError", "the browser has no RTCPeerConnection");
    return new host.RTCPeerConnection(configuration);
  };

  /** @returns undefined where there is no such server. */
  async function reach(scheme: Scheme, signal: AbortSignal): Promise<Remark | undefined> {
    const asked = servers.flatMap((server) => ofScheme(server, scheme));
    if (asked.length === 0) return { outcome: "skipped", code: "NotConfigured" };
    const over = new AbortController();
    void sleep(clock, withinMs, anyOf(signal, over.signal)).then(
      () => over.abort(),
      () => {},
    );
    const connection = connect({ iceServers: asked, iceTransportPolicy: scheme === "turn" ? "relay" : "all" });
    try {
      // Not in every browser, nor in TypeScript's own library yet.
      const found: RTCIceCandidate & { readonly relayProtocol?: string | null } = await firstCandidate(
        connection,
        scheme,
        anyOf(signal, over.signal),
      );
      const { relayProtocol } = found;
      return relayProtocol ? { measured: { relayProtocol } } : undefined;
    } finally {
      over.abort();
      connection.close();
    }
  }

  return [
    {
      name: "ice-servers",
      needs: ["webrtc"],
      async run() {
        servers = await listOf(given);
        // The browser reads them: a URL or a password that is missing is told here.
        connect({ iceServers: [...servers] }).close();
      },
    },
    {
      name: "turn",
      needs: ["ice-servers"],
      timeoutMs: withinMs + marginMs,
      run: (signal) => {
        const reached = reach("turn", signal);
        relayed = reached.then((remark) => (remark?.outcome === "skipped" ? Promise.reject(new Error("no relay")) : undefined));
        relayed.catch(() => {});
        return reached;
      },
    },
    {
      name: "stun",
      needs: ["ice-servers"],
      timeoutMs: withinMs + 2 * marginMs,
      run: (signal) =>
        reach("stun", signal).catch((error: unknown) =>
          // Many a firewall lets no UDP out: by the relay calls have their audio all the same.
          relayed.then(
            (): Remark => ({ outcome: "warn", code: "OnlyRelay" }),
            () => Promise.reject(error as Error),
          ),
        ),
    },
  ];
}

async function listOf(given: GivenIceServers): Promise<Servers> {
  const had: List = typeof given === "function" ? await given() : given;
  const list = "iceServers" in had ? had.iceServers : had;
  if (!Array.isArray(list)) throw new TypeError("the source gave no list of ICE servers");
  return list as Servers;
}

/** A server may have URLs of both kinds. */
function ofScheme(server: RTCIceServer, scheme: Scheme): RTCIceServer[] {
  const urls = [server.urls].flat().filter((url) => url.startsWith(scheme));
  return urls.length > 0 ? [{ ...server, urls }] : [];
}

function firstCandidate(connection: RTCPeerConnection, scheme: Scheme, signal: AbortSignal): Promise<RTCIceCandidate> {
  const type = scheme === "turn" ? /\btyp relay\b/ : /\btyp srflx\b/;
  let isRefused = false;
  return new Promise((resolve, reject) => {
    const nothing = () =>
      reject(
        isRefused
          ? new Finding("UnauthorizedError", "the TURN server knows no such name, or another password")
          : new Finding("NetworkError", `no ${scheme.toUpperCase()} server gave a candidate`),
      );
    connection.addEventListener("icecandidateerror", ({ errorCode }) => (isRefused ||= errorCode === unauthorized));
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate && type.test(candidate.candidate)) resolve(candidate);
      else if (!candidate) nothing();
    });
    signal.addEventListener("abort", nothing);
    connection.addTransceiver("audio");
    connection
      .createOffer()
      .then((offer) => connection.setLocalDescription(offer))
      .catch(reject);
  });
}
