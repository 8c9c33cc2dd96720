/** Our binding at the registrar (RFC 3261 §10, RFC 5626). */
import { type IncomingResponseMessage, C } from "sip.js/lib/core/index.js";
import { NameAddrHeader } from "sip.js/lib/grammar/index.js";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { Patience } from "../../src/ports/sip-edge.ts";
import { answerOf } from "./answer.ts";
import { ask } from "./ask.ts";
import type { EdgeContext } from "./context.ts";
import { secondsIn } from "./intake/values.ts";

/** A week: who wants a binding to live longer has mistaken something. */
const longestS = 604_800;

/** What registrars grant who are not asked for another life, s: one that does not say what is too brief for it (RFC 3261 §20.23) takes this. */
const customaryS = 3_600;

/** What a 423 asks for, s; 0 for any other answer, or for a life that no timer of ours can hold. */
function leastOf(message: IncomingResponseMessage): number {
  const leastS = message.statusCode === 423 ? (secondsIn(message.getHeader("min-expires")) ?? customaryS) : 0;
  return leastS <= longestS ? leastS : 0;
}

export class Registrar {
  readonly #edge: EdgeContext;
  readonly #callId: string;
  #cseq = 0;
  /** How many were asked for; and how many of them we want no more, for we have unregistered since. */
  #asked = 0;
  #takenBack = 0;
  /** The shortest life that this registrar grants, as far as it has said, s. */
  #leastS = 0;
  /** RFC 5626 §6: until a 439 says that a proxy on the way knows nothing of it. Without `reg-id` we are bound as any other phone is. */
  #isOutbound = true;
  #previous: Promise<unknown> = Promise.resolve();

  constructor(edge: EdgeContext) {
    this.#edge = edge;
    // One Call-ID for all registrations, with a CSeq that grows (RFC 3261 §10.2.4).
    this.#callId = edge.token(24);
  }

  /**
   * Waits for its turn: no REGISTER goes out before the one before was answered, or is not waited for any more
   * (RFC 3261 §10.2). Deviation: `patience` may be shorter than Timer F; what is lost on a WebSocket is not sent again,
   * and a later REGISTER has a higher CSeq (§10.3). So who unregisters need not wait for a registrar that is slow to bind us: on one
   * flow the two come one after the other, and whatever of the first is still to be sent, as the answer to its challenge, is not.
   */
  register(expiresS: number, patience?: Patience): Promise<SipAnswer> {
    const mine = ++this.#asked;
    if (expiresS === 0) this.#takenBack = mine;
    const send = () => this.#register(mine, expiresS, patience);
    // At the end of a page there is no later.
    const answer = patience?.turnMs === 0 ? send() : this.#turn(patience?.turnMs).then(send);
    this.#previous = answer;
    return answer;
  }

