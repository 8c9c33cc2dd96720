/** The SIP of a phone in a test's hands, over UDP: as text, and no more of it than a call on one machine needs. */
import type { Socket } from "node:dgram";

/** A request or a response; what it lacks is "". */
export interface SipMessage {
  /** Its first line. */
  readonly start: string;
  /** "" of a response. */
  readonly method: string;
  readonly callId: string;
  readonly cseq: string;
  readonly from: string;
  readonly to: string;
  /** Where the peer wants the requests within the dialog. */
  readonly contact: string;
  readonly recordRoute: readonly string[];
  /** Those that a response repeats (RFC 3261 §8.2.6.2, §12.1.1). */
  readonly repeated: readonly string[];
  readonly body: string;
}

/** One's own half of a call (RFC 3261 §12). */
export interface Dialog {
  readonly callId: string;
  readonly local: string;
  remote: string;
  target: string;
  route: readonly string[];
  /** Of one's latest request. */
  cseq: number;
}

export function readMessage(text: string): SipMessage {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const [start = "", ...lines] = head.split("\r\n");
  const valuesOf = (name: string) =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
  const valueOf = (name: string) => valuesOf(name)[0] ?? "";
  return {
    start,
    method: /^([A-Z]+) \S+ SIP\/2\.0$/.exec(start)?.[1] ?? "",
    callId: valueOf("call-id"),
    cseq: valueOf("cseq"),
    from: valueOf("from"),
    to: valueOf("to"),
    contact: /<([^>]+)>/.exec(valueOf("contact"))?.[1] ?? "",
    recordRoute: valuesOf("record-route"),
    repeated: lines.filter((line) => /^(via|record-route|from|to|call-id|cseq):/i.test(line)),
    body,
  };
}

export const tag = "tag=customer";

export const responseTo = ({ repeated }: SipMessage, status: string, port: number, body: string): string =>
  messageOf(
    `SIP/2.0 ${status}`,
    repeated.map((line) => (/^to:/i.test(line) && !line.includes(";tag=") ? `${line};${tag}` : line)),
    port,
    body,
  );

/** A request of one's own; one ACK has the number of its INVITE (RFC 3261 §13.2.2.4). */
export const requestIn = ({ callId, local, remote, target, route, cseq }: Dialog, method: string, port: number, body: string): string =>
  messageOf(
    `${method} ${target} SIP/2.0`,
    [
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${method}${port}-${cseq}`,
      ...route.map((hop) => `Route: ${hop}`),
      ...[`From: ${local}`, `To: ${remote}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, "Max-Forwards: 70"],
    ],
    port,
    body,
  );

const messageOf = (start: string, headers: readonly string[], port: number, body: string): string =>
  [
    start,
    ...headers,
    `Contact: <sip:customer@127.0.0.1:${port}>`,
    ...(body ? ["Content-Type: application/sdp"] : []),
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");

/** RFC 3264 §5.1. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** What answers a peer's description (RFC 3264 §6.1): it hears what the other sends, and sends what the other hears. */
export function directionFor(offer: string): Direction {
  const [, direction] = /^a=(sendonly|recvonly|inactive)\r?$/m.exec(offer) ?? [];
  if (direction === "sendonly") return "recvonly";
  if (direction === "recvonly") return "sendonly";
  return direction === "inactive" ? "inactive" : "sendrecv";
}

/** Audio at a socket. What is another description of the same session has a higher version (RFC 3264 §8). */
export function sdpAt(socket: Socket, version: number, direction: Direction): string {
  const { address, port } = socket.address();
  return [
    ...["v=0", `o=customer 1 ${version} IN IP4 127.0.0.1`, "s=-", `c=IN IP4 ${address}`, "t=0 0"],
    ...[`m=audio ${port} RTP/AVP 0`, "a=rtpmap:0 PCMU/8000", "a=ptime:20", `a=${direction}`, ""],
  ].join("\r\n");
}
