/** A phone that does what a real one does only when it is ill: a SIP user agent server whose every step the test says. */
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
  const speech = startSpeech(rtp);
  const heard = new Map<string, string>();
  const invites = new Map<string, SipRequest>();
  const sdp = [
    ...["v=0", "o=customer 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"],
    ...[`m=audio ${rtp.address().port} RTP/AVP 0`, "a=rtpmap:0 PCMU/8000", "a=ptime:20", ""],
  ].join("\r\n");

  sip.on("message", (data, from) => {
    const request = readRequest(data.toString());
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
    void does({
      ring: () => respond(request, "180 Ringing"),
      announce() {
        respond(request, "183 Session Progress", sdp);
        speech.talk(request.body);
      },
      answer(how) {
        respond(request, "200 OK", sdp);
        if (how !== "mutely") speech.talk(request.body);
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
    speech,
    close() {
      speech.hush();
      sip.close();
      rtp.close();
    },
  };
}

interface SipRequest {
  readonly method: string;
  readonly callId: string;
  readonly cseq: string;
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
    repeated: lines.filter((line) => /^(via|record-route|from|to|call-id|cseq):/i.test(line)),
    body,
  };
}

const responseTo = ({ repeated }: SipRequest, status: string, port: number, body: string): string =>
  [
    `SIP/2.0 ${status}`,
    ...repeated.map((line) => (/^to:/i.test(line) && !line.includes(";tag=") ? `${line};tag=customer` : line)),
    `Contact: <sip:customer@127.0.0.1:${port}>`,
    ...(body ? ["Content-Type: application/sdp"] : []),
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
