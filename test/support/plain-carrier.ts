/** A carrier in its simplest form: answers what comes over any link, in plain text. */
import { Frame, type ResponseOptions, digestChallenge, requestText, responseTo, sdp } from "./sip-text.ts";

/** One connection to an edge of ours. */
export interface Link {
  send(text: string): void;
  /** Ends it without a close frame. */
  drop(): void;
}

export class PlainCarrier {
  readonly frames: Frame[] = [];
  /** Asks each REGISTER and INVITE for credentials first. */
  challenges = false;
  /** By which code it refuses an INVITE with credentials that it has not just asked for. */
  refusesUnasked: number | undefined;
  #justAsked = false;
  /** What becomes of an INVITE that needs no (more) credentials. */
  onInvite = (invite: Frame): void => {
    this.answer(invite, 100, "Trying");
    this.answer(invite, 180, "Ringing");
    this.answer(invite, 200, "OK", { body: sdp("peer") });
  };
  /** What becomes of a CANCEL. */
  onCancel = (cancel: Frame): void => {
    this.answer(cancel, 200, "OK");
    const invite = this.received("INVITE").find((each) => each.branch === cancel.branch);
    if (invite) this.answer(invite, 487, "Request Terminated");
  };
  /** How it writes what it says; default: as it is. */
  spell = (text: string): string => text;
  #link: Link | undefined;

  open(link: Link): void {
    this.#link = link;
  }

  say(text: string): void {
    this.#link?.send(this.spell(text));
  }

  answer(request: Frame, code: number, phrase: string, options?: ResponseOptions): void {
    this.say(responseTo(request, code, phrase, options));
  }

  drop(): void {
    this.#link?.drop();
  }

  received(method: string): Frame[] {
    return this.frames.filter((frame) => frame.isRequest && frame.method === method);
  }

  /** Codes of the responses received to requests of `method`. */
  responses(method: string): string[] {
    return this.frames.filter((frame) => !frame.isRequest && frame.get("CSeq").endsWith(method)).map((frame) => frame.method);
  }

  /** A call to the agent; `toTag` for what belongs to it later. `within`: or what belongs to a call of the agent's, by its INVITE. */
  request(
    method: string,
    cseq = 1,
    toTag = "",
    {
      more = [],
      body = method === "INVITE" ? sdp("peer") : "",
      type,
      within,
      callId = within?.get("Call-ID") ?? "inbound-1",
    }: { more?: readonly string[]; body?: string; type?: string; callId?: string; within?: Frame } = {},
  ): void {
    const caller = within ? `${within.get("To")};tag=peer` : "<sip:+21698000000@carrier.example>;tag=caller";
    const headers = [
      `Via: SIP/2.0/WS peer.example;branch=z9hG4bK-in-${callId}-${cseq}-${method === "CANCEL" ? "INVITE" : method}`,
      `From: ${caller}`,
      `To: ${within?.get("From") ?? `<sip:agent7@carrier.example>${toTag && `;tag=${toTag}`}`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      "Contact: <sip:gw@peer.example;transport=ws>",
      ...more,
    ];
    const text = requestText(method, "sip:agent7@carrier.example", headers, body);
    this.say(type === undefined ? text : text.replace("application/sdp", type));
  }

  receive(text: string): void {
    if (text === "\r\n\r\n") return this.say("\r\n");
    const frame = new Frame(text);
    this.frames.push(frame);
    const isDigestDue = this.challenges && ["REGISTER", "INVITE"].includes(frame.method) && !frame.get("Authorization");
    const isUnasked = frame.get("Authorization") !== "" && !this.#justAsked;
    if (["REGISTER", "INVITE"].includes(frame.method)) this.#justAsked = isDigestDue;
    if (isUnasked && frame.method === "INVITE" && this.refusesUnasked !== undefined) return this.answer(frame, this.refusesUnasked, "No");
    if (isDigestDue) return this.answer(frame, 401, "Unauthorized", { headers: [digestChallenge()] });
    if (frame.method === "INVITE") return this.onInvite(frame);
    if (frame.method === "REGISTER") return this.answer(frame, 200, "OK", { headers: [`Contact: ${frame.get("Contact")}`] });
    if (frame.method === "CANCEL") return this.onCancel(frame);
    if (["OPTIONS", "BYE", "INFO", "NOTIFY"].includes(frame.method)) this.answer(frame, 200, "OK");
  }
}
