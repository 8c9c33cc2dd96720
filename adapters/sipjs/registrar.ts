/** Our binding at the registrar (RFC 3261 §10, RFC 5626). */
import { type IncomingResponseMessage, C } from "sip.js/lib/core/index.js";
import { NameAddrHeader } from "sip.js/lib/grammar/index.js";
import type { SipAnswer } from "../../src/ports.ts";
import { answerOf } from "./answer.ts";
import { ask } from "./ask.ts";
import type { EdgeContext } from "./context.ts";

const seconds = (value: unknown): number | undefined =>
  typeof value === "string" && /^\d{1,10}$/.test(value.trim()) ? Number(value) : undefined;

export class Registrar {
  readonly #edge: EdgeContext;
  readonly #callId: string;
  #cseq = 0;
  #previous: Promise<unknown> = Promise.resolve();

  constructor(edge: EdgeContext) {
    this.#edge = edge;
    // One Call-ID for all registrations, with a CSeq that grows (RFC 3261 §10.2.4).
    this.#callId = edge.token(24);
  }

  /** Waits for its turn: no REGISTER goes out before the final answer to the one before (RFC 3261 §10.2). */
  register(expiresS: number): Promise<SipAnswer> {
    const answer = this.#previous.then(() => this.#ask(expiresS));
    this.#previous = answer;
    return answer;
  }

  #ask(expiresS: number): Promise<SipAnswer> {
    const { core, identity } = this.#edge;
    const { aor, edge, contact, instanceId } = identity;
    const binding = `Contact: <${contact}>;reg-id=1;+sip.instance="<urn:uuid:${instanceId}>";expires=${expiresS}`;
    return ask(
      this.#edge,
      (headers, delegate) => {
        const options = { callId: this.#callId, fromTag: this.#edge.token(12), cseq: ++this.#cseq };
        const message = core.makeOutgoingRequestMessage(C.REGISTER, edge, aor, aor, options, [...headers, binding, `Expires: ${expiresS}`]);
        return core.register(message, delegate);
      },
      (message) => this.#read(message, expiresS),
    );
  }

  #read(message: IncomingResponseMessage, askedS: number): SipAnswer {
    const answer = answerOf(message);
    if (answer.said === "inferred" || answer.code < 200 || answer.code > 299) return answer;
    const ours = this.#ourContact(message);
    if (!ours) return answer;
    // RFC 3261 §10.2.4: the parameter of our own Contact, else `Expires`; should both lack, the registrar took what we asked for.
    return { ...answer, expiresS: seconds(ours.getParam("expires")) ?? seconds(message.getHeader("expires")) ?? askedS };
  }

  /**
   * A registrar lists every binding of the AOR, other devices' included (RFC 3261 §10.3). Ours is known by its random user;
   * a registrar that mends addresses behind NAT may have changed the host.
   */
  #ourContact(message: IncomingResponseMessage): NameAddrHeader | undefined {
    return message
      .getHeaders("contact")
      .map((_, index): unknown => message.parseHeader("contact", index))
      .find((each): each is NameAddrHeader => each instanceof NameAddrHeader && each.uri.user === this.#edge.identity.contact.user);
  }
}
