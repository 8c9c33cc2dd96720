/** From a text to sip.js's core, with everything stopped on the way that would hurt it. */
import { C, IncomingRequestMessage, IncomingResponseMessage, Parser, type UserAgentCore } from "sip.js/lib/core/index.js";
import { NameAddrHeader } from "sip.js/lib/grammar/index.js";
import type { FrameFault } from "../../src/ports.ts";
import { silence } from "./silence.ts";
import { endStray } from "./stray.ts";

const logger = silence.getLogger("linekeeper");

export class Intake {
  readonly #core: UserAgentCore;
  readonly #discard: (fault: FrameFault, bytes: number) => void;
  /** The response being read at this moment. */
  heard: IncomingResponseMessage | undefined;

  constructor(core: UserAgentCore, discard: (fault: FrameFault, bytes: number) => void) {
    this.#core = core;
    this.#discard = discard;
  }

  receive(text: string, bytes: number): void {
    try {
      // RFC 3261 §7.5: empty lines before the start line are to be ignored.
      const fault = this.#dispatch(parse(text.replace(/^[\r\n]+/, "")));
      if (fault) this.#discard(fault, bytes);
    } catch {
      // sip.js throws for some of what a peer may send: whatever it was, it was no SIP that we can use.
      this.#discard("malformed", bytes);
    } finally {
      this.heard = undefined;
    }
  }

  #dispatch(message: IncomingRequestMessage | IncomingResponseMessage | undefined): FrameFault | undefined {
    if (message instanceof IncomingRequestMessage) return this.#request(message);
    if (message instanceof IncomingResponseMessage) return this.#response(message);
    return "malformed";
  }

  #request(message: IncomingRequestMessage): undefined {
    // Deviation: RFC 3261 §8.2.2.1 lets us refuse a Request-URI that is not ours with 404, as sip.js does; but carriers
    // write the dialled number there, and what comes over our registered flow is for us.
    if (message.ruri) this.#core.configuration.aor = message.ruri;
    if (message.method === "UPDATE") this.#update(message);
    else this.#core.receiveIncomingRequestFromTransport(message);
  }

  /** sip.js refuses whatever it does not know, without a look at its dialogs. */
  #update(message: IncomingRequestMessage): void {
    const dialog = this.#core.dialogs.get(message.callId + message.toTag + message.fromTag);
    if (dialog) dialog.receiveRequest(message);
    else this.#core.replyStateless(message, { statusCode: 481 });
  }

  #response(message: IncomingResponseMessage): FrameFault | undefined {
    // RFC 3261 §18.1.2: the sent-by must be what we wrote; §8.1.3.3: and the only one.
    const isOurs = message.getHeaders("via").length === 1 && message.via.host.toLowerCase() === this.#core.configuration.viaHost;
    if (!isOurs) return "unmatched";
    if (!this.#core.userAgentClients.has(`${message.viaBranch}${message.method}`)) {
      endStray(this.#core, message);
      return "unmatched";
    }
    if (message.method === C.INVITE) this.#mend(message);
    this.heard = message;
    this.#core.receiveIncomingResponseFromTransport(message);
    return undefined;
  }

  /**
   * Supplies what a sloppy gateway left out of a response to INVITE, for without it sip.js drops the response.
   * Deviation: RFC 3261 §12.1.1 demands Contact and To tag; but a 180 or 200 that is not heard lets a failover ring a
   * second phone, or leaves an answered call without ACK.
   */
  #mend(message: IncomingResponseMessage): void {
    const code = message.statusCode ?? 0;
    if (code <= 100 || code >= 300) return;
    if (code < 200 && !message.toTag) message.toTag = "untagged";
    if (!message.hasHeader("contact")) {
      message.addHeader("contact", `<${message.to.uri}>`);
      const [contact] = message.headers["Contact"] ?? [];
      if (contact) contact.parsed = new NameAddrHeader(message.to.uri, "", {});
    }
    if (message.body && !message.hasHeader("content-type")) message.setHeader("content-type", "application/sdp");
  }
}

/** @returns undefined for what is no SIP message, or lacks what every one must have (RFC 3261 §8.1.1). */
function parse(text: string): IncomingRequestMessage | IncomingResponseMessage | undefined {
  const message = Parser.parseMessage(text, logger);
  if (!message) return undefined;
  const isComplete = ["via", "from", "to", "call-id", "cseq"].every((name) => message.hasHeader(name));
  // §18.3: a body shorter than announced makes a message incomplete.
  const announced = Number(message.getHeader("content-length") ?? 0);
  const isWhole = announced <= new TextEncoder().encode(message.body).length;
  return isComplete && isWhole ? message : undefined;
}
