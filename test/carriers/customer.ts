/** A phone that does what a real one does only when it is ill: a SIP user agent server whose every step the test says. */
import type { Socket } from "node:dgram";
import type { Namespace } from "./namespace.ts";
import { startSpeech, type Speech } from "./speech.ts";

export interface Customer {
  /** The number that both carriers have it under. */
  readonly number: string;
  /** Requests that it heard, in order, retransmissions left out. */
  readonly heard: readonly string[];
  readonly speech: Pick<Speech, "received" | "firstAtMs" | "heardHz">;
  close(): void;
}

/** What it may do with a call that comes. */
export interface Ringing {
  ring(): void;
  /** 183, with an announcement. */
  announce(): void;
  /** 200, and talks. `mutely`: says nothing. */
  answer(how?: "mutely"): void;
  /** Goes on talking as another source (SSRC), as where a carrier puts the call through to another of its machines. */
  talkAnew(): void;
  /** re-INVITE: hears and talks at another address and port from now on. Resolves when that is agreed. */
  move(): Promise<void>;
  /** e.g. "503 Service Unavailable" */
  refuse(status: string): void;
  pass(ms: number): Promise<void>;
}

/** baresip's numbers lie below. */
let lastPort = 25_000;

/** Starts one that does with each call what `does` says. */
export async function startCustomer(namespace: Namespace, does: (call: Ringing) => void | Promise<void>): Promise<Customer> {
  const port = ++lastPort;
  const [sip, rtp] = await Promise.all([namespace.udp("127.0.0.1", port), namespace.udp("127.0.0.1", 0)]);
  const sockets = [rtp];
  let speech = startSpeech(rtp);
  const heard = new Map<string, string>();
  const invites = new Map<string, SipRequest>();
  const agreed = new Map<string, (sdp: string) => void>();
  let sdp = sdpAt(rtp, 1);

  sip.on("message", (data, from) => {
    const text = data.toString();
    const request = readRequest(text);
    if (/^SIP\/2\.0 2/.test(text)) agreed.get(request.callId)?.(request.body);
    const key = `${request.callId} ${request.cseq}`;
    // What comes again was not lost: nothing is, on one machine.
    if (request.method === "" || heard.has(key)) return;
    heard.set(key, request.method);
    const respond = (to: SipRequest, status: string, body = "") => sip.send(responseTo(to, status, port, body), from.port, from.address);
    const invite = invites.get(request.callId);
    if (request.method === "ACK") return;
    if (request.method !== "INVITE") respond(request, "200 OK");
    if (request.method === "BYE") speech.hush();
    if (request.method === "CANCEL" && invite) respond(invite, "487 Request Terminated");
    if (request.method !== "INVITE") return;
    if (invite) return respond(request, "200 OK", sdp);
    invites.set(request.callId, request);
    const send = (method: string, body = "") => sip.send(requestWithin(request, method, port, body), from.port, from.address);
    let peerSdp = request.body;
    void does({
      ring: () => respond(request, "180 Ringing"),
      announce() {
        respond(request, "183 Session Progress", sdp);
        speech.talk(peerSdp);
      },
      answer(how) {
        respond(request, "200 OK", sdp);
        if (how !== "mutely") speech.talk(peerSdp);
      },
      talkAnew: () => speech.talk(peerSdp),
      async move() {
        const other = await namespace.udp("127.0.0.2", 0);
        sockets.push(other);
        sdp = sdpAt(other, 2);
        send("INVITE", sdp);
        peerSdp = await new Promise<string>((resolve) => agreed.set(request.callId, resolve));
        send("ACK");
        speech.hush();
        speech = startSpeech(other);
        speech.talk(peerSdp);
      },
      refuse: (status) => respond(request, status),
      pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  });

  return {
    number: `+216710${port}`,
    get heard() {
      return [...heard.values()];
    },
    get speech() {
      return speech;
    },
    close() {
      speech.hush();
      sip.close();
      for (const socket of sockets) socket.close();
    },
  };
}

interface SipRequest {
  readonly method: string;
  readonly callId: string;
  readonly cseq: string;
  readonly from: string;
  readonly to: string;
  /** Where the peer wants the requests within the dialog, and the way there. */
  readonly target: string;
  readonly route: readonly string[];
  /** Those that a response repeats (RFC 3261 §8.2.6.2, §12.1.1). */
  readonly repeated: readonly string[];
  readonly body: string;
}

function readRequest(text: string): SipRequest {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const [start = "", ...lines] = head.split("\r\n");
  const valueOf = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? "";
  return {
    method: /^([A-Z]+) \S+ SIP\/2\.0$/.exec(start)?.[1] ?? "",
    callId: valueOf("call-id"),
    cseq: valueOf("cseq"),
    from: valueOf("from"),
    to: valueOf("to"),
    target: /<([^>]+)>/.exec(valueOf("contact"))?.[1] ?? "",
    route: lines.filter((line) => /^record-route:/i.test(line)).map((line) => line.replace(/^record-/i, "")),
    repeated: lines.filter((line) => /^(via|record-route|from|to|call-id|cseq):/i.test(line)),
    body,
  };
}

const responseTo = ({ repeated }: SipRequest, status: string, port: number, body: string): string =>
  messageOf(
    `SIP/2.0 ${status}`,
    repeated.map((line) => (/^to:/i.test(line) && !line.includes(";tag=") ? `${line};${tag}` : line)),
    port,
    body,
  );

/** In the dialog that `invite` began (RFC 3261 §12.2.1.1): a re-INVITE, or its ACK. */
const requestWithin = ({ from, to, target, route, callId }: SipRequest, method: string, port: number, body: string): string =>
  messageOf(
    `${method} ${target} SIP/2.0`,
    [
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${method}${port}`,
      ...route,
      ...[`From: ${to};${tag}`, `To: ${from}`, `Call-ID: ${callId}`, `CSeq: 1 ${method}`, "Max-Forwards: 70"],
    ],
    port,
    body,
  );

const tag = "tag=customer";

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

/** Audio at a socket. What is another description of the same session has a higher version (RFC 3264 §8). */
function sdpAt(socket: Socket, version: number): string {
  const { address, port } = socket.address();
  return [
    ...["v=0", `o=customer 1 ${version} IN IP4 127.0.0.1`, "s=-", `c=IN IP4 ${address}`, "t=0 0"],
    ...[`m=audio ${port} RTP/AVP 0`, "a=rtpmap:0 PCMU/8000", "a=ptime:20", ""],
  ].join("\r\n");
}