  #turn(withinMs?: number): Promise<unknown> {
    if (withinMs === undefined) return this.#previous;
    return new Promise<void>((resolve) => {
      const cancel = this.#edge.clock.setTimer(resolve, withinMs);
      void this.#previous.then(() => {
        cancel();
        resolve();
      });
    });
  }

  async #register(mine: number, wantedS: number, patience?: Patience): Promise<SipAnswer> {
    const answer = await this.#bind(mine, wantedS, patience);
    if (answer.code !== 439 || !this.#isOutbound) return answer;
    this.#isOutbound = false;
    return this.#bind(mine, wantedS, patience);
  }

  async #bind(mine: number, wantedS: number, patience?: Patience): Promise<SipAnswer> {
    const expiresS = wantedS && Math.max(wantedS, this.#leastS);
    let tooBriefS = 0;
    const answer = await this.#ask(mine, expiresS, patience, (message) => (tooBriefS = leastOf(message)));
    // §10.2.8; once, for a registrar that goes on raising it would be asked for ever.
    if (tooBriefS <= expiresS || expiresS === 0) return answer;
    this.#leastS = tooBriefS;
    return this.#ask(mine, tooBriefS, patience);
  }

  #ask(
    mine: number,
    expiresS: number,
    patience?: Patience,
    onAnswer: (message: IncomingResponseMessage) => void = () => {},
  ): Promise<SipAnswer> {
    const { core, identity } = this.#edge;
    const { aor, edge, contact, instanceId } = identity;
    const regId = this.#isOutbound ? ";reg-id=1" : "";
    const binding = `Contact: <${contact}>${regId};+sip.instance="<urn:uuid:${instanceId}>";expires=${expiresS}`;
    return ask(
      this.#edge,
      (headers, delegate) => {
        if (mine < this.#takenBack) throw new Error("unregistered meanwhile");
        const options = { callId: this.#callId, fromTag: this.#edge.token(12), cseq: ++this.#cseq };
        const message = core.makeOutgoingRequestMessage(C.REGISTER, edge, aor, aor, options, [...headers, binding, `Expires: ${expiresS}`]);
        return core.register(message, delegate);
      },
      (message) => {
        onAnswer(message);
        return this.#read(message, expiresS);
      },
      patience,
    );
  }

  #read(message: IncomingResponseMessage, askedS: number): SipAnswer {
    const answer = answerOf(message);
    if (answer.said === "inferred" || answer.code < 200 || answer.code > 299) return answer;
    // RFC 3608 §6.1: what the last one said holds, also when it said nothing. In one line, for sip.js copies only one to an ACK.
    this.#edge.serviceRoute = message.getHeaders("service-route").join(", ") || undefined;
    this.#edge.keepAlive.agree(askedS > 0 ? message.getHeader("flow-timer") : undefined);
    // Of what was removed, as the same phone's binding on its last flow, some say so.
    const listed = contactsIn(message).filter((each) => askedS === 0 || secondsIn(each.getParam("expires")) !== 0);
    const ours = this.#ourContact(listed) ?? rewritten(listed);
    if (!ours) return answer;
    // RFC 3261 §10.2.4: the parameter of our own Contact, else `Expires`; should both lack, the registrar took what we asked for, unless it has written
    // the parameter into the URI.
    const lifeS = secondsIn(ours.getParam("expires")) ?? secondsIn(message.getHeader("expires")) ?? lifeInUri(ours) ?? askedS;
    return { ...answer, expiresS: lifeS };
  }

  /**
   * A registrar lists every binding of the AOR, other devices' included (RFC 3261 §10.3). Ours is known by its random user;
   * a registrar that mends addresses behind NAT may have changed the host. Where it hides the user too, by our instance (RFC 5626 §6).
   */
  #ourContact(listed: readonly NameAddrHeader[]): NameAddrHeader | undefined {
    const { contact, instanceId } = this.#edge.identity;
    return (
      listed.find(({ uri }) => uri.user?.toLowerCase() === contact.user) ??
      listed.find((each) => each.getParam("+sip.instance")?.toLowerCase().includes(instanceId.toLowerCase()))
    );
  }
}

const contactsIn = (message: IncomingResponseMessage): NameAddrHeader[] =>
  message
    .getHeaders("contact")
    .map((_, index): unknown => message.parseHeader("contact", index))
    .filter((each) => each instanceof NameAddrHeader);

const lifeInUri = ({ uri }: NameAddrHeader): number | undefined => secondsIn(/;expires=([^;?]*)/i.exec(uri.toString())?.[1]);

/**
 * A border controller that hides the phones behind it may list an address of its own in place of ours (RFC 7092 §3.1.3). So of a
 * list without us one is ours, unless each names another instance. Deviation: to §10.2.4 nobody was bound; but a registrar
 * that says 200 and binds nobody is rarer, and what costs a working line is worse. Of several nobody knows which: the shortest lived.
 */
function rewritten(listed: readonly NameAddrHeader[]): NameAddrHeader | undefined {
  const lifeS = (each: NameAddrHeader) => secondsIn(each.getParam("expires")) ?? lifeInUri(each) ?? Infinity;
  return listed.filter((each) => !each.hasParam("+sip.instance")).sort((one, other) => lifeS(one) - lifeS(other))[0];
}
