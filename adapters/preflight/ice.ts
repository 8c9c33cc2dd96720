/** Can the STUN and TURN servers be had, and reached? Each by what only it gives: a candidate of its own kind (RFC 8445 §5.1.1). */
import { sleep, type Clock } from "../../src/clock.ts";
import { anyOf, whenAborted } from "../../src/platform.ts";
import { Finding, type Check, type PreflightHost, type Remark } from "./check.ts";

/** The servers, or as what hands out TURN credentials gives them. */
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

/** A UDP socket of the host's own, for RTP (RFC 8839 §5.1). */
const hostPort = /^candidate:\S+ 1 udp \d+ \S+ (\d+) typ host\b/i;

/** Firefox tells of no `icecandidateerror`: whether there is no NAT, or no answer, nobody knows there. */
const notTold: Remark = { outcome: "warn", code: "AnswerUnknown" };

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
      return await whatAnswers(connection, scheme, anyOf(signal, over.signal));
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

/**
 * Waits for a candidate that only such a server gives. Where no NAT is on the way, a STUN server sees the host's own address, and no
 * candidate is told of it (RFC 8445 §5.1.3): it has answered where no failure was told of a socket either.
 */
function whatAnswers(connection: RTCPeerConnection, scheme: Scheme, signal: AbortSignal): Promise<Remark | undefined> {
  const type = scheme === "turn" ? /\btyp relay\b/ : /\btyp srflx\b/;
  let isRefused = false;
  /** By their ports, for addresses are hidden: the sockets that the browser asks from, and those whose question came to nothing. */
  const asking = new Set<number>();
  const failed = new Set<number | null>();
  return new Promise((resolve, reject) => {
    const nothing = () =>
      reject(
        isRefused
          ? new Finding("UnauthorizedError", "the TURN server knows no such name, or another password")
          : new Finding("NetworkError", `no ${scheme.toUpperCase()} server gave a candidate`),
      );
    const gathered = () => {
      const mayHaveAnswered = scheme === "stun" && [...asking].some((port) => !failed.has(port));
      if (mayHaveAnswered) resolve("onicecandidateerror" in connection ? undefined : notTold);
      else nothing();
    };
    connection.addEventListener("icecandidateerror", ({ errorCode, port }) => {
      isRefused ||= errorCode === unauthorized;
      failed.add(port);
    });
    // The protocol is told in some browsers only, and not by TypeScript's own library yet.
    type Told = RTCPeerConnectionIceEvent & { readonly candidate: { readonly relayProtocol?: string | null } | null };
    connection.addEventListener("icecandidate", ({ candidate }: Told) => {
      if (!candidate) return gathered();
      const { relayProtocol } = candidate;
      if (type.test(candidate.candidate)) return resolve(relayProtocol ? { measured: { relayProtocol } } : undefined);
      const port = hostPort.exec(candidate.candidate)?.[1];
      if (port !== undefined) asking.add(Number(port));
    });
    whenAborted(signal, nothing);
    connection.addTransceiver("audio");
    connection
      .createOffer()
      .then((offer) => connection.setLocalDescription(offer))
      .catch(reject);
  });
}
