/** A phone that does what a real one does only when it is ill, and hears what a real one does not record: a SIP user agent whose every step the test says. */
import type { Namespace } from "./namespace.ts";
import {
  directionFor,
  readMessage,
  requestIn,
  responseTo,
  sdpAt,
  tag,
  type Dialog,
  type Direction,
  type SipMessage,
} from "./sip-message.ts";
import { startSpeech, type Speech } from "./speech.ts";

export interface Customer {
  /** The number that both carriers have it under. */
  readonly number: string;
  /** Requests that it heard, in order, retransmissions left out. */
  readonly heard: readonly string[];
  readonly speech: Pick<Speech, "received" | "firstAtMs" | "heardHz">;
  /** Calls somebody through the edge at `address` (host and port). Resolves when they answered, and talks from then on. */
  dial(uri: string, address: string): Promise<Conversation>;
  close(): void;
}

/** What it may do in a call. */
export interface Conversation {
  /** re-INVITE: the peer hears the customer's tone, as music, and is not heard (RFC 3264 §8.4). Resolves when that is agreed. */
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Goes on talking as another source (SSRC), as where a carrier puts the call through to another of its machines. */
  talkAnew(): void;
  /** re-INVITE: hears and talks at another address and port from now on. Resolves when that is agreed. */
  move(): Promise<void>;
}

/** What it may do with a call that comes. */
export interface Ringing extends Conversation {
  ring(): void;
  /** 183, with an announcement. */
  announce(): void;
  /** 200, and talks. `mutely`: says nothing. */
  answer(how?: "mutely"): void;
  /** e.g. "503 Service Unavailable" */
  refuse(status: string): void;
  pass(ms: number): Promise<void>;
}

/** One call: who it is with, and what the peer said last of its audio. */
interface Call extends Dialog {
  /** Where the next request goes. */
  readonly edge: { readonly address: string; readonly port: number };
  peerSdp: string;
}

/** baresip's numbers lie below. */
let lastPort = 25_000;

/** Starts one that does with each call what `does` says. */
export async function startCustomer(namespace: Namespace, does: (call: Ringing) => void | Promise<void> = () => {}): Promise<Customer> {
  const port = ++lastPort;
  const number = `+216710${port}`;
  const [sip, rtp] = await Promise.all([namespace.udp("127.0.0.1", port), namespace.udp("127.0.0.1", 0)]);
  const sockets = [rtp];
  let speech = startSpeech(rtp);
  let version = 0;
  const heard = new Map<string, string>();
  const invites = new Map<string, SipMessage>();
  const awaited = new Map<string, (final: SipMessage) => void>();

  const describe = (direction: Direction) => sdpAt(sockets.at(-1) ?? rtp, ++version, direction);
  const send = (to: Call["edge"], text: string) => sip.send(text, to.port, to.address);

  /** Until its ACK (RFC 3261 §13.2, §14.1). @throws unless it is accepted. */
  async function invite(call: Call, direction: Direction): Promise<void> {
    call.cseq++;
    send(call.edge, requestIn(call, "INVITE", port, describe(direction)));
    const final = await new Promise<SipMessage>((resolve) => awaited.set(`${call.callId} ${call.cseq} INVITE`, resolve));
    if (!final.start.startsWith("SIP/2.0 2")) throw new Error(`the customer was told ${final.start}`);
    if (!call.remote.includes(";tag=")) call.route = final.recordRoute.toReversed();
    call.remote = final.to;
    call.target = final.contact;
    call.peerSdp = final.body;
    send(call.edge, requestIn(call, "ACK", port, ""));
  }

  const conversation = (call: Call): Conversation => ({
    hold: () => invite(call, "sendonly"),
    resume: () => invite(call, "sendrecv"),
    talkAnew: () => speech.talk(call.peerSdp),
    async move() {
      const other = await namespace.udp("127.0.0.2", 0);
      sockets.push(other);
      await invite(call, "sendrecv");
      speech.hush();
      speech = startSpeech(other);
      speech.talk(call.peerSdp);
    },
  });

  function ringing(request: SipMessage, call: Call): Ringing {
    const respond = (status: string, body = "") => send(call.edge, responseTo(request, status, port, body));
    const answer = describe("sendrecv");
    return {
      ...conversation(call),
      ring: () => respond("180 Ringing"),
      announce() {
        respond("183 Session Progress", answer);
        speech.talk(call.peerSdp);
      },
      answer(how) {
        respond("200 OK", answer);
        if (how !== "mutely") speech.talk(call.peerSdp);
      },
      refuse: (status) => respond(status),
      pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
  }

  sip.on("message", (data, edge) => {
    const message = readMessage(data.toString());
    const key = `${message.callId} ${message.cseq}`;
    if (message.method === "") {
      if (!message.start.startsWith("SIP/2.0 1")) awaited.get(key)?.(message);
      return;
    }
    // What comes again was not lost: nothing is, on one machine.
    if (heard.has(key)) return;
    heard.set(key, message.method);
    const respond = (to: SipMessage, status: string, body = "") => send(edge, responseTo(to, status, port, body));
    const earlier = invites.get(message.callId);
    if (message.method === "ACK") return;
    if (message.method === "BYE") speech.hush();
    if (message.method === "CANCEL" && earlier) respond(earlier, "487 Request Terminated");
    if (message.method !== "INVITE") return respond(message, "200 OK");
    // Of the peer's: a hold, and its end.
    if (/;tag=/.test(message.to)) return respond(message, "200 OK", describe(directionFor(message.body)));
    invites.set(message.callId, message);
    const { callId, contact: target, recordRoute: route, body: peerSdp, from: remote } = message;
    void does(ringing(message, { callId, local: `${message.to};${tag}`, remote, target, route, cseq: 0, edge, peerSdp }));
  });

  return {
    number,
    get heard() {
      return [...heard.values()];
    },
    get speech() {
      return speech;
    },
    async dial(uri, address) {
      const [host = "", edgePort] = address.split(":");
      const call: Call = {
        ...{ callId: `customer-${port}`, local: `<sip:${number}@127.0.0.1:${port}>;${tag}`, remote: `<${uri}>`, target: uri },
        ...{ route: [], cseq: 0, edge: { address: host, port: Number(edgePort) }, peerSdp: "" },
      };
      await invite(call, "sendrecv");
      speech.talk(call.peerSdp);
      return conversation(call);
    },
    close() {
      speech.hush();
      sip.close();
      for (const socket of sockets) socket.close();
    },
  };
}
